//! The URI template of a resource: which URIs it has, and the values in them.
//!
//! Invariant: a value that is read is not empty, no `.` or `..`, and has neither a slash nor a control character, so that it
//! fills one segment of a path and nothing else. Writing and reading are each other's inverse over such values.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::tools::request::percent_encode;

/// Longest URI that is read, in bytes.
pub const LONGEST_URI_BYTES: usize = 2048;

/// `scheme://fixed/{parameter}`. Sorted so that a fixed segment comes before a parameter in the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriTemplate {
    text: &'static str,
    scheme: &'static str,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Fixed(&'static str),
    Parameter(&'static str),
}

impl UriTemplate {
    /// Reads a template that the grammar has accepted.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let segment = |segment: &'static str| {
            let parameter = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'));
            parameter.map_or(Segment::Fixed(segment), Segment::Parameter)
        };
        Some(Self {
            text,
            scheme,
            segments: rest.split('/').map(segment).collect(),
        })
    }

    /// The template as it was written (RFC 6570, level 1).
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.text
    }

    /// The names of its parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Fixed(_) => None,
            Segment::Parameter(name) => Some(*name),
        })
    }

    /// Says whether it names one resource and not many.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.parameters().next().is_none()
    }

    /// Says whether a URI is one of this template's.
    ///
    /// # Security
    /// Keeps nothing of it: that a URI fits takes hardly longer than that it does not, and whether it may be known is
    /// decided after this.
    #[must_use]
    pub fn fits(&self, uri: &str) -> bool {
        self.walk(uri, |_, _| ()).is_some()
    }

    /// The parameters of a URI, each decoded once; `None` when it is none of this template's.
    #[must_use]
    pub fn read(&self, uri: &str) -> Option<Vec<(&'static str, String)>> {
        let mut values = Vec::new();
        self.walk(uri, |name, value| values.push((name, value.into_owned())))?;
        Some(values)
    }

    /// Goes through the segments of a URI, and shows each value; `None` when it is none of this template's.
    ///
    /// # Security
    /// Compared as text, without normalising anything: what two readers could understand differently is no URI of ours.
    fn walk<'a>(
        &self,
        uri: &'a str,
        mut show: impl FnMut(&'static str, Cow<'a, str>),
    ) -> Option<()> {
        if uri.len() > LONGEST_URI_BYTES {
            return None;
        }
        let rest = uri.strip_prefix(self.scheme)?.strip_prefix("://")?;
        let mut found = rest.split('/');
        for segment in &self.segments {
            let text = found.next()?;
            match segment {
                Segment::Fixed(fixed) if *fixed == text => {}
                Segment::Fixed(_) => return None,
                Segment::Parameter(name) => show(name, decode(text)?),
            }
        }
        found.next().is_none().then_some(())
    }

    /// The URI with these values; `None` when one is missing, or cannot stand in a URI.
    #[must_use]
    pub fn write(&self, value_of: impl Fn(&str) -> Option<String>) -> Option<String> {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Fixed(fixed) => Some((*fixed).to_owned()),
            Segment::Parameter(name) => value_of(name)
                .filter(|value| is_value(value))
                .map(|value| percent_encode(&value)),
        });
        let segments = segments.collect::<Option<Vec<_>>>()?;
        let uri = format!("{}://{}", self.scheme, segments.join("/"));
        (uri.len() <= LONGEST_URI_BYTES).then_some(uri)
    }
}

impl Ord for UriTemplate {
    fn cmp(&self, other: &Self) -> Ordering {
        let one = (self.scheme, &self.segments);
        one.cmp(&(other.scheme, &other.segments))
    }
}

impl PartialOrd for UriTemplate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What can fill a segment of a path and of a URI.
fn is_value(value: &str) -> bool {
    !value.is_empty()
        && value != "."
        && value != ".."
        && !value
            .chars()
            .any(|character| matches!(character, '/' | '\\') || character.is_control())
}

/// Decodes a segment once (RFC 3986 section 2.1). `None` for what is no segment, no UTF-8, or no value.
fn decode(segment: &str) -> Option<Cow<'_, str>> {
    if segment.bytes().all(is_plain) {
        return is_value(segment).then_some(Cow::Borrowed(segment));
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = match (byte, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(*high)? * 16 + digit(*low)?;
                bytes.push(u8::try_from(value).ok()?);
                tail
            }
            (byte, tail) if is_plain(*byte) => {
                bytes.push(*byte);
                tail
            }
            (_, _) => return None,
        };
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|value| is_value(value))
        .map(Cow::Owned)
}

/// What stands for itself in a segment (RFC 3986 section 3.3, `pchar`).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}

#[cfg(test)]
mod tests;
