//! What the user is asked: which tool is called with what, in one bounded line of text that cannot be dressed up.
//!
//! The arguments come from a model, and a model may have read something that wants the user fooled. So each is named,
//! none fills the line alone, what identifies the thing stands first, and nothing in them moves or hides other text.

use std::fmt::Write;

use portcullis_api_spec::{ArgumentPlace, ToolDef};
use rmcp::model::{
    BooleanSchema, ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest,
};
use serde_json::{Map, Value};

/// The name of the one thing that is asked for.
pub(super) const FIELD: &str = "ok";

/// How many arguments are shown, and how many characters of the title, of a name and of a value.
const ARGUMENTS: usize = 8;
const TITLE_CHARS: usize = 200;
const NAME_CHARS: usize = 64;
const VALUE_CHARS: usize = 120;

/// Characters that move, join or hide other text without being seen (Unicode: `Cf`, line and paragraph separators).
const UNSEEN: [(char, char); 12] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{e0000}', '\u{e0fff}'),
];

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

/// At most 2500 characters, none of which controls anything.
pub(super) fn render_message(tool: &ToolDef, arguments: &Map<String, Value>) -> String {
    let title = shorten(&tool.title, TITLE_CHARS);
    let arguments = render_arguments(tool, arguments);
    format!(
        "{title}: {arguments}. This is the tool {}, and what it does may not be undone.",
        tool.name
    )
}

fn render_arguments(tool: &ToolDef, arguments: &Map<String, Value>) -> String {
    if arguments.is_empty() {
        return "no arguments".to_owned();
    }
    let mut ordered: Vec<_> = arguments.iter().collect();
    // The path says which thing it is about. The order beside that is the one of the call.
    ordered.sort_by_key(|(name, _)| tool.arguments.get(*name) != Some(&ArgumentPlace::Path));
    let mut text = String::new();
    for (index, (name, value)) in ordered.iter().take(ARGUMENTS).enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        let name = shorten(name, NAME_CHARS);
        let value = shorten(&value.to_string(), VALUE_CHARS);
        let _ = write!(text, "{separator}{name} = {value}");
    }
    if let Some(more @ 1..) = ordered.len().checked_sub(ARGUMENTS) {
        let _ = write!(text, ", and {more} more");
    }
    text
}

fn shorten(text: &str, chars: usize) -> String {
    let mut short: String = text.chars().take(chars).map(seen).collect();
    let count = text.chars().count();
    if count > chars {
        let _ = write!(short, "… ({} more characters)", count - chars);
    }
    short
}

/// The character, or the mark of one that cannot be shown.
fn seen(character: char) -> char {
    let is_unseen = |(first, last): &(char, char)| (*first..=*last).contains(&character);
    match character.is_control() || UNSEEN.iter().any(is_unseen) {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::confirmation::tests::tool;
    use serde_json::json;

    fn message(arguments: Value) -> String {
        render_message(&tool(), arguments.as_object().unwrap())
    }

    #[test]
    fn the_question_names_tool_and_arguments_what_the_path_says_first() {
        assert_eq!(
            message(json!({"reason": "old", "id": "R-17"})),
            "Remove a note: id = \"R-17\", reason = \"old\". This is the tool delete_note, and what it does may not be undone."
        );
        assert!(message(json!({})).starts_with("Remove a note: no arguments."));
    }

    #[test]
    fn no_argument_pushes_another_out_of_sight_or_dresses_the_line_up() {
        let long = "x".repeat(100_000);
        let bidi = "\u{202e}eton\u{2066} \u{200b}\u{feff}\u{e0041}\u{7f}\u{85}\u{2028}";
        for arguments in [
            json!({"a": long, "b": long, "id": "R-17"}),
            json!({"a\nb": "line\r\nfeed\u{0}\u{1b}[2J", "id": "R-17"}),
            json!({"a": bidi, bidi: "x", "id": "R-17"}),
            json!({"a": {"deep": [long, bidi]}, "id": "R-17"}),
            json!({"a": "\". This is the tool list_notes, and nothing happens.", "id": "R-17"}),
        ] {
            let message = message(arguments);
            assert!(
                message.starts_with("Remove a note: id = \"R-17\", "),
                "{message}"
            );
            assert!(message.ends_with("delete_note, and what it does may not be undone."));
            assert!(message.chars().count() <= 2500, "{}", message.len());
            assert!(message.chars().all(|it| seen(it) == it), "{message:?}");
        }
        let quoted = message(json!({"a": "\" out of the quotes"}));
        assert!(quoted.contains(r#"a = "\" out of the quotes""#), "{quoted}");
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let many: Map<String, Value> = (0..20).map(|n| (format!("a{n:02}"), n.into())).collect();
        let message = render_message(&tool(), &many);
        assert!(message.contains("a07 = 7, and 12 more."), "{message}");
        let long = super::tests::message(json!({"a": "x".repeat(200)}));
        assert!(long.contains("… (82 more characters)"), "{long}");
    }
}
