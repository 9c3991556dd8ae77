//! The guide for beginners shows the program that is compiled and tested here; the one on annotations shows every type.

const GUIDE: &str = include_str!("../../../docs/guide/first-application.md");
const PROGRAM: &str = include_str!("../../examples/notes.rs");

#[test]
fn the_first_application_is_shown_as_it_is_tested() {
    let blocks = GUIDE.split("```rust\n").skip(1);
    let shown: Vec<&str> = blocks.filter_map(|it| it.split("\n```").next()).collect();
    assert_eq!(
        shown.join("\n\n"),
        PROGRAM.trim_end(),
        "copy runtime/examples/notes.rs into docs/guide/first-application.md"
    );
}

const ANNOTATIONS: &str = include_str!("../../../docs/guide/annotations.md");
const LIBRARY: &str = include_str!("../../src/lib.rs");

/// What stands at no endpoint: traits that derives and the library implement, and an error.
const BEHIND_THE_SCENES: [&str; 8] = [
    "EventId",
    "EventIdError",
    "HeaderValueType",
    "OptionalArg",
    "PathSegment",
    "Problems",
    "PromptReply",
    "Reply",
];

fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.split(move |letter| !is_part(letter))
        .filter(|name| !name.is_empty())
}

/// `module`'s types, as the library hands them out.
fn exported(module: &str) -> Vec<&'static str> {
    let (_, rest) = LIBRARY
        .split_once(&format!("pub use {module}::"))
        .expect("the module is handed out");
    let (list, _) = rest.split_once(';').expect("a statement ends");
    names(list).collect()
}

#[test]
fn every_type_of_an_endpoint_stands_in_code_of_the_guide_on_annotations() {
    let blocks = ANNOTATIONS.split("```rust\n").skip(1);
    let code: Vec<&str> = blocks.filter_map(|it| it.split("```").next()).collect();
    let shown: Vec<&str> = code.iter().flat_map(|block| names(block)).collect();
    let modules = ["arg", "caller", "health", "me", "paging", "reply"];
    let types: Vec<&str> = modules.into_iter().flat_map(exported).collect();
    assert!(types.len() > 30, "{types:?}");
    for name in types {
        assert_ne!(
            shown.contains(&name),
            BEHIND_THE_SCENES.contains(&name),
            "{name}"
        );
    }
}
