//! Refresh tokens: who may go on without signing in again, and until when.
//!
//! As at Entra, using one gives another and leaves it valid, so that windows of one client that share it do not lock each
//! other out. Invariant: a refresh token serves the client that it was issued to, and gives no more than it was issued for.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::claims_request::ClaimsRequest;
use crate::random;

/// Tokens remembered. The oldest makes room, so that a loop of sign-ins does not grow memory.
const CAPACITY: usize = 1024;

/// What the holder of a refresh token may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) account_name: String,
    pub(crate) client_id: Uuid,
    /// Short names.
    pub(crate) scopes: Vec<String>,
    /// What they were qualified by.
    pub(crate) app_id_uri: String,
    pub(crate) claims_request: ClaimsRequest,
}

/// Why a refresh token gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshError {
    /// Never issued, or forgotten.
    Unknown,
    /// Issued, but too long ago.
    Expired,
}

/// The refresh tokens of one tenant, oldest first.
pub(crate) struct RefreshStore {
    lifetime: Duration,
    entries: VecDeque<Entry>,
}

struct Entry {
    token: String,
    issued_at: Instant,
    session: Session,
}

impl RefreshStore {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            entries: VecDeque::new(),
        }
    }

    pub(crate) fn issue(&mut self, session: Session, now: Instant) -> String {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        let token = random::draw_text::<32>();
        self.entries.push_back(Entry {
            token: token.clone(),
            issued_at: now,
            session,
        });
        token
    }

    /// The session that a token stands for.
    ///
    /// # Errors
    /// [`RefreshError`] says which of the two it is.
    pub(crate) fn find(&self, token: &str, now: Instant) -> Result<Session, RefreshError> {
        let entry = self.entries.iter().find(|entry| entry.token == token);
        let entry = entry.ok_or(RefreshError::Unknown)?;
        if now.saturating_duration_since(entry.issued_at) >= self.lifetime {
            return Err(RefreshError::Expired);
        }
        Ok(entry.session.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            account_name: "Viewer".to_owned(),
            client_id: Uuid::nil(),
            scopes: Vec::new(),
            app_id_uri: String::new(),
            claims_request: ClaimsRequest::default(),
        }
    }

    #[test]
    fn a_refresh_token_works_again_and_only_in_time() {
        let lifetime = Duration::from_secs(300);
        let mut sessions = RefreshStore::new(lifetime);
        let now = Instant::now();
        let token = sessions.issue(session(), now);
        assert_eq!(sessions.find(&token, now), Ok(session()));
        assert_eq!(sessions.find(&token, now), Ok(session()));
        let late = sessions.find(&token, now + lifetime);
        assert_eq!(late, Err(RefreshError::Expired));
        let unknown = sessions.find("never issued", now);
        assert_eq!(unknown, Err(RefreshError::Unknown));
    }

    #[test]
    fn a_loop_of_sign_ins_does_not_grow_memory() {
        let mut sessions = RefreshStore::new(Duration::from_secs(300));
        let now = Instant::now();
        for _ in 0..CAPACITY + 10 {
            sessions.issue(session(), now);
        }
        assert_eq!(sessions.entries.len(), CAPACITY);
    }
}
