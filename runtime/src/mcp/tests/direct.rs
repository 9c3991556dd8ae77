//! A plain call is answered without rmcp's transport. Whether it is or not, its client sees the same: each message here is
//! sent as it is, and again with the service's own origin, which only the transport judges.

use serde_json::{Value, json};

use super::desk::{Desk, read};
use super::settings::config;

const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A message that is not sent yet.
#[derive(Clone)]
struct Draft {
    caller: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Value,
}

/// One way to spoil a message, or to say the same otherwise.
type Change = (&'static str, fn(&mut Draft));

impl Draft {
    fn of_2025(desk: &Desk) -> Self {
        let params = json!({"name": "get_note", "arguments": {"id": "a"}, "_meta": {}});
        let headers = [
            ("host", desk.address.to_string()),
            ("accept", "application/json, text/event-stream".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("mcp-protocol-version", "2025-11-25".to_owned()),
        ];
        Self {
            caller: "viewer",
            headers: headers.into(),
            body: json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}),
        }
    }

    fn of_2026(desk: &Desk) -> Self {
        let mut draft = Self::of_2025(desk);
        draft.set("mcp-protocol-version", "2026-07-28");
        draft.set("mcp-method", "tools/call");
        draft.set("mcp-name", "get_note");
        draft.body["params"]["_meta"] = json!({
            META_VERSION: "2026-07-28",
            META_CAPABILITIES: {"elicitation": {}},
        });
        draft
    }

    fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| *known != name);
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.remove(name);
        self.add(name, value);
    }

    fn add(&mut self, name: &'static str, value: &str) {
        self.headers.push((name, value.to_owned()));
    }

    fn name(&mut self, tool: &str, arguments: Value) {
        if self.headers.iter().any(|(name, _)| *name == "mcp-name") {
            self.set("mcp-name", tool);
        }
        self.body["params"]["name"] = json!(tool);
        self.body["params"]["arguments"] = arguments;
    }

    fn meta(&mut self, name: &str, value: Value) {
        let meta = &mut self.body["params"]["_meta"];
        if !meta.is_object() {
            *meta = json!({});
        }
        meta[name] = value;
    }

    /// Status, what the headers say about the body, and the body.
    async fn send(&self, desk: &Desk, origin: Option<&str>) -> (u16, Vec<String>, Value) {
        let mut request = desk.bare_post(self.caller).body(self.body.to_string());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = read(request).await;
        let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
        let mut headers: Vec<_> = headers.map(|it| format!("{it:?}")).collect();
        headers.sort();
        (answer.status, headers, answer.body)
    }
}

/// What leaves a call a plain one in one era at least, whatever becomes of it.
const SPELLINGS: &[Change] = &[
    ("nothing", |_| {}),
    ("no caller", |it| it.caller = "nobody"),
    ("a caller without scope", |it| {
        it.caller = "viewer without scope"
    }),
    ("an application", |it| it.caller = "application"),
    ("host: no port", |it| it.set("host", "localhost")),
    ("host: another port", |it| it.set("host", "127.0.0.1:1")),
    ("version: older", |it| {
        it.set("mcp-protocol-version", "2025-06-18")
    }),
    ("version: oldest", |it| {
        it.set("mcp-protocol-version", "2024-11-05")
    }),
    ("mcp-param", |it| it.set("mcp-param-id", "b")),
    ("session", |it| it.set("mcp-session-id", "a")),
    ("id: text", |it| it.body["id"] = json!("a\u{202e}")),
    ("id: negative", |it| it.body["id"] = json!(-1)),
    ("params: more", |it| {
        it.body["params"]["task"] = json!({"ttl": 1})
    }),
    ("name: unknown", |it| it.name("nothing", json!({}))),
    ("name: hidden", |it| {
        it.name("delete_note", json!({"id": "a"}))
    }),
    ("name: confirmed", |it| {
        it.caller = "analyst";
        it.name("delete_note", json!({"id": "a"}));
    }),
    ("name: no object", |it| {
        it.name("list_notes", json!({"limit": 3}))
    }),
    ("arguments: null", |it| {
        it.body["params"]["arguments"] = Value::Null
    }),
    ("arguments: wrong", |it| {
        it.body["params"]["arguments"] = json!({"id": 1})
    }),
    ("meta: none", |it| {
        if let Some(params) = it.body["params"].as_object_mut() {
            params.remove("_meta");
        }
    }),
    ("an answer to no question", |it| {
        it.body["params"]["requestState"] = json!("a");
        it.body["params"]["inputResponses"] = json!({"confirm": {"action": "accept"}});
    }),
];

