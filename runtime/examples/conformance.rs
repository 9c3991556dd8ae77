//! The tools that the official MCP conformance suite calls. `tests/conformance` runs the suite against it.
//!
//! Also the smallest whole application: a vocabulary, a few endpoints, no state, no settings. `cargo run -p portcullis
//! --example conformance -- dev` serves it.

use std::process::ExitCode;
use std::time::Duration;

use portcullis::{Api, File, Json, MediaType, Problem, Progress, endpoint, endpoints, media};
use serde::Serialize;
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
            fail,
            work,
            work_quietly,
            work_streaming
        ])
        .state(async |_| Ok(()));
    portcullis::cli::run(api)
}
