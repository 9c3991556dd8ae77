//! Runs every check over one token and keeps what each of them said, for `token explain`.
//!
//! The rules and their order are those of the authenticator: the lists in `token/header.rs` and `validate.rs`. Only what
//! follows a failure differs: the authenticator stops there, this goes on. Invariant: nothing here makes a caller.

mod values;

use portcullis_api_spec::{Rights, Vocabulary};

use super::Reason;
use super::authorization_header::check_credential;
use super::checks::{Check, Failure, Fault};
use super::clock::Clock;
use super::keys::{KeySet, SigningKey};
use super::policy::Policy;
use super::signature::check_signature;
use super::token::{Claims, HEADER_RULES, TokenParts, UnverifiedToken, read_kid};
use super::validate::{AFTER_SIGNATURE, BEFORE_KEY, CallerCase, Validity};
use crate::config::Config;

use values::Seen;

/// Judges tokens as the service would, without being it.
pub(crate) struct Explainer {
    policy: Policy,
    clock: Clock,
    keys: Option<KeySet>,
}

/// What every check said, in the order in which they run.
pub(crate) struct Explanation {
    pub(crate) rows: Vec<Row>,
    /// What the token would let its caller do; believe it only when the token is accepted.
    pub(crate) rights: Option<Rights>,
    /// The values of `roles`, escaped and cut.
    pub(crate) role_values: String,
    /// The groups did not fit into the token.
    pub(crate) has_groups_overage: bool,
}

/// One check.
pub(crate) struct Row {
    pub(crate) check: Check,
    pub(crate) outcome: Outcome,
    /// The token's value, escaped and cut; empty where there is none that may be shown.
    pub(crate) found: String,
    /// What it is compared with.
    pub(crate) configured: String,
}

/// What a check said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed(Reason),
    /// Without signing keys, or without what is fetched with them, this cannot be said.
    KeysUnavailable,
    /// An earlier check did not give what this one needs.
    NotReached(Check),
}

impl Explainer {
    /// Compares tokens with this configuration and these keys, at the time of the machine's clock.
    pub(crate) fn new(config: &Config, vocabulary: Vocabulary, keys: Option<KeySet>) -> Self {
        super::install_crypto_provider();
        Self {
            policy: Policy::new(config, vocabulary),
            clock: Clock::system(),
            keys,
        }
    }

    /// Judges at this moment.
    #[cfg(test)]
    pub(crate) fn standing_at(mut self, unix_seconds: u64) -> Self {
        self.clock = Clock::standing_at(unix_seconds);
        self
    }

    /// The Entra app-role values that stand for an internal role here.
    pub(crate) fn entra_values(&self, internal_role: &str) -> Vec<&str> {
        self.policy.roles.entra_values(internal_role)
    }

