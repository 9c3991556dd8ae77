//! Whoever points at an annotation in an editor reads every word of it, and the guide shows each in code that is compiled.

use crate::model::Method;
use crate::{check, problem, scalar, settings};

const SOURCE: &str = include_str!("lib.rs");
const GUIDE: &str = include_str!("../../docs/guide/annotations.md");

/// Where the text for editors stands, and the words that it must have.
fn annotations() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        (
            "pub fn endpoint(",
            [Method::WORDS, check::WORDS, check::TOOL_OPTIONS].concat(),
        ),
        ("pub fn roles(", vec!["role", "users", "applications"]),
        ("pub fn scopes(", vec!["scope"]),
        ("pub fn scalar(", scalar::WORDS.to_vec()),
        ("pub fn settings(", settings::WORDS.concat()),
        (
            "pub fn problem(",
            [problem::WORDS, &["errors", "source", "from"]].concat(),
        ),
    ]
}

/// The doc comment above a definition.
fn hover(definition: &str) -> String {
    let (before, _) = SOURCE.split_once(definition).expect("it is defined");
    let lines = before.lines().rev();
    let lines = lines.skip_while(|line| !line.starts_with("///"));
    let lines: Vec<&str> = lines.take_while(|line| line.starts_with("///")).collect();
    lines.join("\n")
}

/// What the guide compiles.
fn code() -> String {
    let blocks = GUIDE.split("```rust\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .collect()
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.split(|letter| !is_part(letter)).any(|it| it == word)
}

#[test]
fn every_word_stands_in_the_text_for_editors_and_in_the_code_of_the_guide() {
    let code = code();
    for (definition, words) in annotations() {
        let hover = hover(definition);
        assert!(hover.contains("```text"), "{definition} has no example");
        for word in words {
            assert!(has_word(&hover, word), "`{word}` above {definition}");
            assert!(has_word(&code, word), "`{word}` in the guide");
        }
    }
}
