//! What keeps an operation from being a tool.

use thiserror::Error;

use crate::ArgumentPlace;

/// A mistake in the application, found when the Api is built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ToolError {
    /// Two arguments share a name.
    #[error(
        "operation {operation}: argument `{argument}` stands in the {} and in the {}; a tool's arguments share one list, so rename one of them",
        .first.as_str(), .second.as_str()
    )]
    ArgumentInTwoPlaces {
        /// The operation id.
        operation: &'static str,
        /// The argument's name.
        argument: String,
        /// Where it was found first.
        first: ArgumentPlace,
        /// Where it was found again.
        second: ArgumentPlace,
    },
    /// A parameter of the path template that no argument describes, or the reverse.
    #[error(
        "operation {operation}: the template and the arguments disagree about path parameter `{argument}`"
    )]
    PathParameterMismatch {
        /// The operation id.
        operation: &'static str,
        /// The parameter's name.
        argument: String,
    },
    /// A parameter that a tool call cannot carry.
    #[error("operation {operation}: parameter `{argument}` cannot be a tool's argument: {reason}")]
    UnsupportedParameter {
        /// The operation id.
        operation: &'static str,
        /// The parameter's name.
        argument: String,
        /// Why not.
        reason: &'static str,
    },
    /// A request body whose parts cannot be arguments.
    #[error(
        "operation {operation}: a tool reads its body as `Json` or `Form`; leave `mcp` out, or take one of these"
    )]
    BodyNotReadable {
        /// The operation id.
        operation: &'static str,
    },
    /// A reference to a schema that nobody registered.
    #[error("operation {operation}: schema `{schema}` is referred to but not registered")]
    UnknownSchema {
        /// The operation id.
        operation: &'static str,
        /// The schema's name.
        schema: String,
    },
}
