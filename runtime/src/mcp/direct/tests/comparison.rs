//! The transport would have answered the same what is answered directly.

use std::cell::Cell;
use std::sync::Arc;

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runner, RngAlgorithm, TestRng, TestRunner};
use rmcp::RoleServer;
use rmcp::model::{CallToolResult, InputRequiredResult, ServerCapabilities, ServerConfig, Tool};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use serde_json::{Map, json};

use super::super::*;
use super::{parts_of, plain, transport_config};
use crate::mcp::rpc::Envelope;

/// Answers with all that it was told.
#[derive(Clone)]
pub(super) struct Echo;

impl ToolServer for Echo {
    async fn call(
        &self,
        request: CallToolRequestParams,
        context: CallContext<'_>,
    ) -> Result<CallAnswer, ErrorData> {
        // Whatever a tool will be told beside this is to be compared too.
        let CallContext {
            parts,
            meta,
            version,
            can_ask,
            relay,
        } = context;
        let error = |code| Err(ErrorData::new(code, "no", Some(json!({"a": [1]}))));
        match &*request.name {
            "unknown" => error(ErrorCode::INVALID_PARAMS),
            "no_method" => error(ErrorCode::METHOD_NOT_FOUND),
            "no_capability" => error(ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY),
            "not_found" => error(ErrorCode::RESOURCE_NOT_FOUND),
            "no_object" => Ok(CallAnswer::Result(CallToolResult::structured(json!([1])))),
            "asks" if can_ask => Ok(CallAnswer::Question(Box::new(question()))),
            "asks_anyone" => Ok(CallAnswer::Question(Box::new(question()))),
            _ => {
                let told = json!({
                    "request": request,
                    "meta": meta,
                    "version": version,
                    "can_ask": can_ask,
                    "relay": format!("{relay:?}"),
                    "http": format!("{} {} {:?}", parts.method, parts.uri, parts.headers),
                });
                Ok(CallAnswer::Result(CallToolResult::structured(told)))
            }
        }
    }
}

fn question() -> InputRequiredResult {
    InputRequiredResult::from_request_state("a")
}

impl ServerHandler for Echo {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let answer = self.call(request, CallContext::of(&context)?).await?;
        Ok(answer.into())
    }

    fn get_tool(&self, _: &str) -> Option<Tool> {
        Some(Tool::new("", "", Map::new()))
    }
}

const VALUES: &[&str] = &[
    "null",
    "true",
    "1",
    "1.0",
    "-0",
    "-0.0",
    "1e2",
    "0.1",
    "1e-400",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "123456789012345678901234567890.123456789",
    "[]",
    "{}",
    r#""""#,
    r#""a""#,
    r#""\u0061""#,
    r#""\ud83d\ude00\u0000""#,
    r#"[1,[2,{"a":null}]]"#,
    r#"{"elicitation":{}}"#,
    r#"{"elicitation":null}"#,
    r#"{"elicitation":[]}"#,
    r#""2026-07-28""#,
    r#""2025-11-25""#,
    r#"{"confirm":{"action":"accept","content":{"a":1.0}}}"#,
    r#"{"confirm":null}"#,
    r#"{"name":"x","version":"1"}"#,
    r#""tools\/call""#,
    r#""tools/list""#,
    r#""2.0""#,
];
const TOOLS: &[&str] = &[
    "get_note",
    "a.b-c_D",
    "unknown",
    "no_method",
    "no_capability",
    "no_object",
    "not_found",
    "asks",
    "a b",
    "=?base64?YQ==?=",
    "",
];
const HOSTS: &[&[u8]] = &[
    b"api.example",
    b"api.example:1",
    b"api.example:",
    b"api.example:1:1",
    b"[::1]",
    b"[::1]:1",
    b"::1",
    b"desk.example:8443",
    b"desk.example",
    b"desk.example:8443:1",
    b"a@api.example",
    b"api.example@a",
    b"API.EXAMPLE",
    b"api.example/",
    b"api.example:65536",
    b"api.example\xff",
    b"evil.example",
];
const ACCEPTED: &[&[u8]] = &[
    b"text/event-stream,\tapplication/json",
    b"application/json",
    b"*/*",
    b"application/json;q=0, text/event-stream",
    b"application/json, text/event-stream;q=0, text/event-stream",
    b"a\"b, application/json, text/event-stream",
    b"x\\, application/json, text/event-stream",
    b"application/json, text/event-stream\xff",
    b",,application/json,,text/event-stream,",
];
const OTHERS: &[(&str, &[u8])] = &[
    ("content-type", b"application/json; charset=utf-8"),
    ("content-type", b"text/plain"),
    ("mcp-method", b"tools/list"),
    ("mcp-method", b"tools/call\xff"),
    ("mcp-name", b"another"),
    ("mcp-protocol-version", b"2031-01-01"),
    ("mcp-protocol-version", b"2025-06-18"),
    ("mcp-protocol-version", b"2026-07-28"),
    ("mcp-session-id", b"a"),
    ("last-event-id", b"a"),
    ("mcp-param-id", b"a"),
];

