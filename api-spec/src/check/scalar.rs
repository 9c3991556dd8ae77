//! Whether the bounds of a domain type fit what it is made of, and each other.

use portcullis_grammar::Message;

use crate::scalar::{Bound, Primitive, ScalarDef, ScalarKind};

/// What is wrong with the declaration of a domain type that is made of `P`.
pub(super) const fn scalar_fault<P: Primitive>(def: &ScalarDef) -> Option<Message> {
    let start = Message::new("scalar ").code(def.name).text(": ");
    let has_length = def.min_length.is_some() || def.max_length.is_some();
    let has_bound = def.minimum.is_some()
        || def.maximum.is_some()
        || def.exclusive_minimum.is_some()
        || def.exclusive_maximum.is_some();
    let is_text = matches!(P::KIND, ScalarKind::Text);
    let is_number = matches!(P::KIND, ScalarKind::Integer | ScalarKind::Decimal);
    if !is_text && (has_length || def.pattern.is_some()) {
        return Some(start.text(
            "`min_length`, `max_length` and `pattern` bound text; what it wraps is not a `String`",
        ));
    }
    if !is_number && has_bound {
        return Some(start.text(
            "`minimum` and `maximum` bound numbers; what it wraps is not one, text has `min_length` and `max_length`",
        ));
    }
    if let (Some(least), Some(most)) = (def.min_length, def.max_length)
        && least > most
    {
        return Some(start.text("`min_length` is above `max_length`; no value could be both"));
    }
    if (def.minimum.is_some() && def.exclusive_minimum.is_some())
        || (def.maximum.is_some() && def.exclusive_maximum.is_some())
    {
        return Some(start.text(
            "it has an exclusive and an inclusive bound on one side; leave one of them out",
        ));
    }
    if is_empty(def) {
        return Some(start.text("its least value is above its greatest; no value could be both"));
    }
    if let Some((least, greatest)) = P::RANGE {
        let bounds = [
            def.minimum,
            def.maximum,
            def.exclusive_minimum,
            def.exclusive_maximum,
        ];
        let mut index = 0;
        while index < bounds.len() {
            match bounds[index] {
                Some(Bound::Integer(bound)) if bound < least || bound > greatest => {
                    return Some(start.text("a bound lies outside the range of the type it wraps"));
                }
                Some(Bound::Decimal(_)) => {
                    return Some(start.text("it wraps an integer; write its bounds as integers"));
                }
                Some(Bound::Integer(_)) | None => {}
            }
            index += 1;
        }
    }
    None
}

const fn is_empty(def: &ScalarDef) -> bool {
    let (least, is_least_in) = match (def.minimum, def.exclusive_minimum) {
        (Some(bound), _) => (bound, true),
        (None, Some(bound)) => (bound, false),
        (None, None) => return false,
    };
    let (greatest, is_greatest_in) = match (def.maximum, def.exclusive_maximum) {
        (Some(bound), _) => (bound, true),
        (None, Some(bound)) => (bound, false),
        (None, None) => return false,
    };
    let both_in = is_least_in && is_greatest_in;
    match (least, greatest) {
        (Bound::Integer(least), Bound::Integer(greatest)) => {
            least > greatest || (least == greatest && !both_in)
        }
        (Bound::Integer(_) | Bound::Decimal(_), Bound::Integer(_) | Bound::Decimal(_)) => {
            let (least, greatest) = (least.to_f64(), greatest.to_f64());
            least > greatest || (least == greatest && !both_in)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: ScalarDef = ScalarDef::UNBOUNDED;

    fn said<P: Primitive>(def: ScalarDef) -> String {
        scalar_fault::<P>(&def).map_or_else(String::new, |fault| fault.as_str().to_owned())
    }

    #[test]
    fn bounds_fit_what_is_wrapped() {
        let text = ScalarDef {
            min_length: Some(1),
            max_length: Some(1),
            ..ANY
        };
        assert_eq!(said::<String>(text), "");
        assert!(said::<u8>(text).contains("bound text"));
        let number = ScalarDef {
            minimum: Some(Bound::Integer(0)),
            ..ANY
        };
        assert_eq!(said::<u8>(number), "");
        assert_eq!(said::<f64>(number), "");
        assert!(said::<String>(number).contains("bound numbers"));
        assert!(said::<bool>(number).contains("bound numbers"));
    }

    #[test]
    fn bounds_leave_a_value() {
        let integer = |least, most| ScalarDef {
            minimum: Some(Bound::Integer(least)),
            exclusive_maximum: Some(Bound::Integer(most)),
            ..ANY
        };
        assert_eq!(said::<u8>(integer(0, 1)), "");
        assert!(said::<u8>(integer(1, 1)).contains("no value"));
        assert!(said::<u8>(integer(0, 300)).contains("outside the range"));
        let text = ScalarDef {
            min_length: Some(2),
            max_length: Some(1),
            ..ANY
        };
        assert!(said::<String>(text).contains("no value"));
        let decimal = ScalarDef {
            maximum: Some(Bound::Decimal(0.5)),
            ..ANY
        };
        assert_eq!(said::<f64>(decimal), "");
        assert!(said::<u8>(decimal).contains("as integers"));
        let twice = ScalarDef {
            minimum: Some(Bound::Integer(1)),
            ..integer(0, 9)
        };
        let twice = ScalarDef {
            exclusive_minimum: Some(Bound::Integer(1)),
            ..twice
        };
        assert!(said::<u8>(twice).contains("leave one of them out"));
    }
}
