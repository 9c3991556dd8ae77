//! A small application behind the endpoint, on a free port, and a client that speaks JSON-RPC to it.
//!
//! The outer layer stands for the authenticator: `x-test-caller` names who calls.

mod jobs;
mod reading;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::{Extension, Router};
use http::HeaderMap;
use portcullis_api_spec::{
    Access, Assignable, CallerKind, EndpointDef, Method, Op, Requirements, Rights, RoleDef,
    ScopeDef, Vocabulary,
};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::settings::config;
use crate::arg::{Arg, Json, Path, Query};
use crate::caller::{Caller, CallerFacts};
use crate::config::Config;
use crate::gate::{Challenge, Gate};
use crate::guard::{self, Admitted, Guarded};
use crate::identity::testing::token_life;
use crate::identity::{Authentication, Authenticator};
use crate::mcp::{self, McpParts, Offer};
use crate::reply::{IfMatch, NoContent, Reply, Version, Versioned};
use crate::server::{self, RateLimits, Shutdown};
use crate::telemetry::Telemetry;

pub(super) use jobs::{Jobs, STEPS};

const fn role(name: &'static str) -> RoleDef {
    RoleDef {
        name,
        description: "",
        assignable: Assignable::Users,
    }
}

const READERS: &[RoleDef] = &[role("Viewer"), role("Analyst")];
const WRITERS: &[RoleDef] = &[role("Analyst")];
const SCOPES: &[ScopeDef] = &[ScopeDef {
    name: "user_impersonation",
    description: "",
}];

const fn users(roles: &'static [RoleDef]) -> Access {
    Access::Restricted(Requirements {
        roles,
        scopes: SCOPES,
        applications: &[],
        context: None,
    })
}

const fn endpoint(
    name: &'static str,
    method: Method,
    path: &'static str,
    access: Access,
) -> EndpointDef {
    EndpointDef {
        operation_id: name,
        method,
        path,
        access,
        tool: Some(name),
        doc: "Do it.",
        ..EndpointDef::CLOSED
    }
}

static GET_NOTE: EndpointDef = endpoint("get_note", Method::Get, "/notes/{id}", users(READERS));
static LIST_NOTES: EndpointDef = endpoint("list_notes", Method::Get, "/notes", users(READERS));
static PUT_NOTE: EndpointDef = endpoint("put_note", Method::Put, "/notes/{id}", users(WRITERS));
static DELETE_NOTE: EndpointDef =
    endpoint("delete_note", Method::Delete, "/notes/{id}", users(WRITERS));
static WHO_AM_I: EndpointDef = endpoint("who_am_i", Method::Get, "/me", Access::SignedIn);
static OPEN_HOUSE: EndpointDef = endpoint(
    "open_house",
    Method::Get,
    "/open",
    Access::Public { reason: "test" },
);
static WAIT: EndpointDef = endpoint("wait", Method::Post, "/wait", Access::SignedIn);
static SECRET: EndpointDef = EndpointDef {
    tool: None,
    ..endpoint("secret", Method::Get, "/secret", Access::SignedIn)
};

#[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
struct Note {
    text: String,
    stars: Option<u8>,
}

#[derive(serde::Deserialize, utoipa::ToSchema)]
struct Page {
    #[schema(minimum = 1, maximum = 10)]
    limit: Option<u32>,
}

/// Who called, and what arrived of the request.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct WhoAmI {
    object_id: String,
    headers: Vec<String>,
    traceparent: Option<String>,
}

/// Counts calls that began and calls that ended, however they ended.
#[derive(Clone, Default)]
pub(super) struct Waiting {
    pub(super) begun: Arc<AtomicUsize>,
    pub(super) ended: Arc<AtomicUsize>,
}

struct Ending(Waiting);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::SeqCst);
    }
}

async fn get_note(Path(id): Path<String>) -> Versioned<Json<Note>> {
    Versioned {
        version: Version(3),
        reply: Json(Note {
            text: id,
            stars: None,
        }),
    }
}

async fn list_notes(Query(page): Query<Page>) -> Json<Vec<String>> {
    let count = page.limit.unwrap_or(2);
    Json((0..count).map(|index| format!("note {index}")).collect())
}

async fn put_note(
    if_match: IfMatch,
    Path(_): Path<String>,
    Json(note): Json<Note>,
) -> Result<Json<Note>, crate::Problem> {
    if_match.check(Version(3))?;
    Ok(Json(note))
}

