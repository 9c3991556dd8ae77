//! Tokens made by hand: a good one as Entra would issue it, and any change to it.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::{SigningKey, tenant_key};

/// Seconds since 1970.
pub(crate) fn unix_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = now.expect("the clock stands after 1970").as_secs();
    i64::try_from(seconds).expect("the clock stands before the end of time")
}

/// A token not yet signed; `Display` signs it.
#[derive(Clone)]
pub(crate) struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    key: &'static SigningKey,
}

impl Token {
    /// These claims, in the usual header, signed by the tenant's key.
    pub(crate) fn new(claims: Value) -> Self {
        let key = tenant_key();
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": key.key_id });
        let (Value::Object(header), Value::Object(claims)) = (header, claims) else {
            panic!("claims are an object");
        };
        Self {
            header,
            claims,
            key,
        }
    }

    /// Adds or replaces a claim.
    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.shift_remove(name);
        self
    }

    /// Adds or replaces a header parameter.
    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Was good an hour ago; the times agree with each other.
    pub(crate) fn expired(self) -> Self {
        let now = unix_now();
        self.valid_between(now - 7200, now - 3600)
    }

    /// Issued for this time, in seconds since 1970.
    pub(crate) fn valid_between(self, start: i64, end: i64) -> Self {
        self.claim("iat", start)
            .claim("nbf", start)
            .claim("exp", end)
    }

    /// Leaves a header parameter out.
    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.header.shift_remove(name);
        self
    }

    /// Signs with another key, whose id goes into the header.
    pub(crate) fn signed_by(mut self, key: &'static SigningKey) -> Self {
        self.key = key;
        self.header("kid", key.key_id)
    }

    /// A claim's value.
    pub(crate) fn get(&self, claim: &str) -> &Value {
        &self.claims[claim]
    }

    /// Header and claims as they would be signed, for tests that put the rest together themselves.
    pub(crate) fn signing_input(&self) -> String {
        compact_input(
            &json!(self.header).to_string(),
            &json!(self.claims).to_string(),
        )
    }

    /// Signs text that a JSON library would not write: `edit` gets header and claims as text.
    pub(crate) fn edited(&self, edit: impl FnOnce(&mut String, &mut String)) -> String {
        let mut header = json!(self.header).to_string();
        let mut claims = json!(self.claims).to_string();
        edit(&mut header, &mut claims);
        let input = compact_input(&header, &claims);
        format!("{input}.{}", self.key.sign_rs256(&input))
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let input = self.signing_input();
        write!(formatter, "{input}.{}", self.key.sign_rs256(&input))
    }
}

fn compact_input(header: &str, claims: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}", encode(header), encode(claims))
}
