//! Pages of a list: how many items, and where the last page ended.
//!
//! A cursor holds the sort key of the last item shown, not a position, so that items which come or go meanwhile neither
//! repeat nor hide others. Clients treat it as opaque text.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Longest cursor read, in characters. Ours are far shorter.
const MAX_CURSOR_LENGTH: usize = 200;

/// What a list is sorted by. No two items have the same key.
pub trait SortKey: Sized {
    /// Renders the key as text.
    fn render(&self) -> String;

    /// Reads what [`render`](SortKey::render) made; `None` when it did not.
    fn parse(text: &str) -> Option<Self>;
}

/// The end of a page, as the client carries it: base64url of the sort key.
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

/// How many items a page has at most: 1 to `MAX`, and `DEFAULT` when the client does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit<const DEFAULT: u16, const MAX: u16>(u16);

impl<const DEFAULT: u16, const MAX: u16> Limit<DEFAULT, MAX> {
    /// How many rows to ask the store for: one more than is shown tells whether another page follows.
    #[must_use]
    pub fn rows_to_read(self) -> i64 {
        i64::from(self.0) + 1
    }

    /// Cuts what was read to the page, and names its end when more follows.
    pub fn cut<T, K>(self, mut items: Vec<T>, key: fn(&T) -> K) -> (Vec<T>, Option<Cursor<K>>) {
        let limit = usize::from(self.0);
        if items.len() <= limit {
            return (items, None);
        }
        items.truncate(limit);
        let next_cursor = items.last().map(|item| Cursor(key(item)));
        (items, next_cursor)
    }
}

impl<const DEFAULT: u16, const MAX: u16> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<'de, const DEFAULT: u16, const MAX: u16> Deserialize<'de> for Limit<DEFAULT, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::deserialize(deserializer)? {
            limit if (1..=MAX).contains(&limit) => Ok(Self(limit)),
            _ => Err(de::Error::custom(format_args!("limit must be 1 to {MAX}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Number(u32);

    impl SortKey for Number {
        fn render(&self) -> String {
            self.0.to_string()
        }

        fn parse(text: &str) -> Option<Self> {
            text.parse().ok().map(Number)
        }
    }

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

    #[test]
    fn a_full_page_names_its_end_only_when_more_follows() {
        let limit = Limit::<2, 10>::default();
        assert_eq!(limit.rows_to_read(), 3);
        let (items, next) = limit.cut(vec![1, 2], |item| Number(*item));
        assert_eq!((items, next), (vec![1, 2], None));
        let (items, next) = limit.cut(vec![1, 2, 3], |item| Number(*item));
        assert_eq!((items, next), (vec![1, 2], Some(Cursor(Number(2)))));
    }

    #[test]
    fn a_limit_out_of_range_is_refused() {
        type Ten = Limit<5, 10>;
        let limit =
            |value: u16| Ten::deserialize(IntoDeserializer::<Error>::into_deserializer(value));
        assert!(limit(0).is_err());
        assert_eq!(limit(10), Ok(Limit(10)));
        assert!(limit(11).is_err());
    }
}
