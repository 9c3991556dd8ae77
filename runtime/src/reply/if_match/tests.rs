//! What each condition comes to, where it is required and where it is not.

use http::{HeaderMap, HeaderValue};
use portcullis_api_spec::compile_pattern;

use super::*;

fn headers(lines: &[&str]) -> HeaderMap {
    let lines = lines
        .iter()
        .map(|line| HeaderValue::from_bytes(line.as_bytes()));
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(header::IF_MATCH, line.unwrap());
    }
    headers
}

/// Sends the lines, and says which status the change of version 3 gets, where they are required and where they are not.
async fn statuses_of(lines: &[&str]) -> (u16, u16) {
    let mut request = http::Request::new(());
    *request.headers_mut() = headers(lines);
    let (mut parts, ()) = request.into_parts();
    let required = <IfMatch as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await;
    let optional = Option::<IfMatch>::from_request_parts(&mut parts, &()).await;
    let status = |outcome: Result<Option<IfMatch>, Problem>| {
        let checked = outcome.and_then(|it| it.map_or(Ok(()), |it| it.check(Version(3))));
        checked.map_or_else(|problem| problem.status().as_u16(), |()| 200)
    };
    (status(required.map(Some)), status(optional))
}

fn if_match(line: &str) -> IfMatch {
    let headers = headers(&[line]);
    IfMatch::require(Condition::read(&headers, &header::IF_MATCH).unwrap()).unwrap()
}

#[tokio::test]
async fn a_condition_is_what_the_standard_makes_of_it() {
    let overlong = format!("\"3\"{}", ",".repeat(MAX_CONDITION_BYTES));
    // Where the condition is not required, these alone are answered otherwise.
    let optional: &[(&str, u16)] = &[
        ("missing", 200),
        ("an empty list", 422),
        ("nothing but commas", 422),
        ("whatever is stored", 200),
        ("whatever is stored, between blanks", 200),
    ];
    let rows: &[(&str, &[&str], u16)] = &[
        ("the current version", &[r#""3""#], 200),
        ("another version", &[r#""2""#], 412),
        ("one of a list", &[r#""2", "3""#], 200),
        ("none of a list", &[r#""2", "4""#], 412),
        ("one of several lines", &[r#""2""#, r#"W/"1", "3""#], 200),
        ("none of several lines", &[r#""2""#, r#""4""#], 412),
        ("empty elements around it", &[r#", "3",,"#, ""], 200),
        ("weak", &[r#"W/"3""#], 412),
        ("weak, and strong as well", &[r#"W/"3", "3""#], 200),
        ("no tag of ours", &[r#""abc""#], 412),
        ("the empty tag", &[r#""""#], 412),
        ("beyond ASCII", &[r#""ü""#], 412),
        ("padded", &[r#""03""#], 412),
        ("signed", &[r#""+3""#], 412),
        ("two numbers in one tag", &[r#""2,3""#], 412),
        (
            "a number that no version has",
            &[r#""9223372036854775808""#],
            412,
        ),
        ("an asterisk between quotes", &[r#""*""#], 412),
        ("missing", &[], 428),
        ("an empty list", &[""], 428),
        ("nothing but commas", &[" ,", ","], 428),
        ("whatever is stored", &["*"], 428),
        ("whatever is stored, between blanks", &[" * "], 428),
        ("whatever is stored, in a list", &[r#"*, "3""#], 422),
        ("whatever is stored, and a line more", &["*", r#""3""#], 422),
        ("whatever is stored, twice", &["*", "*"], 422),
        ("without quotes", &["3"], 422),
        ("a broken line after a good one", &[r#""3""#, "3"], 422),
        ("a tag over two lines", &[r#""3"#, r#"""#], 422),
        ("a blank in a tag", &[r#"" 3""#], 422),
        ("longer than what is read", &[&overlong], 422),
    ];
    for (name, lines, required) in rows {
        let otherwise = optional.iter().find(|(row, _)| row == name);
        let optional = otherwise.map_or(*required, |(_, status)| *status);
        let statuses = statuses_of(lines).await;
        assert_eq!(statuses, (*required, optional), "{name}: {lines:?}");
    }
}

#[tokio::test]
async fn what_the_document_allows_is_never_malformed() {
    let tags = compile_pattern(ENTITY_TAGS_PATTERN).unwrap();
    let condition = compile_pattern(CONDITION_PATTERN).unwrap();
    for (line, required, optional) in [
        (r#""3""#, true, true),
        (r#"W/"3""#, true, true),
        (r#""1","2" , W/"!~,", """#, true, true),
        ("*", false, true),
        ("3", false, false),
        (r#""1" "2""#, false, false),
        (r#"" 1""#, false, false),
        (r#"w/"1""#, false, false),
        ("", false, false),
    ] {
        let allowed = (tags.is_match(line), condition.is_match(line));
        assert_eq!(allowed, (required, optional), "{line}");
        let (as_required, as_optional) = statuses_of(&[line]).await;
        let is_read = |status| matches!(status, 200 | 412);
        let read = (is_read(as_required), is_read(as_optional));
        assert_eq!(read, (required, optional), "{line}");
    }
}

#[test]
fn an_optional_condition_is_not_required_in_the_document_either() {
    let described = |describe: fn(&mut Op)| {
        let mut op = Op::default();
        describe(&mut op);
        let [parameter] = &op.parameters[..] else {
            panic!("one header");
        };
        let statuses = op.problems.iter().map(|problem| problem.status);
        (parameter.required.clone(), statuses.collect::<Vec<_>>())
    };
    let required = described(<IfMatch as Arg<()>>::describe);
    assert_eq!(required, (Required::True, vec![412, 422, 428]));
    let optional = described(<Option<IfMatch> as Arg<()>>::describe);
    assert_eq!(optional, (Required::False, vec![412, 422]));
}

#[test]
fn the_tag_of_a_version_names_that_version_and_no_other() {
    for version in [0, 1, 10, i64::MAX].map(Version) {
        let if_match = if_match(&version.to_etag());
        assert!(if_match.check(version).is_ok());
        assert_eq!(if_match.check(Version(7)).unwrap_err().status(), 412);
    }
}

#[test]
fn who_sends_a_weak_tag_of_the_current_version_reads_that_it_is_weak() {
    for (current, expected) in [(3, "a weak tag never matches"), (4, "read it again")] {
        let problem = if_match(r#"W/"3""#).check(Version(current)).unwrap_err();
        let sent = format!("{problem:?}");
        assert!(sent.contains(expected), "{sent}");
    }
}
