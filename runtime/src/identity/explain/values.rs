//! What may be shown of a token: what a developer needs to see the mistake, and nothing about a person.
//!
//! Invariant: a value is read by its name from the short list here, escaped and cut. The token, its signature, `oid`,
//! `sub`, names and addresses are not on it.

use std::time::{Duration, SystemTime};

use super::Outcome;
use crate::config::GuestPolicy;
use crate::identity::Reason;
use crate::identity::checks::Check;
use crate::identity::json::{Json, Object};
use crate::identity::keys::KeySet;
use crate::identity::log;
use crate::identity::policy::Policy;
use crate::identity::token::Claims;

/// Longest value that is shown, in characters.
const VALUE_LIMIT: usize = 200;
/// Most items of a list that are looked at.
const ITEMS_LIMIT: usize = 64;

/// A token as far as it could be read, and what it is compared with.
pub(super) struct Seen<'a> {
    pub(super) policy: &'a Policy,
    pub(super) token: &'a str,
    pub(super) header: Option<&'a Object>,
    pub(super) claims: Option<&'a Claims>,
    pub(super) now: u64,
    pub(super) keys: Option<&'a KeySet>,
}

impl Seen<'_> {
    /// The token's side of a check.
    pub(super) fn found(&self, check: Check, outcome: Outcome) -> String {
        match check {
            Check::Credential => format!("{} bytes", self.token.len()),
            Check::Form => format!("{} parts", self.token.split('.').count()),
            Check::Header | Check::Claims | Check::Signature | Check::KeyOwner => String::new(),
            Check::Algorithm => self.text_of_header("alg"),
            Check::HeaderParameters => self.present_parameters(),
            Check::TokenType => self.text_of_header("typ"),
            Check::KeyName | Check::SigningKey => self.text_of_header("kid"),
            Check::ValidityClaims | Check::IdentityClaims => self.claim_at_fault(outcome),
            Check::Audience => self.text_of_claim("aud"),
            Check::Times => self.times(),
            Check::Issuer => self.text_of_claim("iss"),
            Check::Tenant => self.text_of_claim("tid"),
            Check::Version => self.text_of_claim("ver"),
            Check::CallerKind => {
                let roles = self.roles();
                let roles = roles.map(|roles| format!("roles {roles}"));
                let named = ["scp", "idtyp"].map(|name| self.named(name));
                join(named.into_iter().chain([roles]))
            }
            Check::Client => join(["azp", "appid"].map(|name| self.named(name))),
            Check::Guest => match outcome {
                Outcome::Failed(Reason::GuestNotAllowed) => "a guest".to_owned(),
                Outcome::Passed
                | Outcome::Failed(_)
                | Outcome::KeysUnavailable
                | Outcome::NotReached(_) => String::new(),
            },
        }
    }

    /// The configuration's side of a check, or what is fixed.
    pub(super) fn configured(&self, check: Check) -> String {
        let policy = self.policy;
        match check {
            Check::Credential => "one bearer token of at most 16384 bytes".to_owned(),
            Check::Form => "3 parts of base64url".to_owned(),
            Check::Header | Check::Claims => "a JSON object, no member twice".to_owned(),
            Check::Algorithm => "RS256".to_owned(),
            Check::HeaderParameters => "none of crit, b64, zip, cty".to_owned(),
            Check::TokenType => "JWT, at+jwt or none".to_owned(),
            Check::KeyName => "the name of a key".to_owned(),
            Check::ValidityClaims => "iss, aud, exp, nbf; iat a time".to_owned(),
            Check::Audience => policy.audiences.join(" or "),
            Check::Times => {
                let skew = policy.clock_skew_seconds;
                format!("now {}, {skew} s of skew allowed", render_time(self.now))
            }
            Check::Issuer => match self.keys.and_then(KeySet::v1_issuer) {
                Some(v1_issuer) => format!(
                    "{} or {}",
                    policy.issuer,
                    log::escape_within(v1_issuer, VALUE_LIMIT)
                ),
                None => policy.issuer.clone(),
            },
            Check::SigningKey => match self.keys.map(KeySet::len) {
                None => "no signing keys are at hand".to_owned(),
                Some(1) => "the only signing key".to_owned(),
                Some(count) => format!("one of {count} signing keys"),
            },
            Check::Signature => "RS256 by that key".to_owned(),
            Check::IdentityClaims => "tid, oid, ver; scp text, roles a list of text".to_owned(),
            Check::Tenant => policy.tenant_id.to_string(),
            Check::Version => match policy.accepts_v1_tokens {
                true => "2.0, or 1.0 from the v1 issuer".to_owned(),
                false => "2.0".to_owned(),
            },
            Check::KeyOwner => "a key of this issuer and cloud".to_owned(),
            Check::CallerKind => "scp of a user, or roles of an application".to_owned(),
            Check::Client => match &policy.allowed_clients {
                None => "any client".to_owned(),
                Some(clients) => {
                    let clients: Vec<&str> = clients.iter().map(String::as_str).collect();
                    clients.join(" or ")
                }
            },
            Check::Guest => match policy.guests {
                GuestPolicy::Allow => "guests allowed".to_owned(),
                GuestPolicy::Deny => "guests denied".to_owned(),
            },
        }
    }

    /// The values of `roles`, or that they are no list.
    pub(super) fn roles(&self) -> Option<String> {
        self.claims?.get("roles").map(render_list)
    }

    /// A claim that is text; empty when it is not there.
    fn text_of_claim(&self, name: &str) -> String {
        let value = self.claims.and_then(|claims| claims.get(name));
        value.map(render).unwrap_or_default()
    }

    fn text_of_header(&self, name: &str) -> String {
        let value = self.header.and_then(|header| header.get(name));
        value.map(render).unwrap_or_default()
    }

    /// A claim that is text, with its name.
    fn named(&self, name: &str) -> Option<String> {
        let value = self.claims?.get(name)?;
        Some(format!("{name} {}", render(value)))
    }

    fn present_parameters(&self) -> String {
        let names = ["crit", "b64", "zip", "cty"].into_iter();
        let present = names.filter(|name| self.header.is_some_and(|header| header.contains(name)));
        present.collect::<Vec<_>>().join(", ")
    }

    /// The name of the claim that is not as it must be, and its type in place of its value.
    fn claim_at_fault(&self, outcome: Outcome) -> String {
        let Outcome::Failed(reason) = outcome else {
            return String::new();
        };
        let Some(name) = reason.claim() else {
            return String::new();
        };
        match self.claims.and_then(|claims| claims.get(name)) {
            None => format!("no {name}"),
            Some(value) => format!("{name} is {}", render_type(value)),
        }
    }

    fn times(&self) -> String {
        let time = |name: &str| match self.claims?.get(name)? {
            Json::Whole(seconds) => Some(*seconds),
            Json::Null
            | Json::Bool(_)
            | Json::OtherNumber
            | Json::String(_)
            | Json::Array(_)
            | Json::Object(_) => None,
        };
        let mut pieces = Vec::new();
        if let Some(start) = time("nbf") {
            pieces.push(format!(
                "from {} ({})",
                render_time(start),
                self.starts(start)
            ));
        }
        if let Some(issued) = time("iat").filter(|issued| Some(*issued) != time("nbf")) {
            pieces.push(format!("issued {}", render_time(issued)));
        }
        if let Some(end) = time("exp") {
            pieces.push(format!("to {} ({})", render_time(end), self.ends(end)));
        }
        pieces.join(", ")
    }

    fn starts(&self, at: u64) -> String {
        match at > self.now {
            true => format!("begins in {}", render_span(at - self.now)),
            false => format!("began {} ago", render_span(self.now - at)),
        }
    }

    fn ends(&self, at: u64) -> String {
        match at > self.now {
            true => format!("ends in {}", render_span(at - self.now)),
            false => format!("ended {} ago", render_span(self.now - at)),
        }
    }
}

