//! Entity tags as conditions send them: lists of strong and weak ones (RFC 9110 sections 5.6.1 and 8.8.3).

/// An entity tag as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntityTag<'a> {
    pub(super) strength: Strength,
    /// What stands between the quotes. Nothing is escaped in it.
    pub(super) opaque: &'a [u8],
}

/// Whether a tag says that two representations are the same byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    Strong,
    /// `W/` before the quotes: equal enough for its sender. It never matches by strong comparison (section 8.8.3.2).
    Weak,
}

/// Reads one field line; `None` when it is not a list of entity tags.
///
/// Empty elements are passed over, as section 5.6.1.2 asks for, so that the list can be empty.
pub(super) fn parse_entity_tags(line: &[u8]) -> Option<Vec<EntityTag<'_>>> {
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
