//! What keeps an operation from being a tool.

use thiserror::Error;

use crate::{ArgumentPlace, nearest};

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
    /// An input to hide that the operation does not have.
    #[error("operation {operation}: `hide` names `{argument}`, which is no input of it{}", hint(.argument, .known))]
    UnknownHiddenArgument {
        /// The operation id.
        operation: &'static str,
        /// What `hide` names.
        argument: String,
        /// The inputs that the operation has.
        known: Vec<String>,
    },
    /// An input to hide that the operation does not do without.
    #[error(
        "operation {operation}: `hide` names `{argument}` ({}), which the operation requires; take it off the list, or let the operation do without it, such as by an `Option<..>`",
        .place.as_str()
    )]
    HiddenArgumentRequired {
        /// The operation id.
        operation: &'static str,
        /// The input's name.
        argument: String,
        /// Where it stands.
        place: ArgumentPlace,
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
        "operation {operation}: a tool's arguments are JSON or a form, and this operation reads {media_type}; take `mcp` away, or offer the same as an operation that takes `Json`"
    )]
    BodyNotReadable {
        /// The operation id.
        operation: &'static str,
        /// What the operation reads.
        media_type: String,
    },
    /// An answer that is a stream of events.
    #[error(
        "operation {operation}: a tool answers once, and this reply is a stream of events; take `mcp` away, and put it on the operation that begins the work (`Accepted` makes its tool wait and report progress)"
    )]
    ReplyIsStream {
        /// The operation id.
        operation: &'static str,
    },
    /// An answer that a model cannot read.
    #[error(
        "operation {operation}: a tool's answer is JSON, text, a picture or a sound, and this reply is {media_type}; take `mcp` away, or offer an operation that says in `Json` what the content is and where it can be fetched"
    )]
    ReplyNotText {
        /// The operation id.
        operation: &'static str,
        /// What the operation answers with.
        media_type: &'static str,
    },
    /// An input that clients are to repeat in a header.
    #[error(
        "operation {operation}: the schema of its inputs has `x-mcp-header`; take it away: the headers are checked before the caller is known, so that a tool which its caller must not know of would tell of itself"
    )]
    MirroredArgument {
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

/// What may have been meant, else what there is.
fn hint(name: &str, known: &[String]) -> String {
    let names = || known.iter().map(String::as_str);
    match (nearest(name, names()), known) {
        (Some(near), _) => format!("; did you mean `{near}`?"),
        (None, []) => "; it has none, so leave `hide` out".to_owned(),
        (None, [_, ..]) => {
            let listed: Vec<_> = names().map(|name| format!("`{name}`")).collect();
            format!("; it has {}", listed.join(", "))
        }
    }
}
