//! `application/x-www-form-urlencoded` text, taken apart (URL Standard, section 5.1).
//!
//! Differs from the standard's parser in one thing: bytes that are not UTF-8 do not silently become U+FFFD.

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::percent_decode;

use crate::arg::field::{FieldValue, FileFacts, NOT_UTF8};

/// A name with all its values.
#[derive(Debug)]
pub(super) struct NamedValues<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) values: Vec<Encoded<'a>>,
}

/// A value, of which nobody knows yet whether it is text.
#[derive(Debug)]
pub(super) struct Encoded<'a>(Cow<'a, [u8]>);

impl FieldValue for Encoded<'_> {
    fn text(&self) -> Result<&str, &'static str> {
        str::from_utf8(&self.0).map_err(|_| NOT_UTF8)
    }

    fn file(&self) -> Option<FileFacts<'_>> {
        None
    }
}

/// Takes text apart: each name once, in the order in which it came first.
///
/// # Errors
/// A name is not UTF-8.
pub(super) fn parse_pairs(text: &[u8]) -> Result<Vec<NamedValues<'_>>, &'static str> {
    let mut fields: Vec<NamedValues<'_>> = Vec::new();
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for pair in text.split(|byte| *byte == b'&') {
        if pair.is_empty() {
            continue;
        }
        let mut sides = pair.splitn(2, |byte| *byte == b'=');
        let [name, value] = [sides.next(), sides.next()].map(Option::unwrap_or_default);
        let name = parse_name(name)?;
        let place = *places.entry(name).or_insert_with_key(|name| {
            let name = name.clone();
            let values = Vec::new();
            fields.push(NamedValues { name, values });
            fields.len() - 1
        });
        fields[place].values.push(Encoded(decode(value)));
    }
    Ok(fields)
}

fn parse_name(text: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    let name = match decode(text) {
        Cow::Borrowed(bytes) => str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    };
    name.ok_or("a name is not UTF-8")
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'+') {
        return percent_decode(text).into();
    }
    let spaced = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    let spaced: Vec<u8> = text.iter().map(spaced).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

#[cfg(test)]
mod tests {
    use url::form_urlencoded;

    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let fields = parse_pairs(text.as_bytes()).unwrap();
        let pairs = fields.iter().flat_map(|field| {
            let values = field.values.iter();
            values.map(|value| (field.name.to_string(), value.text().unwrap().to_owned()))
        });
        pairs.collect()
    }

    #[test]
    fn text_is_taken_apart_as_the_standard_says() {
        for text in [
            "",
            "a=1&b=2",
            "a",
            "a=",
            "=1",
            "=",
            "&&a=1&&",
            "a=1=2",
            "a+b=c+d%2B%20e",
            "%61=%c3%A4&%zz=%",
            "a%26b=%3D",
            "ä=ö",
        ] {
            let by_standard: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect();
            assert_eq!(pairs(text), by_standard, "{text}");
        }
    }

    #[test]
    fn each_name_comes_once_where_it_came_first() {
        let found = pairs("b=1&a=2&%62=3");
        let expected = [("b", "1"), ("b", "3"), ("a", "2")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn bytes_that_are_not_text_stay_apart() {
        assert!(parse_pairs(b"%ff=1").is_err());
        let fields = parse_pairs(b"a=%ff&a=+%fe&a=%EF%BF%BD").unwrap();
        let texts: Vec<_> = fields[0].values.iter().map(Encoded::text).collect();
        assert_eq!(texts, [Err(NOT_UTF8), Err(NOT_UTF8), Ok("\u{fffd}")]);
    }
}