async fn delete_note(Path(_): Path<String>) -> NoContent {
    NoContent
}

async fn who_am_i(caller: Caller, headers: HeaderMap) -> Json<WhoAmI> {
    let traceparent = headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok());
    Json(WhoAmI {
        object_id: caller.object_id().to_string(),
        headers: headers.keys().map(ToString::to_string).collect(),
        traceparent: traceparent.map(str::to_owned),
    })
}

async fn open_house(caller: Option<Caller>) -> Json<bool> {
    Json(caller.is_some())
}

async fn wait(Extension(waiting): Extension<Waiting>) -> NoContent {
    waiting.begun.fetch_add(1, Ordering::SeqCst);
    let _ending = Ending(waiting);
    std::future::pending::<()>().await;
    NoContent
}

async fn secret() -> NoContent {
    NoContent
}

struct Row {
    endpoint: &'static EndpointDef,
    op: Op,
    guarded: Guarded,
}

fn row(
    endpoint: &'static EndpointDef,
    run: fn(Admitted<()>) -> guard::Answer,
    describe: &[fn(&mut Op)],
) -> Row {
    let mut op = Op::of(endpoint);
    for describe in describe {
        describe(&mut op);
    }
    Row {
        guarded: Guarded::new(endpoint, &op, run, ()),
        endpoint,
        op,
    }
}

fn arg<T: Arg<()>>(op: &mut Op) {
    T::describe(op);
}

fn reply<T: Reply>(op: &mut Op) {
    T::describe(op);
}

fn rows() -> Vec<Row> {
    vec![
        row(
            &WHO_AM_I,
            |admitted| admitted.run_2(who_am_i),
            &[reply::<Json<WhoAmI>>],
        ),
        row(
            &GET_NOTE,
            |admitted| admitted.run_1(get_note),
            &[arg::<Path<String>>, reply::<Versioned<Json<Note>>>],
        ),
        row(
            &LIST_NOTES,
            |admitted| admitted.run_1(list_notes),
            &[arg::<Query<Page>>, reply::<Json<Vec<String>>>],
        ),
        row(
            &PUT_NOTE,
            |admitted| admitted.run_3(put_note),
            &[
                arg::<IfMatch>,
                arg::<Path<String>>,
                arg::<Json<Note>>,
                reply::<Json<Note>>,
            ],
        ),
        row(
            &DELETE_NOTE,
            |admitted| admitted.run_1(delete_note),
            &[arg::<Path<String>>, reply::<NoContent>],
        ),
        row(
            &OPEN_HOUSE,
            |admitted| admitted.run_1(open_house),
            &[arg::<Option<Caller>>, reply::<Json<bool>>],
        ),
        row(
            &WAIT,
            |admitted| admitted.run_1(wait),
            &[reply::<NoContent>],
        ),
        row(
            &SECRET,
            |admitted| admitted.run_0(secret),
            &[reply::<NoContent>],
        ),
    ]
}

/// Who `x-test-caller` stands for.
pub(super) fn authentication_of(name: &str) -> Authentication {
    let (kind, roles, scopes): (_, &[&str], &[&str]) = match name {
        "viewer" | "expired viewer" => (CallerKind::User, &["Viewer"], &["user_impersonation"]),
        "viewer without scope" => (CallerKind::User, &["Viewer"], &[]),
        "analyst" => (CallerKind::User, &["Analyst"], &["user_impersonation"]),
        "application" => (CallerKind::Application, &["Analyst"], &[]),
        _ => return Authentication::Absent,
    };
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    Authentication::Verified(Caller::from_verified(CallerFacts {
        tenant_id: Uuid::from_u128(1),
        object_id: Uuid::from_u128(2),
        rights: Rights {
            kind,
            roles: names(roles),
            scopes: names(scopes),
            contexts: BTreeSet::new(),
        },
        client_id: None,
        token_id: None,
        // Admitted while it held, and long gone now: the layer in front of this desk looks at no clock.
        token_life: (name == "expired viewer").then(|| token_life(1)),
        is_guest: false,
        takes_claims_challenges: false,
        is_synthetic: false,
    }))
}

async fn pretend(mut request: Request, next: Next) -> axum::response::Response {
    let name = request
        .headers()
        .get("x-test-caller")
        .and_then(|value| value.to_str().ok());
    let authentication = authentication_of(name.unwrap_or_default());
    request.extensions_mut().insert(authentication);
    let response = next.run(request).await;
    crate::problem::finish(response, "test")
}

