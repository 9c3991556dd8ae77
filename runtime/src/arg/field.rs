//! The fields of a query or a form, by serde: text for scalars, files for [`Upload`](super::Upload)s, lists for names that
//! are repeated.

use std::fmt::{self, Display};

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::multipart::UPLOAD;
use super::text::Text;

/// One value of a field.
pub(super) trait FieldValue {
    /// Its text.
    ///
    /// # Errors
    /// Why it is none.
    fn text(&self) -> Result<&str, &'static str>;

    /// The file that it can be read as, where the format has files.
    fn file(&self) -> Option<FileFacts<'_>>;
}

/// What there is to know about a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileFacts<'a> {
    pub(super) file_name: Option<&'a str>,
    pub(super) content_type: Option<&'a str>,
    pub(super) bytes: &'a [u8],
}

/// What is said about bytes that are no text.
pub(super) const NOT_UTF8: &str = "is not UTF-8";

/// Why fields are no `T`.
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

fn invalid(detail: &str) -> FormError {
    FormError::Invalid(detail.to_owned())
}

/// All fields, each once.
pub(super) struct Fields<I>(pub(super) I);

impl<'de, 'a, I, F> Deserializer<'de> for Fields<I>
where
    I: Iterator<Item = (&'a str, Field<'a, F>)>,
    F: FieldValue + 'a,
{
    type Error = FormError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        MapDeserializer::new(self.0).deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, FormError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// All values of one name.
pub(super) struct Field<'a, F> {
    values: &'a [F],
    is_blank: bool,
}

impl<'a, F: FieldValue> Field<'a, F> {
    /// Takes all values of a name. A blank field counts as absent where it is optional.
    pub(super) fn new(values: &'a [F], is_blank: bool) -> Self {
        Self { values, is_blank }
    }

    fn only_value(&self) -> Result<&'a F, FormError> {
        match self.values {
            [value] => Ok(value),
            _ => Err(invalid("was sent more than once")),
        }
    }

    /// The text of the only value.
    fn text(&self) -> Result<Text<'a, FormError>, FormError> {
        self.only_value()?.text().map(Text::new).map_err(invalid)
    }
}

impl<F: FieldValue> IntoDeserializer<'_, FormError> for Field<'_, F> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! scalars {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
            self.text()?.$method(visitor)
        }
    )* };
}

impl<'de, F: FieldValue> Deserializer<'de> for Field<'_, F> {
    type Error = FormError;

    scalars! {
        deserialize_any deserialize_bool deserialize_f32 deserialize_f64
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        match self.is_blank {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
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
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FormError> {
        self.text()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormError> {
        let items = self.values.chunks(1).map(|value| Field::new(value, false));
        visitor.visit_seq(SeqDeserializer::new(items))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        max_bytes: usize,
        visitor: V,
    ) -> Result<V::Value, FormError> {
        if name != UPLOAD {
            return Err(invalid("a field holds one value"));
        }
        let Some(file) = self.only_value()?.file() else {
            return Err(invalid("a file comes in a multipart/form-data form only"));
        };
        if file.bytes.len() > max_bytes {
            return Err(FormError::TooLarge { max_bytes });
        }
        let facts = [
            Fact::Text(Some(UPLOAD)),
            Fact::Text(file.file_name),
            Fact::Text(file.content_type),
            Fact::Bytes(file.bytes),
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