fn join(pieces: impl IntoIterator<Item = Option<String>>) -> String {
    let pieces: Vec<String> = pieces.into_iter().flatten().collect();
    pieces.join("; ")
}

/// Text without its control characters, cut. Of a value that should be text and is not, only the type: what it holds
/// might be anything.
fn render(value: &Json) -> String {
    match value.as_str() {
        Some(text) => log::escape_within(text, VALUE_LIMIT),
        None => render_type(value).to_owned(),
    }
}

/// The names in a list.
fn render_list(value: &Json) -> String {
    let Json::Array(items) = value else {
        return render_type(value).to_owned();
    };
    let texts: Vec<String> = items.iter().take(ITEMS_LIMIT).map(render).collect();
    let shown: String = texts.join(", ").chars().take(VALUE_LIMIT).collect();
    format!("[{shown}]")
}

fn render_type(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Whole(_) | Json::OtherNumber => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// RFC 3339, in UTC; a time that no calendar has as the number that it is.
fn render_time(unix_seconds: u64) -> String {
    /// The last second of the year 9999.
    const LATEST: u64 = 253_402_300_799;
    match unix_seconds > LATEST {
        true => unix_seconds.to_string(),
        false => {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(unix_seconds);
            humantime::format_rfc3339_seconds(time).to_string()
        }
    }
}

/// A length of time in its two largest units.
fn render_span(seconds: u64) -> String {
    let text = humantime::format_duration(Duration::from_secs(seconds)).to_string();
    let units: Vec<&str> = text.split(' ').take(2).collect();
    units.join(" ")
}
