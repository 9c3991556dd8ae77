//! The tools, resources and prompts that the official MCP conformance suite asks for. `tests/conformance` runs the suite against it.
//!
//! Also the smallest whole application: a vocabulary, a few endpoints, no state, no settings. `cargo run -p portcullis
//! --example conformance -- dev` serves it.

use std::process::ExitCode;
use std::time::Duration;

use portcullis::{
    Api, Content, Contents, File, Json, MediaType, NoContent, Path, Problem, Progress, Prompt,
    Query, endpoint, endpoints, media,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod api {
    use portcullis::{Roles, Scopes};

    #[derive(Clone, Copy, Roles)]
    pub(crate) enum Role {
        /// Runs the suite.
        Tester,
    }

    #[derive(Clone, Copy, Scopes)]
    pub(crate) enum Scope {
        /// Call the tools as the signed-in user.
        UserImpersonation,
        /// Have work done as the signed-in user.
        #[scope("Work.Run")]
        RunWork,
    }

    portcullis::api! { state = (), roles = Role, scopes = Scope }
}

/// A sound, uncompressed.
enum Wav {}

impl MediaType for Wav {
    const NAME: &str = "audio/wav";
}

/// JSON in a resource.
enum JsonText {}

impl MediaType for JsonText {
    const NAME: &str = "application/json";
}

/// A PNG of one pixel.
const RED_PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\
    \0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// A WAV file without a sample: 8000 Hz, 8 bits, mono.
const SILENCE: &[u8] =
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0\
    data\0\0\0\0";

/// How far apart the steps of slow work are: far enough that each of them is told.
const STEP: Duration = Duration::from_millis(150);

/// Return a sentence.
#[endpoint(
    get,
    "/sentence",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_simple_text")
)]
async fn get_sentence() -> File<media::PlainText> {
    File::new("This is a simple text response for testing.")
}

/// Return a picture: one red pixel.
#[endpoint(
    get,
    "/picture",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_image_content")
)]
async fn get_picture() -> File<media::Png> {
    File::new(RED_PIXEL)
}

/// Return a sound: nothing to hear, for no time.
#[endpoint(
    get,
    "/sound",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_audio_content")
)]
async fn get_sound() -> File<Wav> {
    File::new(SILENCE)
}

/// Return a resource with its content.
#[endpoint(
    get,
    "/embedded",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_embedded_resource")
)]
async fn get_embedded() -> Contents {
    Contents::from_iter([Content::resource::<media::PlainText>(
        "test://embedded-resource",
        "This is an embedded resource content.",
    )])
}

/// Return a sentence, a picture and a resource.
#[endpoint(
    get,
    "/mixture",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_multiple_content_types")
)]
async fn get_mixture() -> Contents {
    Contents::from_iter([
        Content::text("Multiple content types test:"),
        Content::image::<media::Png>(RED_PIXEL),
        Content::resource::<JsonText>(
            "test://mixed-content-resource",
            r#"{"test":"data","value":123}"#,
        ),
    ])
}

/// Read a sentence.
#[endpoint(
    get,
    "/static-text",
    roles(Tester),
    scopes(UserImpersonation),
    resource("test://static-text")
)]
async fn read_text() -> File<media::PlainText> {
    File::new("This is the content of the static text resource.")
}

/// Read a picture.
#[endpoint(
    get,
    "/static-binary",
    roles(Tester),
    scopes(UserImpersonation),
    resource("test://static-binary")
)]
async fn read_binary() -> File<media::Png> {
    File::new(RED_PIXEL)
}

/// List what the template names.
#[endpoint(get, "/records", roles(Tester), scopes(UserImpersonation))]
async fn list_records() -> Json<Vec<RecordName>> {
    let id = "123".to_owned();
    Json(vec![RecordName { id }])
}

/// What a record is called.
#[derive(Serialize, ToSchema)]
struct RecordName {
    /// Identifies the record.
    id: String,
}

/// Read a record.
#[endpoint(
    get,
    "/records/{id}",
    roles(Tester),
    scopes(UserImpersonation),
    resource("test://template/{id}/data", listed_by = list_records)
)]
async fn read_record(Path(id): Path<String>) -> Json<Record> {
    Json(Record {
        data: format!("Data for ID: {id}"),
        template_test: true,
        id,
    })
}

/// A record.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: String,
    template_test: bool,
    data: String,
}

/// Begin a conversation.
#[endpoint(
    get,
    "/prompts/simple",
    roles(Tester),
    scopes(UserImpersonation),
    prompt(name = "test_simple_prompt")
)]
async fn begin_simply() -> Prompt {
    Prompt::new("Begins a conversation.").user("This is a simple prompt for testing.")
}

/// What a conversation begins with.
#[derive(Deserialize, ToSchema)]
struct TwoArguments {
    /// First test argument.
    arg1: String,
    /// Second test argument.
    arg2: String,
}

