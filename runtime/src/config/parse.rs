//! Text or a TOML value to a [`Value`], by the kind its key was declared with; never by guessing.
//!
//! Invariant: an error says what is expected and never repeats what was given, which may be a secret.

mod collection;
mod scalar;

use figment::value::{Num, Value as Raw};

pub(crate) use collection::MAX_ITEMS;
pub(crate) use scalar::parse_key_256;

use super::key::Kind;
use super::sections::Environment;
use super::value::Value;

/// What is wrong with a value, and what would be right.
pub(crate) type ParseError = String;

/// Parses what a layer holds.
///
/// # Errors
/// A sentence when the value is not of this kind or out of range in this environment.
pub(crate) fn parse_value(
    kind: Kind,
    raw: &Raw,
    environment: Environment,
) -> Result<Value, ParseError> {
    match raw {
        Raw::String(_, text) => parse_text(kind, text, environment),
        Raw::Char(_, character) => parse_text(kind, &character.to_string(), environment),
        Raw::Bool(_, value) if kind == Kind::Boolean => Ok(Value::Boolean(*value)),
        Raw::Array(_, pairs) if kind == Kind::Table => collection::parse_pairs(pairs),
        Raw::Array(_, items) if is_list(kind) => {
            collection::parse_list(kind, collection::text_items(items)?)
        }
        Raw::Num(_, number) => parse_number(kind, *number),
        Raw::Bool(..) => Err(mismatch(kind, "a boolean")),
        Raw::Array(..) => Err(mismatch(kind, "a list or table")),
        Raw::Empty(..) => Err(mismatch(kind, "nothing")),
        Raw::Dict(..) => Err(mismatch(kind, "a table")),
    }
}

fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::TextList | Kind::UriList | Kind::GuidList)
}

/// Parses what a variable, a flag or a TOML string says.
///
/// # Errors
/// As [`parse_value`].
pub(crate) fn parse_text(
    kind: Kind,
    text: &str,
    environment: Environment,
) -> Result<Value, ParseError> {
    match kind {
        Kind::Text => Ok(Value::Text(text.to_owned())),
        Kind::Boolean => scalar::parse_boolean(text).map(Value::Boolean),
        Kind::Guid => scalar::parse_guid(text).map(Value::Guid),
        Kind::Uri => scalar::parse_uri(text).map(Value::Text),
        Kind::Url => scalar::parse_url(text).map(Value::Url),
        Kind::BaseUrl => scalar::parse_base_url(text).map(Value::Url),
        Kind::Address => scalar::parse_address(text).map(Value::Address),
        Kind::LogFilter => scalar::parse_log_filter(text).map(Value::Text),
        Kind::Key256 => scalar::parse_key_256(text).map(|_| Value::Text(text.to_owned())),
        Kind::Choice(choices) => scalar::parse_choice(text, choices).map(Value::Text),
        Kind::Duration(range) => {
            scalar::parse_duration(text, range, environment).map(Value::Duration)
        }
        Kind::Size { min, max } => scalar::parse_size(text, min, max).map(Value::Size),
        Kind::Count { min, max } => scalar::parse_count(text, min, max).map(Value::Count),
        Kind::TextList | Kind::UriList | Kind::GuidList => {
            collection::parse_list(kind, collection::split_list(text)?)
        }
        Kind::Table => collection::parse_table(text),
    }
}

fn parse_number(kind: Kind, number: Num) -> Result<Value, ParseError> {
    let whole = number.to_u128().or_else(|| {
        number
            .to_i128()
            .and_then(|value| u128::try_from(value).ok())
    });
    match (kind, whole) {
        (Kind::Size { min, max }, Some(value)) => {
            scalar::check_size(value, min, max).map(Value::Size)
        }
        (Kind::Count { min, max }, Some(value)) => {
            scalar::check_count(value, min, max).map(Value::Count)
        }
        (other, _) => Err(mismatch(other, "a number")),
    }
}

fn mismatch(kind: Kind, found: &str) -> ParseError {
    format!("{found} stands where {} is expected", describe_fully(kind))
}

/// Names a kind with an example of how it is written.
pub(crate) fn describe(kind: Kind) -> String {
    match kind {
        Kind::Boolean => "true or false".to_owned(),
        Kind::Text => "text in quotation marks".to_owned(),
        Kind::Guid => "a GUID (8-4-4-4-12 hexadecimal digits)".to_owned(),
        Kind::Uri | Kind::Url | Kind::BaseUrl => {
            "an address such as \"https://api.contoso.com\"".to_owned()
        }
        Kind::Address => "an IP address and port such as \"127.0.0.1:8080\"".to_owned(),
        Kind::LogFilter => "a log level such as \"info\"".to_owned(),
        Kind::Key256 => "32 random bytes in base64".to_owned(),
        Kind::Choice(choices) => format!("one of {}", choices.join(", ")),
        Kind::Duration(_) => "a duration with its unit such as \"30s\"".to_owned(),
        Kind::Size { .. } => "a size such as \"1MiB\"".to_owned(),
        Kind::Count { .. } => "a whole number".to_owned(),
        Kind::TextList => "a list such as [\"a\", \"b\"]".to_owned(),
        Kind::UriList => "a list of addresses such as [\"api://desk\"]".to_owned(),
        Kind::GuidList => "a list of GUIDs, each in quotation marks".to_owned(),
        Kind::Table => "a table such as {\"Desk.Admin\" = \"Admin\"}".to_owned(),
    }
}

/// Names a kind with its range.
pub(crate) fn describe_fully(kind: Kind) -> String {
    match describe_range(kind) {
        Some(range) => format!("{}, {range}", describe(kind)),
        None => describe(kind),
    }
}

/// The same for whoever writes a variable, whose text stands without quotation marks.
pub(crate) fn describe_for_variable(kind: Kind) -> String {
    let words = match kind {
        Kind::Text => "text".to_owned(),
        Kind::TextList => "a list such as a,b".to_owned(),
        Kind::UriList => {
            "a list of addresses such as api://desk,https://api.contoso.com".to_owned()
        }
        Kind::GuidList => "a list of GUIDs with commas between them".to_owned(),
        // The names of a table keep theirs.
        Kind::Table => return describe(kind),
        Kind::Boolean
        | Kind::Key256
        | Kind::Guid
        | Kind::Uri
        | Kind::Url
        | Kind::BaseUrl
        | Kind::Address
        | Kind::LogFilter
        | Kind::Choice(_)
        | Kind::Duration(_)
        | Kind::Size { .. }
        | Kind::Count { .. } => describe_fully(kind),
    };
    words.replace('"', "")
}

/// Says which values of a kind are accepted, where that is not all; what dev and test accept beyond it, too.
pub(crate) fn describe_range(kind: Kind) -> Option<String> {
    match kind {
        Kind::Duration(range) => Some(scalar::describe_durations(range)),
        Kind::Size { min, max } => Some(scalar::describe_sizes(min, max)),
        Kind::Count { min, max } => Some(format!("{min} to {max}")),
        Kind::Boolean
        | Kind::Text
        | Kind::Guid
        | Kind::Uri
        | Kind::Url
        | Kind::BaseUrl
        | Kind::Address
        | Kind::LogFilter
        | Kind::Key256
        | Kind::Choice(_)
        | Kind::TextList
        | Kind::UriList
        | Kind::GuidList
        | Kind::Table => None,
    }
}

#[cfg(test)]
mod tests;