/// What makes it another message, or none.
const FAULTS: &[Change] = &[
    ("accept: none", |it| it.remove("accept")),
    ("accept: json", |it| it.set("accept", "application/json")),
    ("accept: any", |it| it.set("accept", "*/*")),
    ("accept: two headers", |it| {
        it.set("accept", "application/json");
        it.add("accept", "text/event-stream");
    }),
    ("accept: q=0", |it| {
        it.set("accept", "application/json;q=0, text/event-stream")
    }),
    ("accept: quoted", |it| {
        it.set(
            "accept",
            r#"a;b="x, application/json, text/event-stream, y""#,
        );
    }),
    ("content-type: none", |it| it.remove("content-type")),
    ("content-type: text", |it| {
        it.set("content-type", "text/plain")
    }),
    ("content-type: charset", |it| {
        it.set("content-type", "application/json; charset=utf-8");
    }),
    ("content-type: twice", |it| {
        it.add("content-type", "text/plain")
    }),
    ("host: another", |it| it.set("host", "evil.example")),
    ("host: user", |it| it.set("host", "127.0.0.1@evil.example")),
    ("host: longer", |it| {
        it.set("host", "localhost.evil.example")
    }),
    ("host: odd port", |it| it.set("host", "localhost:99999")),
    ("host: two ports", |it| it.set("host", "127.0.0.1:1:1")),
    ("host: twice", |it| it.add("host", "evil.example")),
    ("version: none", |it| it.remove("mcp-protocol-version")),
    ("version: unknown", |it| {
        it.set("mcp-protocol-version", "2031-01-01")
    }),
    ("version: newer", |it| {
        it.set("mcp-protocol-version", "2026-07-28")
    }),
    ("version: twice", |it| {
        it.add("mcp-protocol-version", "2025-03-26")
    }),
    ("mcp-method: none", |it| it.remove("mcp-method")),
    ("mcp-method: another", |it| {
        it.set("mcp-method", "tools/list")
    }),
    ("mcp-method: twice", |it| it.add("mcp-method", "tools/list")),
    ("mcp-name: none", |it| it.remove("mcp-name")),
    ("mcp-name: another", |it| it.set("mcp-name", "list_notes")),
    ("mcp-name: twice", |it| it.add("mcp-name", "list_notes")),
    ("mcp-name: base64", |it| {
        it.set("mcp-name", "=?base64?Z2V0X25vdGU=?=")
    }),
    ("jsonrpc: none", |it| it.body["jsonrpc"] = Value::Null),
    ("jsonrpc: 1.0", |it| it.body["jsonrpc"] = json!("1.0")),
    ("id: none", |it| {
        it.body.as_object_mut().unwrap().remove("id");
    }),
    ("id: null", |it| it.body["id"] = Value::Null),
    ("id: broken", |it| it.body["id"] = json!(1.5)),
    ("id: huge", |it| it.body["id"] = json!(u64::MAX)),
    ("id: list", |it| it.body["id"] = json!([1])),
    ("method: a list", |it| {
        it.body["method"] = json!("tools/list")
    }),
    ("method: unknown", |it| {
        it.body["method"] = json!("tools/call ")
    }),
    ("a result beside", |it| it.body["result"] = json!({})),
    ("a member beside", |it| it.body["more"] = json!(1)),
    ("params: none", |it| it.body["params"] = Value::Null),
    ("name: number", |it| it.body["params"]["name"] = json!(1)),
    ("arguments: list", |it| {
        it.body["params"]["arguments"] = json!(["a"])
    }),
    ("meta: null", |it| it.body["params"]["_meta"] = Value::Null),
    ("meta: list", |it| it.body["params"]["_meta"] = json!([])),
    ("meta: progress", |it| it.meta("progressToken", json!("a"))),
    ("meta: another version", |it| {
        it.meta(META_VERSION, json!("2025-11-25"))
    }),
    ("meta: unknown version", |it| {
        it.meta(META_VERSION, json!("2031-01-01"))
    }),
    ("meta: version is a number", |it| {
        it.meta(META_VERSION, json!(1))
    }),
    ("meta: odd capabilities", |it| {
        it.meta(META_CAPABILITIES, json!("all"))
    }),
    ("answers that are none", |it| {
        it.body["params"]["inputResponses"] = json!([])
    }),
];

/// The question of a destructive call is sealed anew each time.
fn without_seal(mut body: Value) -> Value {
    if let Some(state) = body.pointer_mut("/result/requestState") {
        *state = Value::Null;
    }
    body
}

#[tokio::test]
async fn a_call_is_answered_alike_with_and_without_the_transport() {
    let desk = Desk::start_with(config()).await;
    let origin = format!("http://{}", desk.address);
    for base in [Draft::of_2025(&desk), Draft::of_2026(&desk)] {
        for (one, change) in SPELLINGS {
            for (other, change_too) in SPELLINGS.iter().chain(FAULTS) {
                let mut draft = base.clone();
                change(&mut draft);
                change_too(&mut draft);
                let (status, headers, body) = draft.send(&desk, None).await;
                let carried = draft.send(&desk, Some(&origin)).await;
                assert_eq!(
                    (status, headers, without_seal(body)),
                    (carried.0, carried.1, without_seal(carried.2)),
                    "{one}, {other}: {}",
                    draft.body
                );
            }
        }
    }
}
