//! The vocabulary that the cases beside this folder are written in.

use portcullis::{Roles, Scopes};

#[derive(Clone)]
pub struct AppState;

#[derive(Clone, Copy, Roles)]
pub enum Role {
    Admin,
    Analyst,
    #[role(applications)]
    Ingest,
}

#[derive(Clone, Copy, Scopes)]
pub enum Scope {
    UserImpersonation,
}

portcullis::api! { state = AppState, roles = Role, scopes = Scope }
