//! What can be wrong with the operations that a document is built from.

use thiserror::Error;

/// Why no document can be built. Found when the application starts, never at a request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpecError {
    /// Two endpoints share an operation id.
    #[error("operation id {operation_id}: two endpoints have it")]
    DuplicateOperationId {
        /// The id in question.
        operation_id: String,
    },
    /// Two endpoints stand in one place.
    #[error("{method} {path}: both {} and {} are mounted there", operation_ids[0], operation_ids[1])]
    DuplicatePath {
        /// The method in question.
        method: &'static str,
        /// The full path in question.
        path: String,
        /// The two operations.
        operation_ids: [&'static str; 2],
    },
    /// Two different types are described under one name, so that one would silently stand for the other.
    #[error(
        "schema {name}: {} and {} describe different types by this name; rename one with `#[schema(as = ..)]`",
        operation_ids[0],
        operation_ids[1]
    )]
    SchemaCollision {
        /// The name in question.
        name: String,
        /// The two operations that bring the schemas.
        operation_ids: [String; 2],
    },
    /// A `$ref` points to nothing.
    #[error("reference {reference}: nothing in the document has this name")]
    UnknownReference {
        /// The reference as written.
        reference: String,
    },
    /// An example that its own schema refuses.
    #[error(
        "{place}: the example {example} does not fit: {fault}; mend the example, or the schema"
    )]
    ExampleDoesNotFit {
        /// The schema, or the operation, in question.
        place: String,
        /// The example, as JSON.
        example: String,
        /// What is wrong with it.
        fault: String,
    },
    /// A sentence about a tag that no endpoint has.
    #[error("tag {name}: described, but no endpoint has it")]
    UnknownTag {
        /// The tag in question.
        name: &'static str,
    },
    /// The reply type says nothing about success.
    #[error("operation {operation_id}: its reply type describes no success answer")]
    NoSuccess {
        /// The operation in question.
        operation_id: &'static str,
    },
    /// A status that cannot be a success.
    #[error("operation {operation_id}: status {status} is not a success (200 to 299)")]
    StatusIsNoSuccess {
        /// The operation in question.
        operation_id: &'static str,
        /// The status in question.
        status: u16,
    },
    /// A body with a status that never has one (RFC 9110 section 15.3.5).
    #[error("operation {operation_id}: status {status} has no body, but the reply type sends one")]
    BodyNotAllowed {
        /// The operation in question.
        operation_id: &'static str,
        /// The status in question.
        status: u16,
    },
    /// A query argument whose type has no properties to read from the query.
    #[error(
        "operation {operation_id}: {name} cannot be read from the query; `Query` takes a struct, each field of which is one parameter"
    )]
    QueryIsNoStruct {
        /// The operation in question.
        operation_id: &'static str,
        /// The type's name in the document.
        name: String,
    },
    /// A file in a JSON body, which can hold none.
    #[error(
        "operation {operation_id}: its JSON body has a field of raw bytes, which only a form can carry; read it by `Multipart`"
    )]
    FileInJson {
        /// The operation in question.
        operation_id: &'static str,
    },
    /// Two arguments describe the same parameter.
    #[error("operation {operation_id}: two arguments take the parameter {name}")]
    DuplicateParameter {
        /// The operation in question.
        operation_id: &'static str,
        /// The parameter's name.
        name: String,
    },
    /// The path template and the arguments disagree.
    #[error("operation {operation_id}: path parameter {name} stands only in the {found_in}")]
    PathParameterMismatch {
        /// The operation in question.
        operation_id: &'static str,
        /// The parameter's name.
        name: String,
        /// Where it was found: `template` or `arguments`.
        found_in: &'static str,
    },
}