    /// Runs every check. What needs the result of one that failed is not reached.
    pub(crate) fn explain(&self, token: &str) -> Explanation {
        let mut ledger = Ledger::default();
        let credential = check_credential(token).map_err(Check::Credential.rejects());
        let credential = ledger.note(Check::Credential, credential);
        let parts =
            credential.and_then(|()| TokenParts::split(token).map_err(Check::Form.rejects()));
        let parts = ledger.note(Check::Form, parts);
        let header = parts
            .as_ref()
            .map_err(copied)
            .and_then(|parts| parts.read_header().map_err(Check::Header.rejects()));
        let header = ledger.note(Check::Header, header);
        for (check, rule) in HEADER_RULES {
            let header = header.as_ref().map_err(copied);
            let judged = header.and_then(|header| rule(header).map_err(check.rejects()));
            // What a header asks for is remembered by the ledger; the signature needs all of it.
            let _ = ledger.note(check, judged);
        }
        let header_fault = ledger.faults.first().copied();
        let claims = parts
            .as_ref()
            .map_err(copied)
            .and_then(|parts| parts.read_claims().map_err(Check::Claims.rejects()));
        let claims = ledger.note(Check::Claims, claims);

        let now = self.clock.now_unix_seconds();
        let v1_issuer = self.keys.as_ref().and_then(KeySet::v1_issuer);
        let validity = claims
            .as_ref()
            .map_err(copied)
            .map(|claims| Validity::new(&self.policy, claims, now, v1_issuer));
        for (check, rule) in BEFORE_KEY {
            let validity = validity.as_ref().map_err(copied);
            let _ = ledger.note(check, validity.and_then(rule));
        }

        let kid = header
            .as_ref()
            .map_err(copied)
            .and_then(|header| read_kid(header).map_err(Check::KeyName.rejects()));
        let signer = kid.and_then(|kid| self.find_key(kid));
        let signer = ledger.note(Check::SigningKey, signer);
        let signature = match header_fault {
            Some(fault) => Err(fault),
            None => claims
                .as_ref()
                .map_err(copied)
                .and(signer)
                .and_then(|(_, key)| check_whole_signature(token, key)),
        };
        let _ = ledger.note(Check::Signature, signature);

        let case = validity
            .as_ref()
            .map_err(copied)
            .map(|validity| CallerCase::new(validity, signer));
        for (check, rule) in AFTER_SIGNATURE {
            let case = case.as_ref().map_err(copied);
            let _ = ledger.note(check, case.and_then(rule));
        }

        let claims = claims.as_ref().ok();
        let seen = Seen {
            policy: &self.policy,
            token,
            header: header.as_ref().ok(),
            claims,
            now,
            keys: self.keys.as_ref(),
        };
        Explanation {
            rows: ledger.into_rows(&seen),
            rights: case.ok().and_then(|case| case.rights().ok()),
            role_values: seen.roles().unwrap_or_default(),
            has_groups_overage: claims.is_some_and(Claims::has_groups_overage),
        }
    }

    fn find_key(&self, kid: &str) -> Result<(&KeySet, &SigningKey), Fault> {
        let keys = self.keys.as_ref();
        let keys = keys.ok_or(Check::SigningKey.fault(Failure::KeysUnavailable))?;
        match keys.find(kid) {
            Some(key) => Ok((keys, key)),
            None => Err(Check::SigningKey.fault(Failure::UnknownKey)),
        }
    }
}

fn check_whole_signature(token: &str, key: &SigningKey) -> Result<(), Fault> {
    UnverifiedToken::parse(token)
        .and_then(|token| check_signature(&token, key.decoding_key()))
        .map_err(Check::Signature.rejects())
}

fn copied(fault: &Fault) -> Fault {
    *fault
}

impl Explanation {
    /// The first failure: what the service would log.
    pub(crate) fn first_failure(&self) -> Option<Outcome> {
        let mut outcomes = self.rows.iter().map(|row| row.outcome);
        outcomes.find(|outcome| *outcome != Outcome::Passed)
    }

    /// Says whether the service would accept the token: every check passed.
    pub(crate) fn is_accepted(&self) -> bool {
        self.first_failure().is_none()
    }

    /// Says whether the token's values are the issuer's words and not just anybody's.
    pub(crate) fn is_signature_verified(&self) -> bool {
        let is_verified =
            |row: &Row| row.check == Check::Signature && row.outcome == Outcome::Passed;
        self.rows.iter().any(is_verified)
    }
}

/// What the checks have said so far.
#[derive(Default)]
struct Ledger {
    outcomes: Vec<(Check, Outcome)>,
    faults: Vec<Fault>,
}

impl Ledger {
    /// Writes down what a check said, and hands it back.
    fn note<T>(&mut self, check: Check, judged: Result<T, Fault>) -> Result<T, Fault> {
        let outcome = match &judged {
            Ok(_) => Outcome::Passed,
            Err(fault) if fault.check != check => Outcome::NotReached(fault.check),
            Err(fault) => {
                self.faults.push(*fault);
                match fault.failure {
                    Failure::Rejected(reason) => Outcome::Failed(reason),
                    Failure::UnknownKey => Outcome::Failed(Reason::SigningKeyUnknown),
                    Failure::KeysUnavailable => Outcome::KeysUnavailable,
                }
            }
        };
        self.outcomes.push((check, outcome));
        judged
    }

    fn into_rows(self, seen: &Seen<'_>) -> Vec<Row> {
        let rows = self.outcomes.into_iter().map(|(check, outcome)| Row {
            check,
            outcome,
            found: seen.found(check, outcome),
            configured: seen.configured(check),
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests;
