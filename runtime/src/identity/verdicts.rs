//! Verified tokens, remembered for a few minutes (duty 20): the next request with one costs a hash, not a signature check.
//!
//! Every key set has a cache of its own, and a verdict is written into that of the set whose key verified the token. So a
//! verdict goes with its set: nothing is emptied when keys change, and no request can meet a verdict of another set,
//! however the two interleave. Invariant: only callers that passed every check are here, never a refusal; and what a
//! clock can change is checked again on every hit.

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use quick_cache::sync::Cache;

use super::policy::Policy;
use super::token::Times;
use super::validate::check_times;
use crate::Caller;
use crate::config::VerdictCacheConfig;

/// SHA-256 of the whole token, signature included. The token itself is not kept.
pub(super) type TokenHash = [u8; SHA256_OUTPUT_LEN];

/// The callers that one key set has verified lately.
pub(super) struct VerdictCache {
    /// `None` when it is switched off.
    verdicts: Option<Cache<TokenHash, Verdict>>,
    max_age_seconds: u64,
}

/// What is known of a token.
pub(super) enum Remembered {
    /// It was verified lately and still holds.
    Holds(Caller),
    /// It was verified by a key of this set, too long ago to count, and its times still hold: it has to be judged anew.
    Due,
    /// Nothing: it has to be judged.
    Not,
}

#[derive(Clone)]
struct Verdict {
    caller: Caller,
    times: Times,
    made_at: u64,
}

impl VerdictCache {
    pub(super) fn new(settings: &VerdictCacheConfig) -> Self {
        Self {
            verdicts: (settings.capacity > 0).then(|| Cache::new(settings.capacity)),
            max_age_seconds: settings.max_age.as_secs(),
        }
    }

    /// Looks for a token that was verified lately.
    pub(super) fn find(&self, token: &str, policy: &Policy, now: u64) -> Remembered {
        let verdicts = self.verdicts.as_ref();
        let Some(verdict) = verdicts.and_then(|verdicts| verdicts.get(&hash_token(token))) else {
            return Remembered::Not;
        };
        if check_times(policy, verdict.times, now).is_err() {
            return Remembered::Not;
        }
        // Nothing is known of how long ago it was when the clock has been set back since.
        match now.checked_sub(verdict.made_at) {
            Some(age) if age < self.max_age_seconds => Remembered::Holds(verdict.caller),
            Some(_) | None => Remembered::Due,
        }
    }

    /// Remembers the caller of a token that passed every check just now.
    pub(super) fn remember(&self, token: &str, caller: &Caller, times: Times, now: u64) {
        if let Some(verdicts) = &self.verdicts {
            let verdict = Verdict {
                caller: caller.clone(),
                times,
                made_at: now,
            };
            verdicts.insert(hash_token(token), verdict);
        }
    }
}

/// The hash of a token.
pub(super) fn hash_token(token: &str) -> TokenHash {
    let mut hash = [0; SHA256_OUTPUT_LEN];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}
