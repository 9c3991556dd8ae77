//! The vocabulary of the small application.

use portcullis::{Roles, Scopes};

#[derive(Clone, Copy, Roles)]
pub(crate) enum Role {
    Reader,
    Writer,
    /// Reads notes, and may not list them.
    Courier,
    #[role(applications)]
    Feed,
}

#[derive(Clone, Copy, Scopes)]
pub(crate) enum Scope {
    UseNotes,
    ReviewNotes,
}

portcullis::api! { state = (), roles = Role, scopes = Scope }
