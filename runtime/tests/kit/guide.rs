//! The guide for beginners shows the program that is compiled and tested here.

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
