//! `Prompt`: the messages of a conversation, as the reply of an operation that is an MCP prompt.

use axum::response::{IntoResponse, Response};
use portcullis_api_spec::{JSON, Op, Success};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Content, Problems, Reply};

/// The messages that a conversation with a model begins with, with status 200.
///
/// What `#[endpoint(.., prompt)]` answers with. Over REST it is JSON, spelled as the Model Context Protocol does.
///
/// # Examples
/// ```
/// # mod api {
/// #     #[derive(Clone, Copy, portcullis::Roles)]
/// #     pub enum Role {}
/// #     #[derive(Clone, Copy, portcullis::Scopes)]
/// #     pub enum Scope {}
/// #     portcullis::api! { state = (), roles = Role, scopes = Scope }
/// # }
/// use portcullis::{Content, Prompt, Query, endpoint, media};
///
/// #[derive(serde::Deserialize, utoipa::ToSchema)]
/// struct ReviewArguments {
///     /// Identifies the note.
///     #[schema(max_length = 20)]
///     note: String,
/// }
///
/// /// Review a note.
/// #[endpoint(get, "/prompts/review-note", signed_in, prompt)]
/// async fn review_note(Query(arguments): Query<ReviewArguments>) -> Prompt {
///     let uri = format!("notes://notes/{}", arguments.note);
///     Prompt::new("Reviews a note.")
///         .user("Review the note below. Say what is unclear.")
///         .user(Content::resource::<media::Markdown>(uri, "Milk."))
/// }
/// # fn main() { let _ = portcullis::endpoints![review_note]; }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(description = "The messages that a conversation with a model begins with.")]
#[must_use = "messages that are not sent reach nobody"]
pub struct Prompt {
    /// What the conversation is for.
    #[schema(format = "text", max_length = 1000)]
    description: String,
    /// The messages, in order.
    #[schema(max_items = 100)]
    messages: Vec<PromptMessage>,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct PromptMessage {
    /// Who says it.
    role: Speaker,
    /// What is said.
    content: Content,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Speaker {
    /// The person who talks to the model.
    User,
    /// The model.
    Assistant,
}

impl Prompt {
    /// Begins a conversation that has no message yet.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            messages: Vec::new(),
        }
    }

    /// Adds what the user says.
    pub fn user(self, content: impl Into<Content>) -> Self {
        self.say(Speaker::User, content.into())
    }

    /// Adds what the model is taken to have said.
    pub fn assistant(self, content: impl Into<Content>) -> Self {
        self.say(Speaker::Assistant, content.into())
    }

    fn say(mut self, role: Speaker, content: Content) -> Self {
        self.messages.push(PromptMessage { role, content });
        self
    }
}

impl IntoResponse for Prompt {
    fn into_response(self) -> Response {
        axum::Json(self).into_response()
    }
}

impl Reply for Prompt {
    fn describe(op: &mut Op) {
        let schema = op.schema_of::<Self>();
        op.success = Some(Success {
            status: 200,
            description: "The messages that the conversation begins with.".to_owned(),
            content: Some((JSON, schema)),
            headers: Default::default(),
        });
    }
}

/// What an operation with the word `prompt` returns: [`Prompt`], or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the reply of a prompt",
    label = "has no messages",
    note = "return `portcullis::Prompt`, or a `Result` of it, or take the word `prompt` away"
)]
pub trait PromptReply {
    /// Asked while the application is compiled.
    #[doc(hidden)]
    const IS_PROMPT: () = ();
}

impl PromptReply for Prompt {}

impl<E: Problems> PromptReply for Result<Prompt, E> {}
