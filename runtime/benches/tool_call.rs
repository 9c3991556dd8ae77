//! What a tool call costs beside bare rmcp: `cargo bench -p portcullis --bench tool_call --features testing`.
//!
//! Two services, each a process of its own that this program starts from itself: rmcp's own with one tool written by hand
//! and no authentication, and Portcullis with the same tool, served by its command line with everything on: authentication,
//! guard, rate limit, log. One client calls both over loopback in turns, one call at a time and many at once, so that a slow
//! moment of the machine falls on both.
//! What counts is the processor time of the service's process (`/proc`, so Linux only); the medians of the turns and of
//! their ratios are printed.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use portcullis::{Api, Json, Path, endpoint, endpoints};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, ServerCapabilities,
    ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};

#[path = "loopback/service.rs"]
mod service;

use service::{Era, PATH, SERVE, Service};

mod api {
    #[derive(Clone, Copy, portcullis::Roles)]
    pub enum Role {
        /// Greets.
        Greeter,
    }

    #[derive(Clone, Copy, portcullis::Scopes)]
    pub enum Scope {
        /// Use the API as the signed-in user.
        UserImpersonation,
    }

    portcullis::api! { state = (), roles = Role, scopes = Scope }
}

const TURNS: usize = 40;
const CALLS_A_TURN: u32 = 240;
/// How many calls are under way together.
const AT_ONCE: [u32; 2] = [1, 16];

/// The first argument that makes this program the bare service.
const SERVE_BARE: &str = "serve-bare";

/// A greeting.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Greeting {
    /// What is said.
    text: String,
}

impl Greeting {
    fn of(name: &str) -> Self {
        Self {
            text: format!("Good morning, {name}"),
        }
    }
}

/// Say good morning.
#[endpoint(
    get,
    "/greetings/{name}",
    roles(Greeter),
    scopes(UserImpersonation),
    mcp(name = "greet")
)]
async fn greet(Path(name): Path<String>) -> Json<Greeting> {
    Json(Greeting::of(&name))
}

/// The same tool by hand, open to everybody.
#[derive(Clone)]
struct Bare;

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let Some(name) = arguments.get("name").and_then(Value::as_str) else {
            return Err(ErrorData::invalid_params("name is required", None));
        };
        Ok(CallToolResult::structured(json!(Greeting::of(name))).into())
    }
}

async fn serve_bare() -> std::io::Result<()> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true);
    let service = StreamableHttpService::new(
        || Ok(Bare),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    eprintln!(
        "{}",
        json!({"message": "listening", "address": listener.local_addr()?.to_string()})
    );
    axum::serve(listener, axum::Router::new().route_service(PATH, service)).await
}

async fn call(era: Era, service: &Service, client: &reqwest::Client, body: &str) -> Vec<u8> {
    let mut request = client
        .post(format!("http://{}{PATH}", service.address))
        .body(body.to_owned());
    for (name, value) in era.headers("tools/call", "greet") {
        request = request.header(name, value);
    }
    if let Some(token) = &service.token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.expect("the service answers");
    let status = response.status();
    let body = response.bytes().await;
    let body = body.expect("the answer comes to its end");
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    body.to_vec()
}

/// How long the threads of a service have had a processor.
fn processor_time(service: &Service) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", service.child.id()));
    let tasks = tasks.expect("the system has /proc and the service runs");
    let nanoseconds = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

fn structured(answer: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(answer).expect("the answer is JSON");
    answer["result"]["structuredContent"].clone()
}

fn median<T: Copy + PartialOrd>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_by(|one, other| one.partial_cmp(other).expect("no time is NaN"));
    values[values.len() / 2]
}

async fn compare(era: Era, at_once: u32, client: &reqwest::Client, services: [&Service; 2]) {
    let params = json!({"name": "greet", "arguments": {"name": "Ada"}});
    let message = era.message("tools/call", params);
    for service in services {
        let answer = call(era, service, client, &message).await;
        assert_eq!(structured(&answer), json!({"text": "Good morning, Ada"}));
    }
    let mut turns = Vec::new();
    for _ in 0..TURNS {
        let mut turn = [0.0; 2];
        for (service, micros) in services.into_iter().zip(&mut turn) {
            let before = processor_time(service);
            let one_after_another = async || {
                for _ in 0..CALLS_A_TURN / at_once {
                    call(era, service, client, &message).await;
                }
            };
            join_all((0..at_once).map(|_| one_after_another())).await;
            let spent = processor_time(service).saturating_sub(before);
            *micros = (spent / CALLS_A_TURN).as_secs_f64() * 1e6;
        }
        turns.push(turn);
    }
    let bare = median(turns.iter().map(|turn| turn[0]));
    let guarded = median(turns.iter().map(|turn| turn[1]));
    let ratio = median(turns.iter().map(|turn| turn[1] / turn[0]));
    println!(
        "| {} | {at_once} | {bare:.1} | {guarded:.1} | {ratio:.2} |",
        era.version()
    );
}

fn api() -> Api<()> {
    Api::new("Benchmark", "1.0.0")
        .endpoints(endpoints![greet])
        .state(|_| async { Ok(()) })
}

async fn run() {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("a plain client can be built");
    let bare = Service::start(&[SERVE_BARE], &[], None);
    let guarded = Service::start_guarded("Greeter").await;
    println!("| era | at once | bare rmcp, µs | Portcullis, µs | ratio |");
    println!("|---|---:|---:|---:|---:|");
    for era in Era::ALL {
        for at_once in AT_ONCE {
            compare(era, at_once, &client, [&bare, &guarded]).await;
        }
    }
}

fn main() -> ExitCode {
    let first = std::env::args().nth(1);
    if first.as_deref() == Some(SERVE) {
        return portcullis::cli::run(api());
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime needs nothing but the machine");
    match first.as_deref() {
        Some(SERVE_BARE) => match runtime.block_on(serve_bare()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Some(_) | None => {
            runtime.block_on(run());
            ExitCode::SUCCESS
        }
    }
}
