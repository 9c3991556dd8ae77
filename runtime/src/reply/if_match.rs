//! `IfMatch`: nobody overwrites what he has not seen (RFC 9110 section 13.1.1).

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use portcullis_api_spec::openapi::INVALID_HEADER;
use portcullis_api_spec::{ENTITY_TAGS_PATTERN, MAX_CONDITION_BYTES, Op, ProblemDef};
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::versioned::Version;
use crate::arg::Arg;
use crate::entity_tags::{Condition, Strength};
use crate::problem::Problem;

const PRECONDITION_REQUIRED: ProblemDef = ProblemDef {
    status: 428,
    code: "precondition_required",
    title: "Send If-Match with the ETag of the version you have read",
};
const PRECONDITION_FAILED: ProblemDef = ProblemDef {
    status: 412,
    code: "precondition_failed",
    title: "It has changed since you read it",
};

/// The required `If-Match` header: the version that the client means to change, or several of which it is one.
///
/// # Errors
/// 428 when it is missing, names no tag, or is `*`; 422 when it is not a list of entity tags, or longer than 8 KiB.
/// [`IfMatch::check`] gives 412.
///
/// `*` holds for whatever is stored (RFC 9110 section 13.1.1), so that it overwrites what its sender has not seen: it is a
/// condition, and not the one that is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch {
    /// Versions named by strong tags. A well-formed tag that no version has is not among them: it never matches.
    versions: Vec<Version>,
    /// Versions named by weak tags, which never match either.
    weakly_named: Vec<Version>,
}

impl IfMatch {
    /// Compares with the stored version, by strong comparison (RFC 9110 section 8.8.3.2).
    ///
    /// # Errors
    /// 412 `precondition_failed` when no strong tag names `current`.
    pub fn check(&self, current: Version) -> Result<(), Problem> {
        if self.versions.contains(&current) {
            return Ok(());
        }
        Err(Problem::new(PRECONDITION_FAILED).with_detail(self.advice(current)))
    }

    /// What to do about a condition that does not hold.
    fn advice(&self, current: Version) -> &'static str {
        if self.weakly_named.contains(&current) {
            "a weak tag never matches; send the ETag without `W/`, which a proxy that changes answers may have put before it"
        } else {
            "read it again, apply your change to what you get, and send its ETag"
        }
    }

    fn parse(condition: Option<Condition<'_>>) -> Result<Self, Problem> {
        let tags = match condition {
            Some(Condition::Tags(tags)) if !tags.is_empty() => tags,
            Some(Condition::Any) => {
                let detail = "`*` would overwrite what you have not seen; send the ETag of the version you have read";
                return Err(Problem::new(PRECONDITION_REQUIRED).with_detail(detail));
            }
            Some(Condition::Tags(_)) | None => return Err(Problem::new(PRECONDITION_REQUIRED)),
        };
        let named = |strength| {
            let tags = tags.iter().filter(move |tag| tag.strength == strength);
            tags.filter_map(|tag| Version::parse_opaque(tag.opaque))
                .collect()
        };
        Ok(Self {
            versions: named(Strength::Strong),
            weakly_named: named(Strength::Weak),
        })
    }
}

impl<S> Arg<S> for IfMatch {
    fn describe(op: &mut Op) {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(MAX_CONDITION_BYTES))
            .pattern(Some(ENTITY_TAGS_PATTERN));
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(
                "The `ETag` of the version you have read, quotes included; of a list, one has to be of the current version. \
                 A weak tag (`W/..`) never is. `*` is refused, since it would overwrite whatever is there.",
            ))
            .schema(Some(schema));
        op.parameters.push(parameter.build());
        for problem in [PRECONDITION_FAILED, INVALID_HEADER, PRECONDITION_REQUIRED] {
            op.add_problem(problem);
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::parse(Condition::read(&parts.headers, &header::IF_MATCH)?)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use portcullis_api_spec::compile_pattern;

    use super::*;

    /// Sends the lines, and says which status the change of version 3 gets.
    async fn status_of(lines: &[&str]) -> u16 {
        let mut request = http::Request::builder();
        for line in lines {
            request = request.header(header::IF_MATCH, *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let outcome = match IfMatch::from_request_parts(&mut parts, &()).await {
            Ok(if_match) => if_match.check(Version(3)),
            Err(problem) => Err(problem),
        };
        outcome.map_or_else(|problem| problem.status().as_u16(), |()| 200)
    }

    fn if_match(line: &str) -> IfMatch {
        let headers = [(header::IF_MATCH, HeaderValue::from_str(line).unwrap())];
        let headers = HeaderMap::from_iter(headers);
        IfMatch::parse(Condition::read(&headers, &header::IF_MATCH).unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_condition_is_what_the_standard_makes_of_it() {
        let overlong = format!("\"3\"{}", ",".repeat(MAX_CONDITION_BYTES));
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
        for (name, lines, status) in rows {
            assert_eq!(status_of(lines).await, *status, "{name}: {lines:?}");
        }
    }

    #[tokio::test]
    async fn what_the_document_allows_is_never_malformed() {
        let pattern = compile_pattern(ENTITY_TAGS_PATTERN).unwrap();
        for (line, is_allowed) in [
            (r#""3""#, true),
            (r#"W/"3""#, true),
            (r#""1","2" , W/"!~,", """#, true),
            ("3", false),
            ("*", false),
            (r#""1" "2""#, false),
            (r#"" 1""#, false),
            (r#"w/"1""#, false),
        ] {
            assert_eq!(pattern.is_match(line), is_allowed, "{line}");
            let is_read = matches!(status_of(&[line]).await, 200 | 412);
            assert_eq!(is_read, is_allowed, "{line}");
        }
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
        let if_match = if_match(r#"W/"3""#);
        let advice = if_match.advice(Version(3));
        assert!(advice.starts_with("a weak tag never matches"), "{advice}");
        let advice = if_match.advice(Version(4));
        assert!(advice.starts_with("read it again"), "{advice}");
    }
}
