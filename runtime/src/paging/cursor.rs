//! Where a page ended, as the client carries it.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Longest cursor read, in characters.
const MAX_CURSOR_LENGTH: usize = 200;

/// What a list is sorted by. No two items have the same key.
pub trait SortKey: Sized {
    /// Renders the key as text; at most 150 bytes.
    fn render(&self) -> String;

    /// Reads what [`render`](SortKey::render) made; `None` when it did not. Clients can send anything here.
    fn parse(text: &str) -> Option<Self>;
}

/// The end of a page: base64url of the sort key. A field of a query struct, as `Option<..>` of an alias such as
/// `type NoteCursor = Cursor<NoteKey>`: `derive(ToSchema)` asks every type parameter that it sees for a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor<K>(pub K);

impl<K: SortKey> fmt::Display for Cursor<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0.render()))
    }
}

impl<K: SortKey> Serialize for Cursor<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: SortKey> Deserialize<'de> for Cursor<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let key = parse_cursor(&text).ok_or_else(|| {
            de::Error::custom("not a cursor of this list: use `next_cursor` of its last page")
        })?;
        Ok(Cursor(key))
    }
}

fn parse_cursor<K: SortKey>(text: &str) -> Option<K> {
    if text.len() > MAX_CURSOR_LENGTH {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    K::parse(std::str::from_utf8(&bytes).ok()?)
}

/// What every cursor looks like from outside.
pub(super) fn cursor_schema() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_CURSOR_LENGTH))
        .pattern(Some("^[A-Za-z0-9_-]+$"))
}

impl<K> PartialSchema for Cursor<K> {
    fn schema() -> RefOr<Schema> {
        cursor_schema().into()
    }
}

impl<K> ToSchema for Cursor<K> {
    fn name() -> Cow<'static, str> {
        "Cursor".into()
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::super::testing::Number;
    use super::*;

    fn read(text: &str) -> Result<Cursor<Number>, Error> {
        Cursor::deserialize(text.into_deserializer())
    }

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor(Number(7));
        assert_eq!(read(&cursor.to_string()), Ok(cursor));
    }

    #[test]
    fn text_that_is_no_cursor_is_refused() {
        let overlong = "A".repeat(4 * MAX_CURSOR_LENGTH);
        for text in ["", "7", "%%", "bm90IGEgbnVtYmVy", "_w", &overlong] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
