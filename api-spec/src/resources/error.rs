//! What keeps an operation from being a resource.

use thiserror::Error;

/// A mistake in the application, found when the Api is built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResourceError {
    /// The URI template is none; `#[endpoint]` does not compile with such a one.
    #[error("operation {operation}: `{uri}` is no URI template of a resource")]
    NoTemplate {
        /// The operation id.
        operation: &'static str,
        /// The template.
        uri: &'static str,
    },
    /// A request needs more than the path.
    #[error(
        "operation {operation}: a resource is read by its URI alone, and this operation requires `{parameter}` beside the path; make it optional, or take `resource(..)` away"
    )]
    RequiredParameter {
        /// The operation id.
        operation: &'static str,
        /// The parameter's name.
        parameter: String,
    },
    /// There is nothing to read.
    #[error(
        "operation {operation}: a resource is something to read, and this reply has no body; take `resource(..)` away"
    )]
    NoContent {
        /// The operation id.
        operation: &'static str,
    },
    /// An answer that is a stream of events.
    #[error(
        "operation {operation}: a resource is read once, and this reply is a stream of events; take `resource(..)` away"
    )]
    ReplyIsStream {
        /// The operation id.
        operation: &'static str,
    },
    /// The listing operation is not served.
    #[error(
        "operation {operation}: it is `listed_by = {lister}`, which stands in no `endpoints![..]`; list it there too"
    )]
    ListerNotServed {
        /// The operation id.
        operation: &'static str,
        /// The operation id of the lister.
        lister: &'static str,
    },
    /// The listing operation needs more than its path.
    #[error(
        "operation {operation}: `{lister}` requires `{parameter}`, which a list of resources cannot fill; make it optional, or name another operation in `listed_by`"
    )]
    ListerNeedsParameter {
        /// The operation id.
        operation: &'static str,
        /// The operation id of the lister.
        lister: &'static str,
        /// The parameter's name.
        parameter: String,
    },
    /// The listing operation answers with no list.
    #[error(
        "operation {operation}: `{lister}` answers neither with a `Page` nor with a JSON list of objects; name another operation in `listed_by`"
    )]
    ListerListsNothing {
        /// The operation id.
        operation: &'static str,
        /// The operation id of the lister.
        lister: &'static str,
    },
    /// The items of the list lack what the URI says.
    #[error(
        "operation {operation}: the items that `{lister}` lists have no required property `{parameter}` that is text or a whole number, which the URI template says; rename the parameter, or name another operation in `listed_by`"
    )]
    ItemWithoutParameter {
        /// The operation id.
        operation: &'static str,
        /// The operation id of the lister.
        lister: &'static str,
        /// The parameter's name.
        parameter: String,
    },
    /// The list has pages, and no way to ask for the next one.
    #[error(
        "operation {operation}: `{lister}` answers with `next_cursor`, but takes no query parameter `cursor`; add it"
    )]
    ListerTakesNoCursor {
        /// The operation id.
        operation: &'static str,
        /// The operation id of the lister.
        lister: &'static str,
    },
}
