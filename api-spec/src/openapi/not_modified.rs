//! The answer 304 (RFC 9110 section 15.4.5), and the condition that asks for it.
//!
//! The framework compares it, so that it is no argument of a function: it stands in the document, and not among the arguments of
//! a tool, whose caller keeps no answers.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Required, Response, ResponseBuilder};

use super::{Operation, headers};
use crate::preconditions::IF_NONE_MATCH;
use crate::{CONDITION_PATTERN, MAX_CONDITION_BYTES, answers_not_modified, describes_content};

/// Describes the condition, where an operation compares it.
pub(super) fn parameter(operation: &Operation<'_>) -> Option<Parameter> {
    if !answers_not_modified(operation.def, operation.op) {
        return None;
    }
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(MAX_CONDITION_BYTES))
        .pattern(Some(CONDITION_PATTERN));
    let parameter = ParameterBuilder::new()
        .name(IF_NONE_MATCH)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The `ETag` of the answer you have kept, quotes included, or a list of them. If the answer is still of one of them, \
             it is 304, without content. Weak tags (`W/..`) count like others, `*` is any.",
        ))
        .schema(Some(schema));
    Some(parameter.build())
}

/// Describes the answer, where an operation can give it: the headers of its success, but for those about the content.
pub(super) fn response(operation: &Operation<'_>) -> Option<Response> {
    if !answers_not_modified(operation.def, operation.op) {
        return None;
    }
    let success = operation.op.success.iter();
    let headers = success
        .flat_map(|success| &success.headers)
        .filter(|(name, _)| !describes_content(name));
    let builder = headers::refer(ResponseBuilder::new(), None)
        .description("What you have kept, as `If-None-Match` says, is still what would be shown.");
    let builder = headers.fold(builder, |builder, (name, header)| {
        builder.header(*name, header.clone())
    });
    Some(builder.build())
}
