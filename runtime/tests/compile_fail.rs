//! What does not compile, and what rustc says then: one mistake a file, the file's name is the rule.
//!
//! `TRYBUILD=overwrite cargo test -p portcullis --test compile_fail` writes the expected messages anew; read the diff.

#[test]
fn mistakes_are_explained_where_they_stand() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile-fail/*.rs");
}
