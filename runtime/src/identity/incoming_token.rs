//! The token that a caller was made of, held so that it can be exchanged for one of another API, and for nothing else.
//!
//! Invariant: its text goes into the `assertion` of a request to the authority (`downstream/exchange.rs`), and nowhere
//! else: no log line, no header, no handler.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use super::authorization_header::{Credential, parse_credential};
use super::verdicts::{TokenHash, hash_token};

/// A verified token. Cheap to clone; compared by its hash.
#[derive(Clone)]
pub(crate) struct IncomingToken(Arc<Held>);

struct Held {
    text: Box<str>,
    hash: TokenHash,
}

impl IncomingToken {
    /// Takes the token out of the headers that have just been authenticated.
    pub(super) fn of_verified(headers: &HeaderMap) -> Option<Self> {
        match parse_credential(headers) {
            Ok(Credential::Bearer(token)) => Some(Self::new(token)),
            Ok(Credential::Absent) | Err(_) => None,
        }
    }

    pub(crate) fn new(text: &str) -> Self {
        Self(Arc::new(Held {
            text: text.into(),
            hash: hash_token(text),
        }))
    }

    /// The token itself, for the authority only.
    pub(crate) fn reveal(&self) -> &str {
        &self.0.text
    }

    /// SHA-256 of the whole token.
    pub(crate) fn hash(&self) -> [u8; 32] {
        self.0.hash
    }
}

impl PartialEq for IncomingToken {
    fn eq(&self, other: &Self) -> bool {
        self.hash() == other.hash()
    }
}

impl Eq for IncomingToken {}

impl fmt::Debug for IncomingToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IncomingToken(..)")
    }
}
