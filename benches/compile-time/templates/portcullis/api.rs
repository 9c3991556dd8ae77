//! Who there is, and what a token may be used for.

use portcullis::{Roles, Scopes};

use crate::store::AppState;

/// Who there is.
#[derive(Clone, Copy, Roles)]
pub enum Role {
    /// Reads.
    Reader,
    /// Creates and changes.
    Editor,
    /// Deletes.
    Admin,
}

/// What a signed-in user lets a client do.
#[derive(Clone, Copy, Scopes)]
pub enum Scope {
    /// Use the widgets as the signed-in user.
    UserImpersonation,
}

portcullis::api! { state = AppState, roles = Role, scopes = Scope }
