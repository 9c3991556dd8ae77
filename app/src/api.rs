//! The vocabulary of the research desk: who there is.

use portcullis::api_spec::{Assignable, RoleDef};

/// The roles of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Looks after the desk.
    Admin,
}

impl From<Role> for RoleDef {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => RoleDef {
                name: "Admin",
                description: "Looks after the desk.",
                assignable: Assignable::Users,
            },
        }
    }
}
