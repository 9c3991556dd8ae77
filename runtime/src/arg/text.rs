//! One value that comes as text, by serde: a path parameter, or a value of a query or a form.
//!
//! Invariant: every value has one spelling, the one that the document gives it. What JSON cannot write, such as `NaN` or `+5`,
//! is refused here, so that no handler meets it.

use std::marker::PhantomData;

use portcullis_api_spec::{parse_decimal, parse_integer};
use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// Text that serde reads a value from.
#[derive(Debug)]
pub(super) struct Text<'a, E> {
    text: &'a str,
    error: PhantomData<E>,
}

impl<'a, E> Text<'a, E> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            error: PhantomData,
        }
    }
}

impl<E: Error> IntoDeserializer<'_, E> for Text<'_, E> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ident;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match parse_integer(self.text) {
                Some(number) => visitor.$visit(number),
                None => Err(E::custom(format_args!(
                    "expected an integer from {} to {}, as JSON writes it",
                    $type::MIN,
                    $type::MAX,
                ))),
            }
        }
    )* };
}

macro_rules! decimals {
    ($($method:ident $visit:ident;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match parse_decimal(self.text) {
                Some(number) => visitor.$visit(number),
                None => Err(E::custom("expected a number, as JSON writes it")),
            }
        }
    )* };
}

impl<'de, E: Error> Deserializer<'de> for Text<'_, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_str(self.text)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text.parse() {
            Ok(flag) => visitor.visit_bool(flag),
            Err(_) => Err(E::custom("expected `true` or `false`")),
        }
    }

    integers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    decimals! {
        deserialize_f32 visit_f32;
        deserialize_f64 visit_f64;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let name: StrDeserializer<'_, E> = self.text.into_deserializer();
        visitor.visit_enum(name)
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}
