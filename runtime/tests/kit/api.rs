//! The vocabulary of the small application.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use portcullis::{Roles, Scopes};

use crate::notes::Note;

#[derive(Clone, Default)]
pub(crate) struct AppState {
    pub(crate) notes: Arc<Mutex<BTreeMap<u32, Note>>>,
}

#[derive(Clone, Copy, Roles)]
pub(crate) enum Role {
    Reader,
    Writer,
    #[role(applications)]
    Feed,
}

#[derive(Clone, Copy, Scopes)]
pub(crate) enum Scope {
    UseNotes,
    EditNotes,
}

portcullis::api! { state = AppState, roles = Role, scopes = Scope }
