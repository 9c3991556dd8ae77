//! Tokens made by hand: a good one as Entra would issue it, and any change to it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::key::{SigningKey, TENANT_KEY, encode};

/// Seconds since 1970.
pub(super) fn unix_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.map_or(0, |since| since.as_secs());
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// A token that is signed when it is sent.
#[derive(Clone)]
pub(super) struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: &'static SigningKey,
}

impl Token {
    /// These claims, in the usual header, signed by the tenant's key.
    pub(super) fn new(claims: Map<String, Value>) -> Self {
        let header = [("typ", "JWT"), ("alg", "RS256"), ("kid", TENANT_KEY.key_id)];
        Self {
            header: header
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into_iter()
                .collect(),
            claims,
            key: &TENANT_KEY,
        }
    }

    /// Adds or replaces a claim.
    pub(super) fn claim(&self, name: &str, value: impl Into<Value>) -> Self {
        let mut changed = self.clone();
        changed.claims.insert(name.to_owned(), value.into());
        changed
    }

    /// Leaves a claim out.
    pub(super) fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.claims.shift_remove(name);
        changed
    }

    /// Adds or replaces a header parameter.
    pub(super) fn header(&self, name: &str, value: impl Into<Value>) -> Self {
        let mut changed = self.clone();
        changed.header.insert(name.to_owned(), value.into());
        changed
    }

    /// Leaves a header parameter out.
    pub(super) fn without_header(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.header.shift_remove(name);
        changed
    }

    /// Signs with another key, and leaves the header as it is.
    pub(super) fn signed_by(&self, key: &'static SigningKey) -> Self {
        Self {
            key,
            ..self.clone()
        }
    }

    /// A claim's value; `null` when it is not there.
    pub(super) fn get(&self, claim: &str) -> &Value {
        self.claims.get(claim).unwrap_or(&Value::Null)
    }

    /// Header and claims as they are signed.
    pub(super) fn signing_input(&self) -> String {
        let [header, claims] = self.parts();
        join(&header, &claims)
    }

    /// Header and claims as text.
    pub(super) fn parts(&self) -> [String; 2] {
        [&self.header, &self.claims].map(|part| json!(part).to_string())
    }

    /// Signs text that a JSON library would not write: `edit` gets header and claims as text.
    pub(super) fn edited(&self, edit: impl FnOnce(&mut String, &mut String)) -> String {
        let [mut header, mut claims] = self.parts();
        edit(&mut header, &mut claims);
        let input = join(&header, &claims);
        format!("{input}.{}", self.key.sign_rs256(&input))
    }

    /// The token as it is sent.
    pub(super) fn sign(&self) -> String {
        let input = self.signing_input();
        format!("{input}.{}", self.key.sign_rs256(&input))
    }
}

fn join(header: &str, claims: &str) -> String {
    format!("{}.{}", encode(header), encode(claims))
}
