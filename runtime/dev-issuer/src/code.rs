//! Authorization codes: one use, a short life, and bound to everything the authorization request said.
//!
//! Invariant: a code that is presented with all that a request must have is used up, whatever of it does not fit (RFC 6749
//! 4.1.2, RFC 9700 2.1.1).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::claims_request::ClaimsRequest;
use crate::pkce::Challenge;
use crate::random;

/// Codes remembered. The oldest makes room, so that a loop of sign-ins does not grow memory.
const CAPACITY: usize = 1024;

/// What the holder of a code may have.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) account_name: String,
    pub(crate) client_id: Uuid,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Challenge,
    /// Short names.
    pub(crate) scopes: Vec<String>,
    /// What they were qualified by.
    pub(crate) app_id_uri: String,
    /// `offline_access` was asked for: the client gets a refresh token.
    pub(crate) is_offline: bool,
    pub(crate) claims_request: ClaimsRequest,
}

/// Why a code gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeError {
    /// Never issued, or forgotten.
    Unknown,
    /// Issued, but too long ago.
    Expired,
    /// Presented before.
    AlreadyRedeemed,
}

/// The codes of one tenant, oldest first.
pub(crate) struct CodeStore {
    lifetime: Duration,
    entries: VecDeque<Entry>,
}

struct Entry {
    code: String,
    issued_at: Instant,
    /// `None` once redeemed; the entry stays, to tell a replayed code from an unknown one.
    grant: Option<Grant>,
}

impl CodeStore {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            entries: VecDeque::new(),
        }
    }

    pub(crate) fn issue(&mut self, grant: Grant, now: Instant) -> String {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        let code = random::draw_text::<32>();
        self.entries.push_back(Entry {
            code: code.clone(),
            issued_at: now,
            grant: Some(grant),
        });
        code
    }

    /// Takes the grant out.
    ///
    /// # Errors
    /// [`CodeError`] says which of the three it is.
    pub(crate) fn redeem(&mut self, code: &str, now: Instant) -> Result<Grant, CodeError> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.code == code)
            .ok_or(CodeError::Unknown)?;
        let grant = entry.grant.take().ok_or(CodeError::AlreadyRedeemed)?;
        if now.saturating_duration_since(entry.issued_at) >= self.lifetime {
            return Err(CodeError::Expired);
        }
        Ok(grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        Grant {
            account_name: "Viewer".to_owned(),
            client_id: Uuid::nil(),
            redirect_uri: String::new(),
            challenge: Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap(),
            scopes: Vec::new(),
            app_id_uri: String::new(),
            is_offline: false,
            claims_request: ClaimsRequest::default(),
        }
    }

    #[test]
    fn a_code_works_once_and_only_in_time() {
        let lifetime = Duration::from_secs(300);
        let mut codes = CodeStore::new(lifetime);
        let now = Instant::now();
        let (used, late) = (codes.issue(grant(), now), codes.issue(grant(), now));
        assert!(codes.redeem(&used, now).is_ok());
        assert_eq!(
            codes.redeem(&used, now).unwrap_err(),
            CodeError::AlreadyRedeemed
        );
        assert_eq!(
            codes.redeem(&late, now + lifetime).unwrap_err(),
            CodeError::Expired
        );
        assert_eq!(
            codes.redeem("never issued", now).unwrap_err(),
            CodeError::Unknown
        );
    }

    #[test]
    fn a_loop_of_sign_ins_does_not_grow_memory() {
        let mut codes = CodeStore::new(Duration::from_secs(300));
        let now = Instant::now();
        for _ in 0..CAPACITY + 10 {
            codes.issue(grant(), now);
        }
        assert_eq!(codes.entries.len(), CAPACITY);
    }
}
