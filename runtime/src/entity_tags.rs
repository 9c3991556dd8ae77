//! Conditions on entity tags: what the lines of `If-Match` and `If-None-Match` name (RFC 9110 sections 8.8.3 and 13.1).

use http::{HeaderMap, HeaderName};
use portcullis_api_spec::MAX_CONDITION_BYTES;

use crate::arg::invalid_header;
use crate::problem::Problem;

/// What a condition names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition<'a> {
    /// `*`: whatever is stored.
    Any,
    /// What one of these tags is of. A field of nothing but commas names none.
    Tags(Vec<EntityTag<'a>>),
}

impl<'a> Condition<'a> {
    /// Reads a field, whose lines are one list (section 5.3). `None` when there is no line of it.
    ///
    /// # Errors
    /// 422 `invalid_header` when it is neither `*` nor a list of entity tags, or longer than [`MAX_CONDITION_BYTES`].
    pub(crate) fn read(
        headers: &'a HeaderMap,
        field: &HeaderName,
    ) -> Result<Option<Self>, Problem> {
        let values = headers.get_all(field).iter();
        let lines: Vec<&[u8]> = values.map(|value| value.as_bytes()).collect();
        match &*lines {
            [] => return Ok(None),
            [line] if line.trim_ascii() == b"*" => return Ok(Some(Self::Any)),
            _ => {}
        }
        let length_bytes: usize = lines.iter().map(|line| line.len()).sum();
        if length_bytes > MAX_CONDITION_BYTES {
            let detail = format!("at most {MAX_CONDITION_BYTES} bytes are read");
            return Err(invalid_header(field.as_str(), &detail));
        }
        let mut tags = Vec::new();
        for line in lines {
            let more = parse_entity_tags(line);
            tags.extend(more.ok_or_else(|| names_no_tag(field))?);
        }
        Ok(Some(Self::Tags(tags)))
    }
}

/// The problem of a condition that is no list of entity tags, or an empty one.
pub(crate) fn names_no_tag(field: &HeaderName) -> Problem {
    let detail = "expected an entity tag as sent in `ETag`, such as \"3\" with its quotes, or a list of them";
    invalid_header(field.as_str(), detail)
}

/// An entity tag as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntityTag<'a> {
    pub(crate) strength: Strength,
    /// What stands between the quotes. Nothing is escaped in it.
    pub(crate) opaque: &'a [u8],
}

impl<'a> EntityTag<'a> {
    /// Reads the value of `ETag`; `None` when it is not one tag.
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        let (tag, after) = split_tag(value)?;
        after.is_empty().then_some(tag)
    }
}

/// Whether a tag says that two representations are the same byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    Strong,
    /// `W/` before the quotes: equal enough for its sender. It never matches by strong comparison (section 8.8.3.2).
    Weak,
}

/// Reads one field line; `None` when it is not a list of entity tags.
///
/// Empty elements are passed over, as section 5.6.1.2 asks for, so that the list can be empty.
fn parse_entity_tags(line: &[u8]) -> Option<Vec<EntityTag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_ascii_start();
        if !matches!(rest.first(), None | Some(b',')) {
            let (tag, after) = split_tag(rest)?;
            tags.push(tag);
            rest = after.trim_ascii_start();
        }
        match rest.split_first() {
            None => return Some(tags),
            Some((b',', after)) => rest = after,
            Some(_) => return None,
        }
    }
}

/// Reads the tag at the beginning, and leaves what follows it.
fn split_tag(text: &[u8]) -> Option<(EntityTag<'_>, &[u8])> {
    let (strength, quoted) = match text.strip_prefix(b"W/") {
        Some(quoted) => (Strength::Weak, quoted),
        None => (Strength::Strong, text),
    };
    let opened = quoted.strip_prefix(b"\"")?;
    let length = opened.iter().position(|byte| !is_opaque(*byte))?;
    let (opaque, closing) = opened.split_at(length);
    let after = closing.strip_prefix(b"\"")?;
    Some((EntityTag { strength, opaque }, after))
}

/// `etagc` of the grammar: visible ASCII without the quote, and bytes beyond ASCII.
fn is_opaque(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x7e | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(opaque: &str) -> EntityTag<'_> {
        EntityTag {
            strength: Strength::Strong,
            opaque: opaque.as_bytes(),
        }
    }

    fn weak(opaque: &str) -> EntityTag<'_> {
        EntityTag {
            strength: Strength::Weak,
            opaque: opaque.as_bytes(),
        }
    }

    #[test]
    fn a_list_is_read_tag_by_tag() {
        for (line, tags) in [
            ("", vec![]),
            (" ,\t, ", vec![]),
            (r#""3""#, vec![strong("3")]),
            (r#"W/"3""#, vec![weak("3")]),
            (r#""""#, vec![strong("")]),
            (
                r#" "1","2" , W/"3" "#,
                vec![strong("1"), strong("2"), weak("3")],
            ),
            (r#",,"1",, "2","#, vec![strong("1"), strong("2")]),
            // Commas, backslashes and asterisks are characters of a tag like any other.
            (
                r#""a,b\", "*", "Zürich""#,
                vec![strong(r"a,b\"), strong("*"), strong("Zürich")],
            ),
        ] {
            assert_eq!(parse_entity_tags(line.as_bytes()), Some(tags), "{line}");
        }
    }

    #[test]
    fn the_value_of_an_etag_is_one_tag_and_nothing_else() {
        assert_eq!(EntityTag::parse(br#""3""#), Some(strong("3")));
        assert_eq!(EntityTag::parse(br#"W/"3""#), Some(weak("3")));
        for value in ["", "3", r#""3" "#, r#""3", "4""#] {
            assert_eq!(EntityTag::parse(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn what_is_no_list_of_tags_is_not_read() {
        for line in [
            "3",
            "*",
            r#"*, "1""#,
            r#""1", *"#,
            r#""1"#,
            r#"1""#,
            r#"'1'"#,
            r#"w/"1""#,
            r#"W/1"#,
            r#"W/ "1""#,
            r#"W/W/"1""#,
            r#""1" "2""#,
            r#""1""2""#,
            r#""1";"2""#,
            r#"" 1""#,
            "\"\t\"",
            "\"\u{7f}\"",
        ] {
            assert_eq!(parse_entity_tags(line.as_bytes()), None, "{line}");
        }
    }
}