/// A running desk.
pub(super) struct Desk {
    pub(super) address: SocketAddr,
    pub(super) waiting: Waiting,
    pub(super) jobs: Jobs,
    pub(super) shutdown: Shutdown,
    /// Where tool calls enter.
    pub(super) operations: Router,
    pub(super) telemetry: Telemetry,
    client: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Desk {
    pub(super) async fn start() -> Self {
        Self::start_with(config()).await
    }

    pub(super) async fn start_with(config: Config) -> Self {
        let listener = tokio::net::TcpListener::bind(config.server.bind)
            .await
            .unwrap();
        let address = listener.local_addr().unwrap();
        let public_url = Url::parse(&format!("http://{address}")).unwrap();
        let vocabulary = Vocabulary {
            roles: READERS,
            scopes: SCOPES,
        };
        let shutdown = Shutdown::new();
        let authenticator = Authenticator::build(&config, vocabulary).unwrap();
        let telemetry = Telemetry::build(&authenticator, config.telemetry.failure_spike, None);
        let gate = Arc::new(Gate {
            telemetry: telemetry.clone(),
            authenticator,
            challenge: Challenge::new(
                &public_url,
                &mcp::scope_prefix(&config, &public_url),
                &config.authentication,
            ),
            environment: config.environment,
            endpoints: Vec::new(),
            shutdown: shutdown.clone(),
            recorder: None,
            rate_limits: RateLimits::build(&config.rate_limit),
            waiting: server::Waiting::build(&config.rate_limit),
        });
        let mut rows = rows();
        rows.extend(jobs::rows());
        rows.extend(reading::rows());
        let offer = Offer::of(|| rows.iter().map(|row| (row.endpoint, &row.op))).unwrap();
        let waiting = Waiting::default();
        let jobs = Jobs::default();
        let guarded = rows.into_iter().map(|row| row.guarded).collect();
        let operations = server::build_operations(guarded, &gate, &config.server)
            .layer(Extension(waiting.clone()))
            .layer(Extension(jobs.clone()));
        let router = operations.clone().merge(mcp::router(McpParts {
            facts: crate::api::Facts {
                title: "Desk of notes",
                version: "1.2.3",
                description: "Keep notes.",
                license: None,
                tags: &[],
                layers: &[],
                settings: &[],
                downstream_apis: &[],
            },
            offer,
            operations: operations.clone(),
            gate,
            config: &config,
            public_url: &public_url,
        }));
        let router = router.layer(middleware::from_fn(pretend));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            waiting,
            jobs,
            shutdown,
            operations,
            telemetry,
            client: reqwest::Client::new(),
        }
    }

    /// A request to the endpoint, ready for headers and a body.
    pub(super) fn post(&self, caller: &str) -> reqwest::RequestBuilder {
        self.bare_post(caller)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
    }

    /// A request to the endpoint without the headers of the protocol.
    pub(super) fn bare_post(&self, caller: &str) -> reqwest::RequestBuilder {
        self.client
            .post(format!("http://{}{}", self.address, mcp::PATH))
            .header("x-test-caller", caller)
    }

    pub(super) fn get(&self, caller: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.client.get(url).header("x-test-caller", caller)
    }

    pub(super) fn delete(&self, caller: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.client.delete(url).header("x-test-caller", caller)
    }

    /// One message in the era of `initialize`.
    pub(super) async fn send(&self, caller: &str, method: &str, params: Value) -> Answer {
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let request = self
            .post(caller)
            .header("mcp-protocol-version", "2025-11-25");
        read(request.body(body.to_string())).await
    }

    /// One message in the era without `initialize`: each says what it speaks.
    pub(super) async fn send_modern(
        &self,
        caller: &str,
        method: &str,
        mut params: Value,
    ) -> Answer {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
        });
        let mut request = self
            .post(caller)
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method);
        if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
            request = request.header("mcp-name", name);
        }
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        read(request.body(body.to_string())).await
    }

    pub(super) async fn call(&self, caller: &str, tool: &str, arguments: Value) -> Answer {
        self.send(
            caller,
            "tools/call",
            json!({"name": tool, "arguments": arguments}),
        )
        .await
    }

    pub(super) async fn tool_names(&self, caller: &str) -> Vec<String> {
        let answer = self.send(caller, "tools/list", json!({})).await;
        let tools = answer.body["result"]["tools"].as_array().unwrap().clone();
        let names = tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned());
        names.collect()
    }
}

pub(super) async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer {
        status,
        headers,
        body,
    }
}
