//! From the parts of a form to a `T`, by serde: text for scalars, files for [`Upload`](super::Upload)s, lists for parts that
//! are repeated.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::parts::{Part, Parts};
use super::upload::UPLOAD;

/// What serde stopped at, and where.
pub(super) type Fault = serde_path_to_error::Error<FormError>;

/// Reads the parts.
pub(super) fn read<T: DeserializeOwned>(parts: &Parts) -> Result<T, Fault> {
    let fields = parts.fields().map(|(name, parts)| (name, Field { parts }));
    serde_path_to_error::deserialize(MapDeserializer::new(fields))
}

/// Why a form is no `T`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FormError {
    /// A file has more bytes than its field takes.
    TooLarge { max_bytes: usize },
    /// Anything else, in words.
    Invalid(String),
}

impl Display for FormError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormError::TooLarge { max_bytes } => too_large(*max_bytes).fmt(formatter),
            FormError::Invalid(detail) => detail.fmt(formatter),
        }
    }
}

/// What is said about a file that is too large.
pub(super) fn too_large(max_bytes: usize) -> String {
    format!("may have {max_bytes} bytes")
}

impl std::error::Error for FormError {}

impl de::Error for FormError {
    fn custom<T: Display>(detail: T) -> Self {
        FormError::Invalid(detail.to_string())
    }
}

fn invalid<T>(detail: &str) -> Result<T, FormError> {
    Err(FormError::Invalid(detail.to_owned()))
}

/// All parts of one name.
#[derive(Clone, Copy)]
struct Field<'a> {
    parts: &'a [Part],
}

impl<'a> Field<'a> {
    fn only_part(self) -> Result<&'a Part, FormError> {
        match self.parts {
            [part] => Ok(part),
            _ => invalid("was sent more than once"),
        }
    }

    /// The text of the only part.
    fn text(self) -> Result<&'a str, FormError> {
        let part = self.only_part()?;
        if part.is_file {
            return invalid("expected text, found a file");
        }
        match str::from_utf8(&part.bytes) {
            Ok(text) => Ok(text),
            Err(_) => invalid("is not UTF-8"),
        }
    }

    fn parse<T: FromStr<Err: Display>>(self) -> Result<T, FormError> {
        let text = self.text()?;
        text.parse()
            .map_err(|error| FormError::Invalid(format!("{text:?}: {error}")))
    }
}

impl IntoDeserializer<'_, FormError> for Field<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parse {
    ($($method:ident => $visit:ident;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
            visitor.$visit(self.parse()?)
        }
    )* };
}

impl<'de> Deserializer<'de> for Field<'_> {
    type Error = FormError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        visitor.visit_str(self.text()?)
    }

    parse! {
        deserialize_bool => visit_bool;
        deserialize_i8 => visit_i8;
        deserialize_i16 => visit_i16;
        deserialize_i32 => visit_i32;
        deserialize_i64 => visit_i64;
        deserialize_u8 => visit_u8;
        deserialize_u16 => visit_u16;
        deserialize_u32 => visit_u32;
        deserialize_u64 => visit_u64;
        deserialize_f32 => visit_f32;
        deserialize_f64 => visit_f64;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, FormError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FormError> {
        let text: &str = self.text()?;
        visitor.visit_enum(text.into_deserializer())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        let items = self.parts.chunks(1).map(|parts| Field { parts });
        visitor.visit_seq(SeqDeserializer::new(items))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        max_bytes: usize,
        visitor: V,
    ) -> Result<V::Value, FormError> {
        if name != UPLOAD {
            return invalid("a part holds one value");
        }
        let part = self.only_part()?;
        if part.bytes.len() > max_bytes {
            return Err(FormError::TooLarge { max_bytes });
        }
        let facts = [
            Fact::Text(Some(UPLOAD)),
            Fact::Text(part.file_name.as_deref()),
            Fact::Text(part.content_type.as_deref()),
            Fact::Bytes(&part.bytes),
        ];
        visitor.visit_seq(SeqDeserializer::new(facts.into_iter()))
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple map struct identifier
    }
}

/// One thing to know about a file.
enum Fact<'a> {
    Text(Option<&'a str>),
    Bytes(&'a [u8]),
}

impl IntoDeserializer<'_, FormError> for Fact<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Fact<'_> {
    type Error = FormError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        match self {
            Fact::Text(Some(text)) => visitor.visit_some(text.into_deserializer()),
            Fact::Text(None) => visitor.visit_none(),
            Fact::Bytes(bytes) => visitor.visit_byte_buf(bytes.to_vec()),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
