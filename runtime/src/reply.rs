//! Reply types of handlers: each answers, and describes its answer to the document.

mod accepted;
mod content;
mod contents;
mod created;
mod event;
mod events;
mod file;
mod if_match;
mod location;
mod media_type;
mod no_content;
mod prompt;
mod versioned;

use axum::response::IntoResponse;
use portcullis_api_spec::{Op, ProblemDef};

pub use accepted::Accepted;
pub use content::Content;
pub use contents::Contents;
pub use created::Created;
pub use event::{Event, EventId, EventIdError, LastEventId};
pub use events::Events;
pub use file::File;
pub use if_match::IfMatch;
pub use media_type::{MediaType, media};
pub use no_content::NoContent;
pub use prompt::{Prompt, PromptReply};
pub use versioned::{Version, Versioned};

use crate::problem::Problem;

/// What an endpoint returns: it says how it answers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the reply of an endpoint",
    label = "does not describe its answer",
    note = "return `portcullis::{{Json, Page, Created, Accepted, Versioned, Events, File, NoContent, Contents, Prompt}}`, or a `Result` of one with an error that implements `portcullis::Problems`"
)]
pub trait Reply: IntoResponse {
    /// Writes the answer into the operation.
    fn describe(op: &mut Op);
}

/// An application's error: the problems it can answer with, each of which lands in the document.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not list the problems it answers with",
    note = "write `#[derive(portcullis::Problem)]` on your error enum; `portcullis::Problem` itself lists none"
)]
pub trait Problems: IntoResponse {
    /// Every problem this error can become.
    const PROBLEMS: &'static [ProblemDef];
}

impl Problems for Problem {
    const PROBLEMS: &'static [ProblemDef] = &[];
}

impl<T: Reply, E: Problems> Reply for Result<T, E> {
    fn describe(op: &mut Op) {
        T::describe(op);
        for problem in E::PROBLEMS {
            op.add_problem(*problem);
        }
    }
}
