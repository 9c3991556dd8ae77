//! A parsed value, and how it is shown to people.
//!
//! Invariant: what is shown never carries a password, a control character or more than a line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use bytesize::ByteSize;
use serde_json::{Value as Json, json};
use url::Url;
use uuid::Uuid;

use super::secret_shape::find_secret;
use super::sections::SecretText;

/// Longest text shown of one value.
const SHOWN_CHARACTERS: usize = 160;

/// A value of some key, already of that key's kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Boolean(bool),
    Text(String),
    Guid(Uuid),
    Url(Url),
    Address(SocketAddr),
    Duration(Duration),
    Size(u64),
    Count(u64),
    List(Vec<String>),
    Table(BTreeMap<String, String>),
    /// The text of a key that is never shown.
    Secret(SecretText),
}

/// The types a [`Key`](super::key::Key) can have.
pub(crate) trait FromValue: Sized {
    /// Takes the value out when it has this type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl Value {
    /// For programs: booleans, numbers, lists and tables as such, everything else as people read it.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Value::Boolean(value) => json!(value),
            Value::Count(count) => json!(count),
            Value::List(items) => items.iter().map(|item| show_text(item)).collect(),
            Value::Table(entries) => entries
                .iter()
                .map(|(key, value)| (show_text(key), Json::from(show_text(value))))
                .collect(),
            Value::Secret(_) => Json::Null,
            Value::Text(_)
            | Value::Guid(_)
            | Value::Url(_)
            | Value::Address(_)
            | Value::Duration(_)
            | Value::Size(_) => json!(self.to_string()),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Boolean(value) => write!(formatter, "{value}"),
            Value::Text(text) => formatter.write_str(&show_text(text)),
            Value::Guid(guid) => write!(formatter, "{guid}"),
            Value::Url(url) => formatter.write_str(&show_text(url.as_str())),
            Value::Address(address) => write!(formatter, "{address}"),
            Value::Duration(duration) => {
                write!(formatter, "{}", humantime::format_duration(*duration))
            }
            Value::Size(bytes) => write!(formatter, "{}", ByteSize(*bytes).display().iec()),
            Value::Count(count) => write!(formatter, "{count}"),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| quote(item)).collect();
                write!(formatter, "[{}]", items.join(", "))
            }
            Value::Table(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{} = {}", quote(key), quote(value)))
                    .collect();
                write!(formatter, "{{{}}}", entries.join(", "))
            }
            Value::Secret(_) => formatter.write_str("(secret)"),
        }
    }
}

/// Makes a text fit to be printed: one line, bounded, without the password of an address.
pub(crate) fn show_text(text: &str) -> String {
    let masked = mask_password(text);
    if find_secret(&masked).is_some() {
        return "(looks like a secret, not shown)".to_owned();
    }
    let shown: String = masked
        .chars()
        .take(SHOWN_CHARACTERS)
        .flat_map(|character| {
            // Control characters could forge further lines in a log or move a terminal's cursor.
            let escaped = character.is_control();
            let plain = (!escaped).then_some(character);
            escaped
                .then(|| character.escape_default())
                .into_iter()
                .flatten()
                .chain(plain)
        })
        .collect();
    if text.chars().count() > SHOWN_CHARACTERS {
        format!("{shown}..")
    } else {
        shown
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", show_text(text))
}

/// Replaces what stands between `://` and `@`: an address may carry user and password.
fn mask_password(text: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Cow::Borrowed(text);
    };
    let authority_length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(authority_length);
    match authority.rsplit_once('@') {
        Some((_, host)) => Cow::Owned(format!("{scheme}://***@{host}{tail}")),
        None => Cow::Borrowed(text),
    }
}

macro_rules! from_value {
    ($($kind:ty => $($variant:ident)|+;)*) => {$(
        impl FromValue for $kind {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $(Value::$variant(inner))|+ => Some(inner.clone()),
                    _ => None,
                }
            }
        }
    )*};
}

from_value! {
    bool => Boolean;
    String => Text;
    Uuid => Guid;
    Url => Url;
    SocketAddr => Address;
    Duration => Duration;
    u64 => Size | Count;
    Vec<String> => List;
    BTreeMap<String, String> => Table;
    SecretText => Secret;
}

#[cfg(test)]
mod tests {
    use super::show_text;

    #[test]
    fn shown_text_is_one_bounded_line_without_a_password() {
        let cases = [
            ("plain", "abc", "abc"),
            (
                "password",
                "postgres://desk:hunter2@db/desk",
                "postgres://***@db/desk",
            ),
            ("at sign in a path", "https://a/b@c", "https://a/b@c"),
            (
                "a secret in the wrong place",
                "abc8Q~d3fGh1jKlMn0pQrStUvWxYz.1234567890ab",
                "(looks like a secret, not shown)",
            ),
            ("new line", "a\nb", "a\\nb"),
            ("letters of other scripts", "Zürich", "Zürich"),
        ];
        for (case, text, expected) in cases {
            assert_eq!(show_text(text), expected, "{case}");
        }
        assert!(show_text(&"x".repeat(5000)).len() < 200);
    }
}
