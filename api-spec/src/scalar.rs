//! Domain types of one value: what they may be is declared once, and both described and checked from that.
//!
//! `derive(Scalar)` emits one [`ScalarDef`] as a constant.

mod primitive;

use regex_lite::Regex;
use serde::Serialize;
use utoipa::Number;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

pub use primitive::{Primitive, PrimitiveValue};

use crate::check_value;

/// What values a domain type has. The bounds that fit its kind are checked while the application is compiled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScalarDef {
    /// The name of the schema.
    pub name: &'static str,
    /// The doc comment of the type; may be empty.
    pub description: &'static str,
    /// Fewest characters.
    pub min_length: Option<usize>,
    /// Most characters.
    pub max_length: Option<usize>,
    /// A regular expression (ECMA-262, as far as `regex-lite` knows it) that the text matches somewhere.
    pub pattern: Option<&'static str>,
    /// The name of a format, for readers; nothing is checked by it.
    pub format: Option<&'static str>,
    /// Least number.
    pub minimum: Option<Bound>,
    /// Greatest number.
    pub maximum: Option<Bound>,
    /// A number that values lie above.
    pub exclusive_minimum: Option<Bound>,
    /// A number that values lie below.
    pub exclusive_maximum: Option<Bound>,
    /// A value, as text.
    pub example: Option<&'static str>,
}

/// A bound of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A whole number.
    Integer(i128),
    /// Another one.
    Decimal(f64),
}

impl Bound {
    pub(crate) const fn to_f64(self) -> f64 {
        match self {
            Bound::Integer(bound) => bound as f64,
            Bound::Decimal(bound) => bound,
        }
    }

    fn to_number(self) -> Number {
        match self {
            Bound::Integer(bound) => match (isize::try_from(bound), usize::try_from(bound)) {
                (Ok(bound), _) => Number::Int(bound),
                (Err(_), Ok(bound)) => Number::UInt(bound),
                (Err(_), Err(_)) => Number::Float(bound as f64),
            },
            Bound::Decimal(bound) => Number::Float(bound),
        }
    }
}

/// What a domain type is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarKind {
    /// Text of any form.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A type that leaves nothing to bound, such as a UUID or a date.
    Fixed,
}

/// A type that `derive(Scalar)` stands on: a newtype with bounds. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scalar",
    note = "put `#[derive(portcullis::Scalar)]` on the newtype"
)]
pub trait Scalar: Sized {
    /// What it is made of.
    type Inner: Primitive;

    /// What values it has.
    const DEF: ScalarDef;
}

/// Why a value is not one of a domain type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ScalarFault {
    detail: String,
}

impl ScalarDef {
    /// A type with every value of its primitive, for tests to bound.
    #[cfg(test)]
    pub(crate) const UNBOUNDED: Self = Self {
        name: "Any",
        description: "",
        min_length: None,
        max_length: None,
        pattern: None,
        format: None,
        minimum: None,
        maximum: None,
        exclusive_minimum: None,
        exclusive_maximum: None,
        example: None,
    };

    /// Writes the schema: type and format of the primitive, and the bounds declared here.
    #[must_use]
    pub fn schema<P: Primitive>(&self) -> RefOr<Schema> {
        let format = self.format.or(P::FORMAT);
        let text_or = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let number = |bound: Option<Bound>| bound.map(Bound::to_number);
        let (least, greatest) = P::RANGE.map_or((None, None), |(least, greatest)| {
            let is_open = |bound: &Option<Bound>| bound.is_none();
            let least = is_open(&self.exclusive_minimum).then_some(Bound::Integer(least));
            let greatest = is_open(&self.exclusive_maximum).then_some(Bound::Integer(greatest));
            (least, greatest)
        });
        let example = self.example.map(P::example);
        ObjectBuilder::new()
            .schema_type(P::TYPE)
            .format(format.map(|format| SchemaFormat::Custom(format.to_owned())))
            .description(text_or(self.description))
            .min_length(self.min_length)
            .max_length(self.max_length.or(P::MAX_LENGTH))
            .pattern(self.pattern)
            .minimum(number(self.minimum.or(least)))
            .maximum(number(self.maximum.or(greatest)))
            .exclusive_minimum(number(self.exclusive_minimum))
            .exclusive_maximum(number(self.exclusive_maximum))
            .examples(example)
            .into()
    }

    /// Checks a value against every bound. `pattern` is [`ScalarDef::pattern`], compiled.
    ///
    /// # Errors
    /// What is wrong, in the words that a body is told in.
    pub fn check<P: Primitive + Serialize>(
        &self,
        value: &P,
        pattern: Option<&Regex>,
    ) -> Result<(), ScalarFault> {
        if self.admits(value, pattern) {
            return Ok(());
        }
        let schema = serde_json::to_value(self.schema::<P>()).unwrap_or_default();
        let json = serde_json::to_value(value).unwrap_or_default();
        let faults = check_value(&schema, &json).into_iter();
        let details: Vec<String> = faults.map(|fault| fault.detail).collect();
        let detail = match details.is_empty() {
            true => "is not one of its values".to_owned(),
            false => details.join("; "),
        };
        Err(ScalarFault { detail })
    }

    /// The check itself; what it says counts, not the schema.
    fn admits<P: Primitive>(&self, value: &P, pattern: Option<&Regex>) -> bool {
        match value.value() {
            PrimitiveValue::Text(text) => {
                let is_length_bound = self.min_length.is_some() || self.max_length.is_some();
                let length = if is_length_bound {
                    text.chars().count()
                } else {
                    0
                };
                self.min_length.is_none_or(|least| length >= least)
                    && self.max_length.is_none_or(|most| length <= most)
                    && pattern.is_none_or(|pattern| pattern.is_match(text))
            }
            PrimitiveValue::Integer(number) => {
                let above = |bound: Bound| match bound {
                    Bound::Integer(bound) => number.cmp(&bound),
                    Bound::Decimal(bound) => (number as f64).total_cmp(&bound),
                };
                self.is_within(|bound| Some(above(bound)))
            }
            // NaN has no order, and JSON no way to write it.
            PrimitiveValue::Decimal(number) => {
                number.is_finite() && self.is_within(|bound| number.partial_cmp(&bound.to_f64()))
            }
            PrimitiveValue::Fixed => true,
        }
    }

    fn is_within(&self, compare: impl Fn(Bound) -> Option<std::cmp::Ordering>) -> bool {
        let holds = |bound: Option<Bound>, test: fn(std::cmp::Ordering) -> bool| {
            bound.is_none_or(|bound| compare(bound).is_some_and(test))
        };
        holds(self.minimum, std::cmp::Ordering::is_ge)
            && holds(self.maximum, std::cmp::Ordering::is_le)
            && holds(self.exclusive_minimum, std::cmp::Ordering::is_gt)
            && holds(self.exclusive_maximum, std::cmp::Ordering::is_lt)
    }
}

impl ScalarFault {
    /// Says that text is not of the type at all, such as `x` where a number is asked for.
    #[must_use]
    pub fn unreadable<P: Primitive>(text: &str) -> Self {
        let expected = match (P::KIND, P::FORMAT) {
            (ScalarKind::Fixed, Some(format)) => format,
            (ScalarKind::Integer, _) => "integer",
            (ScalarKind::Decimal, _) => "number",
            (ScalarKind::Fixed, None) => "boolean",
            (ScalarKind::Text, _) => "string",
        };
        Self {
            detail: format!("{text:?} is not a valid {expected}"),
        }
    }
}

/// The JSON type of a schema, for implementations of [`Primitive`].
pub(crate) type JsonType = Type;

#[cfg(test)]
mod tests;
