//! The parameters of a path, by serde: one value, several in the order of the template, or a struct by name.

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, Visitor};

use crate::arg::text::Text;

/// Names and values, in the order of the template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segments<'a>(pub(super) &'a [(&'a str, &'a str)]);

impl<'a> Segments<'a> {
    fn only(self) -> Result<Text<'a, Error>, Error> {
        match self.0 {
            [(_, text)] => Ok(Text::new(text)),
            _ => Err(Error::custom("the path does not have one parameter")),
        }
    }

    fn in_order(self) -> SeqDeserializer<impl Iterator<Item = Text<'a, Error>>, Error> {
        SeqDeserializer::new(self.0.iter().map(|(_, text)| Text::new(text)))
    }

    fn by_name<'de>(
        self,
    ) -> MapDeserializer<'de, impl Iterator<Item = (&'a str, Text<'a, Error>)>, Error> {
        MapDeserializer::new(self.0.iter().map(|(name, text)| (*name, Text::new(text))))
    }
}

macro_rules! forward {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.only()?.$method(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for Segments<'_> {
    type Error = Error;

    forward! {
        deserialize_any deserialize_bool
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_option deserialize_unit
        deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.only()?.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.in_order().deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.in_order().deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.in_order().deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.by_name().deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.by_name().deserialize_any(visitor)
    }
}