type Header = (&'static str, Vec<u8>);

/// Mostly as it should be, sometimes one of these, sometimes not there.
fn header(
    name: &'static str,
    usual: &[u8],
    odd: &'static [&'static [u8]],
) -> impl Strategy<Value = Option<Header>> + use<> {
    let usual = Just(usual.to_vec());
    let odd = select(odd).prop_map(<[u8]>::to_vec);
    weighted(
        0.97,
        prop_oneof![9 => usual, 1 => odd].prop_map(move |value| (name, value)),
    )
}

/// Likewise, as text: `"name":value`.
fn member(name: &str, usual: String) -> impl Strategy<Value = Option<String>> + use<> {
    let odd = select(VALUES).prop_map(str::to_owned);
    let name = name.to_owned();
    let spelled = prop_oneof![14 => Just(usual), 1 => odd];
    weighted(
        0.97,
        spelled.prop_map(move |value| format!(r#""{name}":{value}"#)),
    )
}

fn object(members: impl IntoIterator<Item = Option<String>>) -> String {
    let members: Vec<String> = members.into_iter().flatten().collect();
    format!("{{{}}}", members.join(","))
}

/// Headers and body of something like a call.
fn message() -> impl Strategy<Value = (Vec<Header>, String)> {
    let versions = ProtocolVersion::KNOWN_VERSIONS
        .iter()
        .map(ProtocolVersion::as_str);
    let versions: Vec<&str> = versions.chain(["2026-07-28"; 3]).collect();
    (select(versions), select(TOOLS)).prop_flat_map(|(version, tool)| {
        let is_modern = version == "2026-07-28";
        let headers = (
            header("host", b"api.example", HOSTS),
            header("accept", b"application/json, text/event-stream", ACCEPTED),
            header("content-type", b"application/json", ACCEPTED),
            header("mcp-protocol-version", version.as_bytes(), &[b"x"]),
            header("mcp-method", b"tools/call", &[b"", b"TOOLS/CALL"]),
            header("mcp-name", tool.as_bytes(), &[b"", b"A"]),
            weighted(0.1, select(OTHERS)),
        );
        let meta_version = member(META_VERSION, format!("{version:?}"));
        let capabilities = "io.modelcontextprotocol/clientCapabilities";
        let capabilities = member(capabilities, r#"{"elicitation":{}}"#.to_owned());
        let extra = select(&["progressToken", "progress\\u0054oken", "traceparent", "x"]);
        let extra = weighted(0.2, (extra, select(VALUES)));
        let meta = (meta_version, capabilities, extra).prop_map(move |(version, more, extra)| {
            let of_its_era = [version, more].into_iter().filter(|_| is_modern);
            let extra = extra.map(|(name, value)| format!(r#""{name}":{value}"#));
            object(of_its_era.chain([extra]))
        });
        let extra = select(&[
            "inputResponses",
            "requestState",
            "task",
            "input_responses",
            "cursor",
        ]);
        let extra = weighted(0.2, (extra, select(VALUES)));
        let arguments = (select(VALUES), select(VALUES));
        let arguments =
            arguments.prop_map(|(one, other)| format!(r#"{{"a":{one},"b":[{other}]}}"#));
        let params = (meta, arguments, extra).prop_flat_map(move |(meta, arguments, extra)| {
            let extra = extra.map(|(name, value)| format!(r#""{name}":{value}"#));
            let members = (
                member("name", format!("{tool:?}")),
                member("arguments", arguments),
                member("_meta", meta),
            );
            members.prop_map(move |(name, arguments, meta)| {
                object([name, arguments, meta, extra.clone()])
            })
        });
        let body = params.prop_flat_map(|params| {
            let extra = (
                select(&["result", "error", "x", "me\\u0074hod"]),
                select(VALUES),
            );
            let members = (
                member("jsonrpc", r#""2.0""#.to_owned()),
                prop_oneof![
                    member("id", "1".to_owned()),
                    member("id", r#""a""#.to_owned())
                ],
                member("method", r#""tools/call""#.to_owned()),
                member("params", params),
                weighted(
                    0.05,
                    extra.prop_map(|(name, value)| format!(r#""{name}":{value}"#)),
                ),
            );
            members.prop_map(|(version, id, method, params, extra)| {
                object([version, id, method, params, extra])
            })
        });
        (headers, body).prop_map(|((a, b, c, d, e, f, other), body)| {
            let other = other.map(|(name, value)| (name, value.to_vec()));
            let headers = [a, b, c, d, e, f, other].into_iter().flatten();
            (headers.collect(), body)
        })
    })
}

type Answer = (StatusCode, Option<HeaderValue>, Bytes);

/// One server at the end of both.
struct Roads {
    direct: DirectCalls<Echo>,
    transport: StreamableHttpService<Echo, NeverSessionManager>,
}

impl Roads {
    fn new() -> Self {
        let sessions = Arc::new(NeverSessionManager::default());
        Self {
            direct: DirectCalls::new(Echo, &transport_config()),
            transport: StreamableHttpService::new(|| Ok(Echo), sessions, transport_config()),
        }
    }

    /// The answer of each to a plain call; `None` where it is none.
    async fn answer(&self, headers: &[(&str, &[u8])], body: &str) -> Option<[Answer; 2]> {
        let parts = parts_of("/api/v1/mcp", headers);
        Envelope::parse(body.as_bytes()).ok()?;
        let call = self.direct.recognize(&parts, body.as_bytes())?;
        let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
        let request = http::Request::from_parts(parts.clone(), body);
        let ours = read(self.direct.answer(call, parts).await).await;
        Some([ours, read(self.transport.handle(request).await).await])
    }
}

async fn read(response: http::Response<impl http_body::Body<Data = Bytes>>) -> Answer {
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else {
        panic!("an answer breaks off");
    };
    let content_type = parts.headers.get(header::CONTENT_TYPE).cloned();
    (parts.status, content_type, body.to_bytes())
}

#[test]
fn what_is_known_the_transport_would_answer_the_same() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let roads = Roads::new();
    let known = Cell::new(0);
    let mut runner = TestRunner::new_with_rng(
        Runner {
            cases: 4_000,
            failure_persistence: None,
            ..Runner::default()
        },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let compared = runner.run(&message(), |(headers, body)| {
        let headers: Vec<(&str, &[u8])> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_slice()))
            .collect();
        if let Some([ours, its]) = runtime.block_on(roads.answer(&headers, &body)) {
            known.set(known.get() + 1);
            prop_assert_eq!(ours, its);
        }
        Ok(())
    });
    compared.unwrap();
    let known = known.get();
    assert!(known > 400, "{known} of 4000 are known");
}

/// In other words, since a server that asks whoever cannot be asked has a fault of its own.
#[tokio::test]
async fn a_question_before_2026_is_refused_on_both_roads() {
    let roads = Roads::new();
    for version in ProtocolVersion::KNOWN_VERSIONS {
        let (mut headers, mut body) = plain(version.as_str());
        headers.retain(|(name, _)| *name != "mcp-name");
        headers.push(("mcp-name", b"asks_anyone"));
        body["params"]["name"] = json!("asks_anyone");
        let answers = roads.answer(&headers, &body.to_string()).await.unwrap();
        let expected = match version.has_initialize() {
            true => json!(ErrorCode::INVALID_REQUEST),
            false => json!(null),
        };
        for (status, _, body) in answers {
            let body: Value = serde_json::from_slice(&body).unwrap();
            let seen = (status, &body["error"]["code"]);
            assert_eq!(seen, (StatusCode::OK, &expected), "{version}: {body}");
        }
    }
}
