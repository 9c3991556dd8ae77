//! The problems (RFC 9457) that the framework itself answers with, and the schema that every problem follows.

use portcullis_grammar::name::LONGEST_CODE_BYTES;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema};

use crate::{Access, EndpointDef, Op, ProblemDef, answers_not_modified, unread_preconditions};

/// Media type of every 4xx and 5xx body (RFC 9457 section 6.1).
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// What every problem's `type` begins with; the code follows.
pub const PROBLEM_TYPE_PREFIX: &str = "urn:portcullis:problem:";

/// No credential, or one of another scheme.
pub const UNAUTHENTICATED: ProblemDef = ProblemDef {
    status: 401,
    code: "unauthenticated",
    title: "A bearer token is required",
};
/// A credential that does not hold, whatever the reason.
pub const INVALID_TOKEN: ProblemDef = ProblemDef {
    status: 401,
    code: "invalid_token",
    title: "The bearer token is not valid here",
};
/// The client can sign the user in again, as the authentication context demands.
pub const INSUFFICIENT_CLAIMS: ProblemDef = ProblemDef {
    status: 401,
    code: "insufficient_claims",
    title: "This operation asks for another sign-in",
};
/// Two `Authorization` headers, or one that cannot be read.
pub const INVALID_REQUEST: ProblemDef = ProblemDef {
    status: 400,
    code: "invalid_request",
    title: "The credential of the request is malformed",
};
/// The caller can ask for the missing scope.
pub const INSUFFICIENT_SCOPE: ProblemDef = ProblemDef {
    status: 403,
    code: "insufficient_scope",
    title: "The token lacks a scope that this operation asks for",
};
/// A role is missing, or this kind of caller is not admitted.
pub const FORBIDDEN: ProblemDef = ProblemDef {
    status: 403,
    code: "forbidden",
    title: "This operation does not admit this caller",
};
/// The share of the caller, or of an address, is used up.
pub const RATE_LIMITED: ProblemDef = ProblemDef {
    status: 429,
    code: "rate_limited",
    title: "Too many requests from this caller or address",
};
/// As many streams of the caller are open as may be at once.
pub const TOO_MANY_WAITING: ProblemDef = ProblemDef {
    status: 429,
    code: "too_many_waiting",
    title: "Too many streams and waiting calls of this caller are open",
};
/// A fault of the service.
pub const INTERNAL_ERROR: ProblemDef = ProblemDef {
    status: 500,
    code: "internal_server_error",
    title: "Internal Server Error",
};
/// No signing keys have ever been loaded.
pub const KEYS_UNAVAILABLE: ProblemDef = ProblemDef {
    status: 503,
    code: "keys_unavailable",
    title: "Tokens cannot be checked right now",
};

/// A header that an operation reads is missing, or not what it has to be.
pub const INVALID_HEADER: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_header",
    title: "A request header is missing or not valid",
};
/// A change is made to depend on a condition that the operation does not read.
pub const PRECONDITION_UNSUPPORTED: ProblemDef = ProblemDef {
    status: 412,
    code: "precondition_unsupported",
    title: "This operation does not check that condition, and has done nothing",
};
/// The request took longer than `server.request_timeout`.
pub const REQUEST_TIMEOUT: ProblemDef = ProblemDef {
    status: 504,
    code: "request_timeout",
    title: "The request took longer than the server allows",
};

/// Longest sentence in a problem, in characters. What is longer is cut.
pub const MAX_PROBLEM_TEXT: usize = 1000;

/// Most faults that one problem lists. The rest shows when these are mended.
pub const MAX_PROBLEM_ERRORS: usize = 100;

/// One line of text: no control characters.
const ONE_LINE: &str = r"^[^\x00-\x1F\x7F-\x9F]*$";

/// Name of the schema that every problem follows.
pub(super) const PROBLEM_SCHEMA: &str = "Problem";
/// Name of the schema of one fault of a request's content.
const FIELD_ERROR_SCHEMA: &str = "FieldError";

