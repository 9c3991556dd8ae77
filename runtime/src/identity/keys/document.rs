//! The key document (RFC 7517), read with our own rules: one bad key is skipped, the good ones load.
//!
//! `jsonwebtoken`'s own type would drop `issuer` and `cloud_instance_name`, and accepts what must not sign here.
//! Invariant: every [`SigningKey`] is a public RSA key of 2048 to 8192 bits, meant for RS256 signatures.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;

use crate::identity::json::{Json, Object};

/// Sizes of an RSA modulus, in bits. Below is forgeable (RFC 7518 section 3.3), above is a way to burn our time.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Members of a private key (RFC 7518 section 6.3.2), and `k` of a symmetric one. Who publishes one has no secret.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A key that may verify tokens.
pub(crate) struct SigningKey {
    pub(super) kid: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    /// The key document's `issuer` member, perhaps with `{tenantid}` in it.
    pub(super) issuer: Option<String>,
    pub(super) cloud_instance_name: Option<String>,
    decoding_key: DecodingKey,
}

impl SigningKey {
    pub(crate) fn decoding_key(&self) -> &DecodingKey {
        &self.decoding_key
    }
}

impl PartialEq for SigningKey {
    fn eq(&self, other: &Self) -> bool {
        self.kid == other.kid
            && self.modulus == other.modulus
            && self.exponent == other.exponent
            && self.issuer == other.issuer
            && self.cloud_instance_name == other.cloud_instance_name
    }
}

impl Eq for SigningKey {}

/// The usable keys of one document.
#[derive(Default)]
pub(super) struct KeyDocument {
    /// In the order of their `kid`s, which differ.
    pub(super) keys: Vec<SigningKey>,
    /// How many entries were not usable, for the log.
    pub(super) skipped: usize,
}

/// Reads a key document.
///
/// Entries that share a `kid` must all be usable and the same key, or none of them loads: which one an attacker or an
/// accident put there cannot be told. `None` when it is not a key document at all.
pub(super) fn parse_key_document(document: &Json) -> Option<KeyDocument> {
    let Json::Object(document) = document else {
        return None;
    };
    if document.has_own_duplicate() {
        return None;
    }
    let Some(Json::Array(entries)) = document.get("keys") else {
        return None;
    };
    let mut by_kid: BTreeMap<&str, Option<SigningKey>> = BTreeMap::new();
    for (kid, key) in entries.iter().filter_map(parse_entry) {
        match by_kid.entry(kid) {
            Entry::Vacant(place) => {
                place.insert(key);
            }
            Entry::Occupied(mut place) => {
                let is_same = matches!((place.get(), &key), (Some(a), Some(b)) if a == b);
                if !is_same {
                    place.insert(None);
                }
            }
        }
    }
    let keys: Vec<SigningKey> = by_kid.into_values().flatten().collect();
    Some(KeyDocument {
        // Identical duplicates count too: they are harmless, but somebody should know.
        skipped: entries.len() - keys.len(),
        keys,
    })
}

/// One entry: its `kid`, and the key if it is usable. Without a `kid` no token can name it.
fn parse_entry(entry: &Json) -> Option<(&str, Option<SigningKey>)> {
    let Json::Object(entry) = entry else {
        return None;
    };
    let kid = entry.get("kid")?.as_str()?;
    (!kid.is_empty()).then(|| (kid, parse_signing_key(kid, entry)))
}

fn parse_signing_key(kid: &str, entry: &Object) -> Option<SigningKey> {
    let is_clean =
        !entry.has_duplicate() && !PRIVATE_MEMBERS.iter().any(|name| entry.contains(name));
    let is_for_rs256 = entry.get("kty")?.as_str() == Some("RSA")
        && is_absent_or(entry, "use", "sig")
        && is_absent_or(entry, "alg", "RS256")
        && may_verify(entry);
    if !is_clean || !is_for_rs256 {
        return None;
    }
    let modulus = parse_integer(entry.get("n")?)?;
    let exponent = parse_integer(entry.get("e")?)?;
    if !is_sound(&modulus, &exponent) {
        return None;
    }
    Some(SigningKey {
        kid: kid.to_owned(),
        decoding_key: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
        modulus,
        exponent,
        issuer: optional_text(entry, "issuer")?,
        cloud_instance_name: optional_text(entry, "cloud_instance_name")?,
    })
}

fn is_absent_or(entry: &Object, name: &str, expected: &str) -> bool {
    entry
        .get(name)
        .is_none_or(|value| value.as_str() == Some(expected))
}

/// `key_ops` (RFC 7517 section 4.3), where it is there, must name `verify`.
fn may_verify(entry: &Object) -> bool {
    match entry.get("key_ops") {
        None => true,
        Some(Json::Array(operations)) => operations.iter().any(|op| op.as_str() == Some("verify")),
        Some(_) => false,
    }
}

/// A member that may be absent but not of another type: outer `None` is a bad key.
fn optional_text(entry: &Object, name: &str) -> Option<Option<String>> {
    match entry.get(name) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    }
}

/// A positive integer in its one spelling: base64url without padding and without leading zero bytes.
fn parse_integer(value: &Json) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(value.as_str()?).ok()?;
    (*bytes.first()? != 0).then_some(bytes)
}

/// An even modulus, or an exponent of 1, would make forging trivial; a small one has a history of broken padding checks.
fn is_sound(modulus: &[u8], exponent: &[u8]) -> bool {
    let [first, .., last] = modulus else {
        return false;
    };
    let bits = modulus.len() * 8 - first.leading_zeros() as usize;
    let is_odd = |byte: u8| byte & 1 == 1;
    let exponent_value = match exponent.len() {
        1..=4 => exponent
            .iter()
            .fold(0_u32, |value, byte| value << 8 | u32::from(*byte)),
        _ => return false,
    };
    MODULUS_BITS.contains(&bits)
        && is_odd(*last)
        && exponent_value >= 65_537
        && exponent_value & 1 == 1
}

#[cfg(test)]
mod tests;
