//! The vocabulary of the research desk: who there is, and what a token may be used for.
//!
//! Every rule at a handler is written in these words. A doc comment here is what an administrator reads in Entra.

use portcullis::{Roles, Scopes};

use crate::state::AppState;

/// Who there is on the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Roles)]
pub enum Role {
    /// Looks after the desk: sees every draft, deletes reports, reads the audit log.
    Admin,
    /// Writes and publishes reports.
    Analyst,
    /// Portfolio manager: reads research, keeps portfolios.
    #[role("PM")]
    Pm,
    /// Reads research and portfolios.
    Viewer,
    /// Delivers closing prices.
    #[role(applications)]
    Ingest,
}

/// What a signed-in user lets a client do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Scopes)]
pub enum Scope {
    /// Use the research desk as the signed-in user.
    #[scope("user_impersonation")]
    UserImpersonation,
}

portcullis::api! { state = AppState, roles = Role, scopes = Scope }
