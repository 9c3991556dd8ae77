//! What keeps an operation from being a prompt.

use thiserror::Error;

/// A mistake in the application, found when the Api is built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PromptError {
    /// Two arguments share a name.
    #[error(
        "operation {operation}: argument `{argument}` stands in the path and in the query; a prompt's arguments share one list, so rename one of them"
    )]
    ArgumentInTwoPlaces {
        /// The operation id.
        operation: &'static str,
        /// The argument's name.
        argument: String,
    },
    /// The template and the arguments disagree about path parameters.
    #[error("operation {operation}: the template and the arguments disagree about path parameters")]
    PathParameterMismatch {
        /// The operation id.
        operation: &'static str,
    },
    /// A parameter that a prompt has no place for.
    #[error(
        "operation {operation}: `{argument}` is required, and a prompt's arguments stand in the path and in the query; make it optional, or move it there"
    )]
    UnsupportedParameter {
        /// The operation id.
        operation: &'static str,
        /// The parameter's name.
        argument: String,
    },
    /// A parameter of several values.
    #[error(
        "operation {operation}: `{argument}` is a list or an object, and a prompt's argument is one text; take one value"
    )]
    NotText {
        /// The operation id.
        operation: &'static str,
        /// The parameter's name.
        argument: String,
    },
}
