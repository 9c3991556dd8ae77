//! What is known at sight.

mod comparison;

use serde_json::{Value, json};

use super::*;
use comparison::Echo;

fn transport_config() -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(["api.example", "[::1]", "desk.example:8443"])
        .with_allowed_origins(["https://desk.example:8443"])
        .enforce_origin_validation()
}

fn parts_of(uri: &str, headers: &[(&str, &[u8])]) -> Parts {
    let request = http::Request::post(uri);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(()).unwrap().into_parts().0
}

fn plain(version: &str) -> (Vec<(&str, &[u8])>, Value) {
    let headers: Vec<(&str, &[u8])> = vec![
        ("host", b"api.example"),
        ("accept", b"application/json, text/event-stream"),
        ("content-type", b"application/json"),
        ("mcp-protocol-version", version.as_bytes()),
        ("mcp-method", b"tools/call"),
        ("mcp-name", b"get_note"),
    ];
    let meta = match version {
        "2026-07-28" => {
            json!({META_VERSION: version, "io.modelcontextprotocol/clientCapabilities": {}})
        }
        _ => json!({"traceparent": "00-a-b-01"}),
    };
    let params = json!({"name": "get_note", "arguments": {"id": "a"}, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    (headers, body)
}

fn is_known(uri: &str, headers: &[(&str, &[u8])], body: &Value) -> bool {
    let direct = DirectCalls::new(Echo, &transport_config());
    let body = body.to_string();
    let parts = parts_of(uri, headers);
    direct.recognize(&parts, body.as_bytes()).is_some()
}

#[test]
fn a_plain_call_of_each_version_is_known() {
    for version in ProtocolVersion::KNOWN_VERSIONS {
        let (headers, body) = plain(version.as_str());
        assert!(is_known("/api/v1/mcp", &headers, &body), "{version}");
    }
}

#[test]
fn a_host_is_known_in_one_spelling() {
    let table = [
        ("api.example", true),
        ("api.example:443", true),
        ("[::1]:8080", true),
        ("desk.example:8443", true),
        ("desk.example", false),
        ("desk.example:443", false),
        ("desk.example:8443:1", false),
        ("api.example:443:1", false),
        ("api.example:", false),
        ("api.example:70000", false),
        ("api.example.evil.example", false),
        ("api.example@evil.example", false),
        ("evil.example@api.example:1", false),
        ("API.example", false),
        ("evil.example", false),
        ("", false),
    ];
    for (host, expected) in table {
        let (mut headers, body) = plain("2025-11-25");
        headers[0].1 = host.as_bytes();
        assert_eq!(is_known("/", &headers, &body), expected, "{host}");
    }
}

#[test]
fn an_absolute_address_is_left_to_the_transport() {
    let (headers, body) = plain("2025-11-25");
    assert!(!is_known("http://api.example/api/v1/mcp", &headers, &body));
}

#[test]
fn a_page_is_left_to_the_transport_whichever_its_origin() {
    for origin in [
        "https://desk.example:8443",
        "https://evil.example",
        "null",
        "",
    ] {
        let (mut headers, body) = plain("2025-11-25");
        headers.push(("origin", origin.as_bytes()));
        assert!(!is_known("/", &headers, &body), "{origin}");
    }
}

#[test]
fn whoever_wants_progress_is_left_to_the_transport() {
    for token in [json!(1), json!("a"), json!(null), json!({})] {
        let (headers, mut body) = plain("2025-11-25");
        body["params"]["_meta"][META_PROGRESS] = token;
        assert!(!is_known("/", &headers, &body));
    }
}

#[test]
#[should_panic(expected = "answered otherwise than by the transport")]
fn a_transport_with_sessions_has_no_plain_calls() {
    DirectCalls::new(Echo, &transport_config().with_legacy_session_mode(true));
}

#[test]
fn what_is_looked_for_in_a_message_is_what_rmcp_requires() {
    let (_, body) = plain("2026-07-28");
    let meta = body["params"]["_meta"].as_object().unwrap();
    for required in RequestMetaObject::DRAFT_REQUIRED_KEYS {
        let mut meta = meta.clone();
        assert!(meta.remove(required).is_some(), "{required} is new");
        let (headers, mut body) = plain("2026-07-28");
        body["params"]["_meta"] = Value::Object(meta);
        assert!(!is_known("/", &headers, &body), "{required}");
    }
}