/// Lists what the framework itself can answer an operation with, from the same rule that the guard decides by. A public
/// operation looks at no credential, and counts by address.
pub(super) fn standard_problems(endpoint: &EndpointDef, op: &Op) -> Vec<ProblemDef> {
    let access = &endpoint.access;
    let mut problems = vec![INTERNAL_ERROR, REQUEST_TIMEOUT, RATE_LIMITED];
    if !unread_preconditions(endpoint, op).is_empty() {
        problems.push(PRECONDITION_UNSUPPORTED);
    }
    if answers_not_modified(endpoint, op) {
        problems.push(INVALID_HEADER);
    }
    if access.is_public() {
        return problems;
    }
    problems.extend([
        INVALID_REQUEST,
        UNAUTHENTICATED,
        INVALID_TOKEN,
        KEYS_UNAVAILABLE,
    ]);
    match access {
        Access::Public { .. } | Access::SignedIn => {}
        Access::DenyAll => problems.push(FORBIDDEN),
        Access::Restricted(requirements) => {
            problems.push(FORBIDDEN);
            if !requirements.scopes.is_empty() {
                problems.push(INSUFFICIENT_SCOPE);
            }
            if requirements.context.is_some() {
                problems.push(INSUFFICIENT_CLAIMS);
            }
        }
    }
    problems
}

/// The schemas that every document has.
pub(super) fn problem_schemas() -> [(String, RefOr<Schema>); 2] {
    [
        (PROBLEM_SCHEMA.to_owned(), problem_schema()),
        (FIELD_ERROR_SCHEMA.to_owned(), field_error_schema()),
    ]
}

/// An example of one problem. Without it, tools make up text from the patterns of the schema.
pub(super) fn example(problem: &ProblemDef) -> Value {
    json!({
        "type": format!("{PROBLEM_TYPE_PREFIX}{}", problem.code),
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "correlation_id": "0b8a3f0e-6c1d-4b52-9a57-2f4c1e7d9a10",
    })
}

fn problem_schema() -> RefOr<Schema> {
    let status = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(400))
        .maximum(Some(599))
        .description(Some("The HTTP status, repeated."));
    let code = text("The stable code. Branch on this, never on a sentence.")
        .pattern(Some("^[a-z][a-z0-9_]*$"))
        .max_length(Some(LONGEST_CODE_BYTES));
    let errors = ArrayBuilder::new()
        .items(Ref::from_schema_name(FIELD_ERROR_SCHEMA))
        .max_items(Some(MAX_PROBLEM_ERRORS))
        .description(Some("The faults of the request's content."));
    let correlation_id = text("What to quote when asking for help; also in `x-correlation-id`.")
        .pattern(Some("^[A-Za-z0-9._-]{1,64}$"))
        .max_length(Some(64));
    let uri = SchemaFormat::Custom("uri".to_owned());
    ObjectBuilder::new()
        .description(Some("An error answer (RFC 9457)."))
        .property(
            "type",
            text("A URI for the kind of problem; ends in the code.")
                .format(Some(uri))
                .max_length(Some(PROBLEM_TYPE_PREFIX.len() + LONGEST_CODE_BYTES)),
        )
        .property(
            "title",
            sentence("The same short sentence for every occurrence."),
        )
        .property("status", status)
        .property("code", code)
        .property("detail", sentence("What is special about this occurrence."))
        .property("errors", errors)
        .property("correlation_id", correlation_id)
        .required("type")
        .required("title")
        .required("status")
        .required("code")
        .required("correlation_id")
        .into()
}

fn field_error_schema() -> RefOr<Schema> {
    let pointer = text(
        "Where: a JSON pointer (RFC 6901) into the body, or `/query/<name>`, `/path/<name>`, `/header/<name>`.",
    )
    .format(Some(SchemaFormat::Custom("json-pointer".to_owned())))
    .max_length(Some(MAX_PROBLEM_TEXT));
    ObjectBuilder::new()
        .description(Some("One fault of a request's content."))
        .property("pointer", pointer)
        .property(
            "detail",
            sentence("What is wrong there and what would be right."),
        )
        .required("pointer")
        .required("detail")
        .into()
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
}

fn sentence(description: &str) -> ObjectBuilder {
    text(description)
        .pattern(Some(ONE_LINE))
        .max_length(Some(MAX_PROBLEM_TEXT))
}
