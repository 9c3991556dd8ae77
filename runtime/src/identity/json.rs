//! JSON as a security check needs it: nothing lost, nothing chosen silently.
//!
//! A parser that keeps the last of two equal members lets an attacker show one `tid` to us and another to the next
//! reader (RFC 8725 section 2.4). Names are compared after unescaping, so `"t\u0069d"` is a second `tid`.
//!
//! Invariant: an object that had a duplicate, at any depth, says so for ever.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value. Numbers that are not whole and non-negative keep only the fact that they are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Whole(u64),
    OtherNumber,
    String(String),
    Array(Vec<Json>),
    Object(Object),
}

/// A JSON object that remembers whether a name stood in it twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Object {
    members: BTreeMap<String, Json>,
    has_duplicate: bool,
}

/// The bytes are not one JSON value in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not JSON in UTF-8")]
pub(crate) struct NotJson;

impl Json {
    /// Parses one JSON value. Depth is bounded by serde_json's recursion limit.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, NotJson> {
        let text = std::str::from_utf8(bytes).map_err(|_| NotJson)?;
        serde_json::from_str(text).map_err(|_| NotJson)
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Json::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Says whether a name stands twice in this value or in any value inside it.
    pub(crate) fn has_duplicate(&self) -> bool {
        match self {
            Json::Object(object) => object.has_duplicate(),
            Json::Array(items) => items.iter().any(Json::has_duplicate),
            Json::Null | Json::Bool(_) | Json::Whole(_) | Json::OtherNumber | Json::String(_) => {
                false
            }
        }
    }
}

impl Json {
    /// Says whether a member, at any depth, has the name by which serde_json marks numbers and raw text of its own: it
    /// would read the text behind the name in place of the object, where every other reader sees an object.
    pub(crate) fn has_private_name(&self) -> bool {
        match self {
            Json::Object(object) => {
                let mut members = object.members.iter();
                members.any(|(name, value)| {
                    name.starts_with("$serde_json::private::") || value.has_private_name()
                })
            }
            Json::Array(items) => items.iter().any(Json::has_private_name),
            Json::Null | Json::Bool(_) | Json::Whole(_) | Json::OtherNumber | Json::String(_) => {
                false
            }
        }
    }
}

impl Object {
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.members.get(name)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Says whether a name stands twice in this object or in any value inside it.
    pub(crate) fn has_duplicate(&self) -> bool {
        self.has_duplicate || self.members.values().any(Json::has_duplicate)
    }

    /// Says whether a name stands twice in this object itself.
    pub(crate) fn has_own_duplicate(&self) -> bool {
        self.has_duplicate
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Whole(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::OtherNumber)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::OtherNumber)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut object = Object::default();
        while let Some((name, value)) = access.next_entry::<String, Json>()? {
            // Also the value that is pushed out may have held a duplicate; the object is marked already.
            object.has_duplicate |= object.members.insert(name, value).is_some();
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_json_value_in_utf8_parses() {
        let table: &[(&str, &[u8], bool)] = &[
            ("object", b"{}", true),
            ("byte order mark", b"\xef\xbb\xbf{}", false),
            ("invalid utf-8", b"{\"a\":\"\xff\"}", false),
            (
                "invalid utf-8 in an unknown name",
                b"{\"\xc0\xaf\":1}",
                false,
            ),
            ("lone surrogate", br#"{"a":"\ud800"}"#, false),
            ("two values", b"{}{}", false),
            ("trailing comma", b"{\"a\":1,}", false),
            ("comment", b"{/**/}", false),
            ("raw control character", b"{\"a\":\"\x01\"}", false),
            ("single quotes", b"{'a':1}", false),
            ("NaN", b"{\"a\":NaN}", false),
            ("number out of range", b"{\"a\":1e999}", false),
            ("empty", b"", false),
            ("zero byte after", b"{}\0", false),
        ];
        for (name, bytes, parses) in table {
            assert_eq!(Json::parse(bytes).is_ok(), *parses, "{name}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_does_not_overflow_the_stack() {
        let deep = "[".repeat(100_000);
        assert_eq!(Json::parse(deep.as_bytes()), Err(NotJson));
    }

    #[test]
    fn a_duplicate_is_seen_at_every_depth_and_through_escapes() {
        let table = [
            ("none", r#"{"a":1,"b":{"a":1}}"#, false),
            ("top", r#"{"a":1,"a":1}"#, true),
            ("escaped", r#"{"tid":1,"t\u0069d":2}"#, true),
            ("inner", r#"{"x":{"a":1,"a":2}}"#, true),
            ("in an array", r#"{"x":[1,{"a":1,"a":2}]}"#, true),
            ("case differs", r#"{"a":1,"A":2}"#, false),
            ("empty name", r#"{"":1,"":2}"#, true),
        ];
        for (name, text, expected) in table {
            let json = Json::parse(text.as_bytes()).unwrap();
            assert_eq!(json.has_duplicate(), expected, "{name}");
        }
    }

    #[test]
    fn only_whole_numbers_that_are_not_negative_keep_their_value() {
        let table = [
            ("17", Json::Whole(17)),
            ("-1", Json::OtherNumber),
            ("-0", Json::OtherNumber),
            ("1.0", Json::OtherNumber),
            ("1e3", Json::OtherNumber),
            ("18446744073709551615", Json::Whole(u64::MAX)),
            ("18446744073709551616", Json::OtherNumber),
        ];
        for (text, expected) in table {
            assert_eq!(Json::parse(text.as_bytes()), Ok(expected), "{text}");
        }
    }
}