/// Begin a conversation with two arguments.
#[endpoint(
    get,
    "/prompts/arguments",
    roles(Tester),
    scopes(UserImpersonation),
    prompt(name = "test_prompt_with_arguments")
)]
async fn begin_with_arguments(Query(arguments): Query<TwoArguments>) -> Prompt {
    let TwoArguments { arg1, arg2 } = arguments;
    Prompt::new("Begins a conversation with two arguments.").user(format!(
        "Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"
    ))
}

/// What to talk about.
#[derive(Deserialize, ToSchema)]
struct ResourceArgument {
    /// URI of the resource to embed.
    #[serde(rename = "resourceUri")]
    resource_uri: String,
}

/// Begin a conversation about a resource.
#[endpoint(
    get,
    "/prompts/resource",
    roles(Tester),
    scopes(UserImpersonation),
    prompt(name = "test_prompt_with_embedded_resource")
)]
async fn begin_with_resource(Query(argument): Query<ResourceArgument>) -> Prompt {
    Prompt::new("Begins a conversation about a resource.")
        .user(Content::resource::<media::PlainText>(
            argument.resource_uri,
            "Embedded resource content for testing.",
        ))
        .user("Please process the embedded resource above.")
}

/// Begin a conversation about a picture.
#[endpoint(
    get,
    "/prompts/picture",
    roles(Tester),
    scopes(UserImpersonation),
    prompt(name = "test_prompt_with_image")
)]
async fn begin_with_picture() -> Prompt {
    Prompt::new("Begins a conversation about a picture.")
        .user(Content::image::<media::Png>(RED_PIXEL))
        .user("Please analyze the image above.")
}

/// Always fail.
#[endpoint(
    post,
    "/failure",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_error_handling")
)]
async fn fail() -> Result<Json<Done>, FailureProblem> {
    Err(FailureProblem::Intended)
}

/// Work slowly, and say how far the work is.
#[endpoint(
    post,
    "/work",
    roles(Tester),
    scopes(UserImpersonation, RunWork),
    mcp(name = "test_tool_with_progress")
)]
async fn work(progress: Progress) -> Json<Done> {
    progress.report(0, 100, "begun");
    tokio::time::sleep(STEP).await;
    progress.report(50, 100, "half of it");
    tokio::time::sleep(STEP).await;
    progress.report(100, 100, "all of it");
    Json(Done { is_done: true })
}

/// Work without a word to the client's log.
#[endpoint(
    post,
    "/logged-work",
    roles(Tester),
    scopes(UserImpersonation, RunWork),
    mcp(name = "test_logging_tool")
)]
async fn work_quietly() -> Json<Done> {
    tracing::info!("this is for operators");
    Json(Done { is_done: true })
}

/// Work, and ask the user nothing meanwhile.
#[endpoint(
    post,
    "/streamed-work",
    roles(Tester),
    scopes(UserImpersonation, RunWork),
    mcp(name = "test_streaming_elicitation")
)]
async fn work_streaming(progress: Progress) -> Json<Done> {
    progress.report(1, 1, "done");
    Json(Done { is_done: true })
}

/// Remove the sentence. A destructive tool, so that the user is asked first.
#[endpoint(
    delete,
    "/sentence",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_input_required_result_elicitation")
)]
async fn delete_sentence() -> NoContent {
    NoContent
}

/// Remove the picture.
#[endpoint(
    delete,
    "/picture",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_input_required_result_request_state")
)]
async fn delete_picture() -> NoContent {
    NoContent
}

/// Remove the sound.
#[endpoint(
    delete,
    "/sound",
    roles(Tester),
    scopes(UserImpersonation),
    mcp(name = "test_input_required_result_tampered_state")
)]
async fn delete_sound() -> NoContent {
    NoContent
}

/// What work gives.
#[derive(Serialize, ToSchema)]
struct Done {
    is_done: bool,
}

/// Why a call fails.
#[derive(Debug, thiserror::Error, Problem)]
enum FailureProblem {
    /// It was asked to.
    #[error("a failure was asked for")]
    #[problem(
        status = 409,
        title = "This tool intentionally returns an error for testing"
    )]
    Intended,
}

fn main() -> ExitCode {
    let api = Api::new("Conformance fixtures", "1.0.0")
        .endpoints(endpoints![
            get_sentence,
            get_picture,
            get_sound,
            get_embedded,
            get_mixture,
            read_text,
            read_binary,
            list_records,
            read_record,
            begin_simply,
            begin_with_arguments,
            begin_with_resource,
            begin_with_picture,
            fail,
            work,
            work_quietly,
            work_streaming,
            delete_sentence,
            delete_picture,
            delete_sound
        ])
        .state(async |_| Ok(()));
    portcullis::cli::run(api)
}
