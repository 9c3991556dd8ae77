//! Authentication: from the raw `Authorization` header to a [`Caller`](crate::Caller), or to the reason why not.
//!
//! Never answers a request: it leaves an [`Authentication`], and the guard answers. A token walks through
//! `authorization_header -> token (form, header) -> validate (issuer, audience, times) -> keys -> signature ->
//! validate (tenant, kind, client, guest) -> Caller`; each step is one file.
//!
//! Invariant: no switch skips a step. POC mode (`poc`) stands beside this path, not inside it.

mod authentication;
mod authenticator;
mod authorization_header;
mod caller_kind;
mod checks;
mod clock;
mod explain;
mod guests;
mod incoming_token;
mod json;
mod keys;
mod log;
mod poc;
mod policy;
mod reason;
mod roles;
mod signature;
#[cfg(test)]
pub(crate) mod testing;
mod token;
mod validate;
mod verdicts;

pub(crate) use authentication::{Authentication, KeysStatus};
pub(crate) use authenticator::Authenticator;
pub(crate) use clock::Clock;
pub(crate) use explain::{Explainer, Explanation, Outcome, Row};
pub(crate) use incoming_token::IncomingToken;
pub(crate) use json::{Json, Object};
#[cfg(any(test, feature = "testing"))]
pub(crate) use keys::InProcessDocuments;
pub(crate) use keys::{KeySet, SigningKey, is_loopback};
pub(crate) use reason::{
    Guide, KEYS_UNAVAILABLE, Reason, denial_code, denial_guide, render_page as render_reasons,
};
pub(crate) use signature::install_crypto_provider;
