//! How many items a page has at most.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{Cursor, Page, SortKey};

/// How many items a page has at most: 1 to `MAX`, and `DEFAULT` when the client does not say.
///
/// A field of a query struct, with `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit<const DEFAULT: u16, const MAX: u16>(u16);

impl<const DEFAULT: u16, const MAX: u16> Limit<DEFAULT, MAX> {
    const IS_SOUND: () = assert!(
        0 < DEFAULT && DEFAULT <= MAX,
        "the default of a `Limit<DEFAULT, MAX>` is 1 to MAX"
    );

    /// How many rows to ask the store for: one more than is shown tells whether another page follows.
    #[must_use]
    pub fn rows_to_read(self) -> i64 {
        i64::from(self.0) + 1
    }

    /// Cuts what was read to the page, and names its end when more follows.
    pub fn page<T, K: SortKey>(self, mut items: Vec<T>, key: fn(&T) -> K) -> Page<T, MAX> {
        let limit = usize::from(self.0);
        if items.len() <= limit {
            return Page::last(items);
        }
        items.truncate(limit);
        let next_cursor = items.last().map(|item| Cursor(key(item)).to_string());
        Page { items, next_cursor }
    }
}

impl<const DEFAULT: u16, const MAX: u16> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        let () = Self::IS_SOUND;
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

impl<const DEFAULT: u16, const MAX: u16> PartialSchema for Limit<DEFAULT, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .maximum(Some(MAX))
            .default(Some(DEFAULT.into()))
            .into()
    }
}

impl<const DEFAULT: u16, const MAX: u16> ToSchema for Limit<DEFAULT, MAX> {
    fn name() -> Cow<'static, str> {
        format!("LimitOf{MAX}By{DEFAULT}").into()
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    use super::super::testing::Number;
    use super::*;

    #[test]
    fn a_full_page_names_its_end_only_when_more_follows() {
        let limit = Limit::<2, 10>::default();
        assert_eq!(limit.rows_to_read(), 3);
        let page = limit.page(vec![1, 2], |item| Number(*item));
        assert_eq!(page, Page::last(vec![1, 2]));
        let page = limit.page(vec![1, 2, 3], |item| Number(*item));
        let next_cursor = Some(Cursor(Number(2)).to_string());
        let items = vec![1, 2];
        assert_eq!(page, Page { items, next_cursor });
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
