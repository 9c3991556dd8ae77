//! Which answers a client takes (RFC 9110 section 12.5.1).
//!
//! The protocol asks clients to list both types of an answer, and rmcp's transport looks for their names. Whoever writes
//! `*/*`, as curl does, or nothing at all takes both as well.

use http::{HeaderMap, HeaderValue, header};

pub(super) const JSON: &str = "application/json";
pub(super) const EVENT_STREAM: &str = "text/event-stream";
const BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// How closely a range of media types names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    Anything,
    Type,
    Name,
}

/// Writes the names of both types where a client takes them otherwise.
pub(super) fn spell_out(headers: &mut HeaderMap) {
    if !names_both(headers) && takes(headers, JSON) && takes(headers, EVENT_STREAM) {
        headers.insert(header::ACCEPT, BOTH);
    }
}

/// Says whether one header lists both as they are.
pub(super) fn names_both(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::ACCEPT).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return false;
    };
    line.to_str().is_ok_and(|line| {
        let has = |wanted| line.split(',').any(|it| it.trim() == wanted);
        // A quoted comma separates nothing.
        !line.contains('"') && has(JSON) && has(EVENT_STREAM)
    })
}

/// The closest range decides, and of two a no; without a header everything is taken. A line with a quoted text, or one that
/// cannot be read, takes nothing, and neither does a weight that is none.
fn takes(headers: &HeaderMap, media_type: &str) -> bool {
    if !headers.contains_key(header::ACCEPT) {
        return true;
    }
    let lines: Option<Vec<&str>> = headers
        .get_all(header::ACCEPT)
        .iter()
        .map(|line| line.to_str().ok().filter(|line| !line.contains('"')))
        .collect();
    let ranges = lines
        .unwrap_or_default()
        .into_iter()
        .flat_map(|line| line.split(','));
    let matching = ranges.filter_map(|range| judge(range, media_type));
    matching
        .max_by_key(|(closeness, is_taken)| (*closeness, !is_taken))
        .is_some_and(|(_, is_taken)| is_taken)
}

/// How closely a range names the type, and whether it wants it: `q=0` is a no.
fn judge(range: &str, media_type: &str) -> Option<(Closeness, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let (kind, _) = media_type.split_once('/')?;
    let closeness = if name.eq_ignore_ascii_case(media_type) {
        Closeness::Name
    } else if name == "*/*" {
        Closeness::Anything
    } else if name
        .strip_suffix("/*")
        .is_some_and(|it| it.eq_ignore_ascii_case(kind))
    {
        Closeness::Type
    } else {
        return None;
    };
    let weight = parts.find_map(|it| it.strip_prefix("q=").or_else(|| it.strip_prefix("Q=")));
    let is_taken = weight.is_none_or(|it| it.parse::<f32>().is_ok_and(|it| it > 0.0 && it <= 1.0));
    Some((closeness, is_taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let lines = lines
            .iter()
            .map(|line| (header::ACCEPT, HeaderValue::from_static(line)));
        lines.collect()
    }

    #[test]
    fn whoever_takes_both_types_by_whatever_range_is_read_as_naming_them() {
        let table: [&[&str]; 10] = [
            &[],
            &["*/*"],
            &["application/*, text/*"],
            &["application/json, text/*;q=0.5"],
            &["APPLICATION/JSON, Text/Event-Stream"],
            &["application/json", "text/event-stream"],
            &["text/html, */*;q=0.1"],
            &["application/json;q=0.9, text/event-stream;q=0.1"],
            &["application/*;q=0, application/json, */*"],
            &["application/json, text/event-stream"],
        ];
        for lines in table {
            let mut headers = headers(lines);
            spell_out(&mut headers);
            assert!(names_both(&headers), "{lines:?}");
        }
    }

    #[test]
    fn whoever_takes_one_type_or_none_is_left_as_he_wrote() {
        let table: [&[&str]; 12] = [
            &[""],
            &["text/html"],
            &["application/json"],
            &["text/event-stream"],
            &["application/*"],
            &["*/*;q=0"],
            &["*/*, text/event-stream;q=0"],
            &["*/*, application/*;q=0.000"],
            &["*/*;q=much"],
            &["*/*;q=inf"],
            &["application/json, text/event-stream;q=0, */*, text/event-stream;q=1"],
            &["text/plain;x=\",*/*,\""],
        ];
        for lines in table {
            let before = headers(lines);
            let mut after = before.clone();
            spell_out(&mut after);
            assert_eq!(after, before, "{lines:?}");
        }
    }
}
