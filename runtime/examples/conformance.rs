//! The tools that the official MCP conformance suite calls. `tests/conformance` runs the suite against it.
//!
//! Also the smallest whole application: a vocabulary, a few endpoints, no state, no settings. `cargo run -p portcullis
//! --example conformance -- dev` serves it.

use std::process::ExitCode;
use std::time::Duration;

use portcullis::{Api, File, Json, Problem, Progress, endpoint, endpoints, media};
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
            fail,
            work,
            work_quietly,
            work_streaming
        ])
        .state(async |_| Ok(()));
    portcullis::cli::run(api)
}
