//! What the user is asked: which tool is called with what, in one bounded line of text that cannot be dressed up.
//!
//! The arguments come from a model, and a model may have read something that wants the user fooled. So each is named,
//! in the order of the tool and not in the one of the call: what the path says first, which is the thing it is about,
//! then what the tool requires. None fills the line alone, and nothing in them moves or hides other text
//! ([`shown`] says how). Two values that differ look different, long ones by a fingerprint.

mod shown;

use std::fmt::Write;

use aws_lc_rs::digest::{self, SHA256};
use portcullis_api_spec::{ArgumentPlace, ToolDef};
use rmcp::model::{
    BooleanSchema, ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest,
};
use serde_json::{Map, Value};

use crate::hex::Hex;

/// The name of the one thing that is asked for.
pub(super) const FIELD: &str = "ok";

/// How many arguments are shown with their values, unless the path has more, and of how many more the name.
const ARGUMENTS: usize = 8;
const MORE_NAMES: usize = 24;

/// How many characters of the title, of a name and of a value, as they are shown.
const TITLE_CHARS: usize = 200;
const NAME_CHARS: usize = 64;
const VALUE_CHARS: usize = 120;
/// What identifies a thing is longer than this only where somebody means to fool a reader.
const PATH_VALUE_CHARS: usize = 240;

/// Bytes of the fingerprint of a long value: enough that nobody finds two values with the same one.
const FINGERPRINT_BYTES: usize = 16;

/// The question about a call, as a form with one box to tick.
pub(super) fn ask(tool: &ToolDef, arguments: &Map<String, Value>) -> InputRequest {
    let tick = |field: BooleanSchema| field.title("Yes, do it").with_default(false);
    let requested_schema = ElicitationSchema::builder()
        .required_bool_with(FIELD, tick)
        .build_unchecked();
    InputRequest::Elicitation(ElicitRequest::new(
        ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: render_message(tool, arguments),
            requested_schema,
        },
    ))
}

/// At most 8500 characters on one line, where the path has no more than eight parameters.
pub(super) fn render_message(tool: &ToolDef, arguments: &Map<String, Value>) -> String {
    let title = render_title(&tool.title);
    let arguments = render_arguments(tool, arguments);
    format!(
        "{title}: {arguments}. This is the tool {}, and what it does may not be undone.",
        tool.name
    )
}

/// The title is the application's, in whatever script it is written; only the line is kept.
fn render_title(title: &str) -> String {
    let is_break =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    let mut characters = title.chars();
    let mut short: String = (&mut characters)
        .take(TITLE_CHARS)
        .map(|character| if is_break(character) { ' ' } else { character })
        .collect();
    if characters.next().is_some() {
        short.push_str("...");
    }
    short
}

fn render_arguments(tool: &ToolDef, arguments: &Map<String, Value>) -> String {
    if arguments.is_empty() {
        return "no arguments".to_owned();
    }
    let ordered = order(tool, arguments);
    let in_path = ordered.iter().filter(|(name, _)| is_in_path(tool, name));
    let (with_values, more) = ordered.split_at(ordered.len().min(ARGUMENTS.max(in_path.count())));
    let mut text = String::new();
    for (index, (name, value)) in with_values.iter().enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        let chars = match is_in_path(tool, name) {
            true => PATH_VALUE_CHARS,
            false => VALUE_CHARS,
        };
        let name = shorten(&shown::render_text(name), NAME_CHARS);
        let value = shorten(&shown::render_value(value), chars);
        let _ = write!(text, "{separator}{name} = {value}");
    }
    if more.is_empty() {
        return text;
    }
    let names = more.iter().take(MORE_NAMES);
    let names: Vec<String> = names
        .map(|(name, _)| shorten(&shown::render_text(name), NAME_CHARS))
        .collect();
    let _ = write!(text, ", and {} more: {}", more.len(), names.join(", "));
    if let Some(unnamed @ 1..) = more.len().checked_sub(MORE_NAMES) {
        let _ = write!(text, " and {unnamed} others");
    }
    text
}

/// What the path says, what the tool requires, the rest; among equals as the tool's schema has them.
///
/// The order of the call is the model's: it would choose what stands behind the arguments that are shown.
fn order<'a>(tool: &ToolDef, arguments: &'a Map<String, Value>) -> Vec<(&'a String, &'a Value)> {
    let required = tool.input_schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|it| it == name));
    let properties = tool.input_schema["properties"].as_object();
    let position = |name: &str| {
        let mut names = properties?.keys();
        names.position(|property| property == name)
    };
    let mut ordered: Vec<_> = arguments.iter().collect();
    ordered.sort_by_cached_key(|(name, _)| {
        (
            !is_in_path(tool, name),
            !is_required(name),
            position(name).unwrap_or(usize::MAX),
            (*name).clone(),
        )
    });
    ordered
}

fn is_in_path(tool: &ToolDef, name: &str) -> bool {
    tool.arguments.get(name) == Some(&ArgumentPlace::Path)
}

/// Start, end, length and fingerprint of a text that is too long; a shown value holds no bare quote, so that no short
/// one looks like this.
fn shorten(text: &str, chars: usize) -> String {
    let count = text.chars().count();
    if count <= chars {
        return text.to_owned();
    }
    let head: String = text.chars().take(chars * 2 / 3).collect();
    let tail: String = text.chars().skip(count - chars / 3).collect();
    let digest = digest::digest(&SHA256, text.as_bytes());
    let fingerprint = Hex(&digest.as_ref()[..FINGERPRINT_BYTES]);
    format!("{head} ... {tail} (shortened from {count} characters, fingerprint {fingerprint})")
}

#[cfg(test)]
mod tests;
