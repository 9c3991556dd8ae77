//! `IfMatch`: nobody overwrites what he has not seen (RFC 9110 section 13.1.1).

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::header;
use http::request::Parts;
use portcullis_api_spec::openapi::INVALID_HEADER;
use portcullis_api_spec::{
    CONDITION_PATTERN, ENTITY_TAGS_PATTERN, MAX_CONDITION_BYTES, Op, ProblemDef,
};
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::versioned::Version;
use crate::arg::{Arg, OptionalArg};
use crate::entity_tags::{Condition, EntityTag, Strength, names_no_tag};
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

/// The `If-Match` header: the version that the client means to change, or several of which it is one.
///
/// As an argument it is required. `Option<IfMatch>` leaves it to the client whether the change depends on a version: `None` is a
/// change of whatever is stored.
///
/// # Errors
/// 428 when it is missing, names no tag, or is `*`; 422 when it is not a list of entity tags, or longer than 8 KiB.
/// [`IfMatch::check`] gives 412. `Option<IfMatch>` is never 428: no tag is 422, and `*` is read.
///
/// `*` holds for whatever is stored (RFC 9110 section 13.1.1). Where a condition is required it would overwrite what its sender has
/// not seen: it is a condition, and not the one that is required. Where none is, the client could as well have sent none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(Named);

/// What it names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    /// `*`. Invariant: where the condition is required, nobody gets it.
    Any,
    /// Versions by strong tags, and by weak ones, which never match. A well-formed tag that no version has is in neither list.
    Versions {
        strongly: Vec<Version>,
        weakly: Vec<Version>,
    },
}

impl IfMatch {
    /// Compares with the stored version, by strong comparison (RFC 9110 section 8.8.3.2).
    ///
    /// What is there when the change is made has to be this version still: let the statement that makes it name the version.
    ///
    /// # Errors
    /// 412 `precondition_failed` when no strong tag names `current`.
    pub fn check(&self, current: Version) -> Result<(), Problem> {
        match &self.0 {
            Named::Any => Ok(()),
            Named::Versions { strongly, .. } if strongly.contains(&current) => Ok(()),
            Named::Versions { weakly, .. } => {
                let advice = advice(weakly.contains(&current));
                Err(Problem::new(PRECONDITION_FAILED).with_detail(advice))
            }
        }
    }

    /// Reads a condition without which nothing is changed.
    fn require(condition: Option<Condition<'_>>) -> Result<Self, Problem> {
        match condition {
            Some(Condition::Tags(tags)) if !tags.is_empty() => Ok(Self::of(&tags)),
            Some(Condition::Any) => {
                let detail = "`*` would overwrite what you have not seen; send the ETag of the version you have read";
                Err(Problem::new(PRECONDITION_REQUIRED).with_detail(detail))
            }
            Some(Condition::Tags(_)) | None => Err(Problem::new(PRECONDITION_REQUIRED)),
        }
    }

    /// Reads a condition that the client need not make. One that names nothing is none that it has left out.
    fn allow(condition: Option<Condition<'_>>) -> Result<Option<Self>, Problem> {
        match condition {
            None => Ok(None),
            Some(Condition::Any) => Ok(Some(Self(Named::Any))),
            Some(Condition::Tags(tags)) if tags.is_empty() => Err(names_no_tag(&header::IF_MATCH)),
            Some(Condition::Tags(tags)) => Ok(Some(Self::of(&tags))),
        }
    }

    fn of(tags: &[EntityTag<'_>]) -> Self {
        let named = |strength| {
            let tags = tags.iter().filter(move |tag| tag.strength == strength);
            tags.filter_map(|tag| Version::parse_opaque(tag.opaque))
                .collect()
        };
        Self(Named::Versions {
            strongly: named(Strength::Strong),
            weakly: named(Strength::Weak),
        })
    }
}

/// What to do about a condition that does not hold.
fn advice(is_weakly_named: bool) -> &'static str {
    if is_weakly_named {
        "a weak tag never matches; send the ETag without `W/`, which a proxy that changes answers may have put before it"
    } else {
        "read it again, apply your change to what you get, and send its ETag"
    }
}

fn describe(op: &mut Op, required: Required, pattern: &str, description: &str) {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_CONDITION_BYTES))
        .pattern(Some(pattern));
    let parameter = ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(schema));
    op.parameters.push(parameter.build());
    for problem in [PRECONDITION_FAILED, INVALID_HEADER] {
        op.add_problem(problem);
    }
}

impl<S> Arg<S> for IfMatch {
    fn describe(op: &mut Op) {
        let description = "The `ETag` of the version you have read, quotes included; of a list, one has to be of the current version. \
                           A weak tag (`W/..`) never is. `*` is refused, since it would overwrite whatever is there.";
        describe(op, Required::True, ENTITY_TAGS_PATTERN, description);
        op.add_problem(PRECONDITION_REQUIRED);
    }
}

impl<S> OptionalArg<S> for IfMatch {
    fn describe_optional(op: &mut Op) {
        let description = "The `ETag` of the version you have read, quotes included: nothing is done unless it is still the current one. \
                           Of a list, one has to be. A weak tag (`W/..`) never is. Without it, or with `*`, it is done to whatever is there.";
        describe(op, Required::False, CONDITION_PATTERN, description);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::require(Condition::read(&parts.headers, &header::IF_MATCH)?)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Self::allow(Condition::read(&parts.headers, &header::IF_MATCH)?)
    }
}

#[cfg(test)]
mod tests;
