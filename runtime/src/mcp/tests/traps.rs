//! Messages that two readers would take for different ones: a gateway or the front for a harmless one, the tool behind
//! them for another. Each falls to the strict side: an error in the terms of the protocol, and nothing has run.

use serde_json::{Value, json};

use super::desk::{Answer, Desk, read};

/// What a message that must not run is answered with.
const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;

/// A call that runs, in pieces that the rows below replace. `{}` is where a row writes.
const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_note","arguments":{"id":"a"}}}"#;

async fn send(desk: &Desk, caller: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = desk
        .post(caller)
        .header("mcp-protocol-version", "2025-11-25");
    read(request.body(body)).await
}

#[track_caller]
fn assert_strict(row: &str, answer: &Answer, code: i64) {
    assert!(matches!(answer.status, 200 | 400), "{row}: {answer:?}");
    assert_eq!(answer.body["error"]["code"], code, "{row}: {answer:?}");
    assert_eq!(answer.body.get("result"), None, "{row}: {answer:?}");
}

#[tokio::test]
async fn the_call_that_the_traps_are_made_of_runs() {
    let desk = Desk::start().await;
    for body in [
        CALL.to_owned(),
        format!(" \t\r\n{CALL}\n"),
        CALL.replace("name", r"n\u0061me"),
        CALL.replace("get_note", r"g\u0065t_note"),
        CALL.replace("tools/call", r"tools\/call"),
    ] {
        let answer = send(&desk, "viewer", body.clone()).await;
        let content = &answer.body["result"]["structuredContent"];
        assert_eq!(content["text"], "a", "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_member_that_stands_twice_is_refused_wherever_it_stands() {
    let desk = Desk::start().await;
    let rows = [
        (
            "jsonrpc",
            r#""jsonrpc":"2.0""#,
            r#""jsonrpc":"2.0","jsonrpc":"2.0""#,
        ),
        ("id", r#""id":1"#, r#""id":1,"id":2"#),
        ("id, escaped", r#""id":1"#, r#""id":1,"\u0069d":1"#),
        (
            "method",
            r#""method":"tools/call""#,
            r#""method":"tools/list","method":"tools/call""#,
        ),
        (
            "method, escaped",
            r#""method":"tools/call""#,
            r#""m\u0065thod":"ping","method":"tools/call""#,
        ),
        (
            "name",
            r#""name":"get_note""#,
            r#""name":"get_note","name":"put_note""#,
        ),
        (
            "name, escaped",
            r#""name":"get_note""#,
            r#""name":"get_note","n\u0061me":"put_note""#,
        ),
        (
            "params",
            r#""params":{"#,
            r#""params":{"name":"list_notes"},"params":{"#,
        ),
        (
            "arguments",
            r#""arguments":{"id":"a"}"#,
            r#""arguments":{"id":"a"},"arguments":{"id":"b"}"#,
        ),
        ("an argument", r#"{"id":"a"}"#, r#"{"id":"a","id":"b"}"#),
        (
            "an argument, escaped",
            r#"{"id":"a"}"#,
            r#"{"id":"a","i\u0064":"b"}"#,
        ),
        (
            "deep in an argument",
            r#"{"id":"a"}"#,
            r#"{"id":"a","x":[{"y":{"z":1,"z":2}}]}"#,
        ),
        (
            "_meta",
            r#""name":"get_note""#,
            r#""_meta":{},"_meta":{},"name":"get_note""#,
        ),
        (
            "in _meta",
            r#""name":"get_note""#,
            r#""_meta":{"progressToken":1,"progressToken":2},"name":"get_note""#,
        ),
    ];
    for (row, piece, trap) in rows {
        let body = CALL.replacen(piece, trap, 1);
        assert_ne!(body, CALL, "{row} is no trap");
        assert_strict(row, &send(&desk, "viewer", body).await, INVALID_REQUEST);
    }
}

/// serde_json reads an object with one of these names as the text behind it.
#[tokio::test]
async fn the_private_names_of_the_json_library_mean_nothing() {
    let desk = Desk::start().await;
    for token in ["RawValue", "Number", "Anything"] {
        for name in [
            format!("$serde_json::private::{token}"),
            format!(r"\u0024serde_json::private::{token}"),
        ] {
            let behind = |text: &str| format!(r#"{{"{name}":{}}}"#, json!(text));
            let rows = [
                (r#""get_note""#, behind(r#""get_note""#)),
                (r#"{"id":"a"}"#, behind(r#"{"id":"x","id":"a"}"#)),
                (r#""a""#, behind(r#""a""#)),
                (r#""id":1"#, format!(r#""id":{}"#, behind("1"))),
                (r#""tools/call""#, behind(r#""tools/call""#)),
                (
                    r#"{"name":"get_note","arguments":{"id":"a"}}"#,
                    behind(r#"{"name":"get_note","arguments":{"id":"a"}}"#),
                ),
                (CALL, behind(CALL)),
            ];
            for (piece, trap) in rows {
                let body = CALL.replacen(piece, &trap, 1);
                assert_ne!(body, CALL, "{trap} is no trap");
                assert_strict(
                    &body,
                    &send(&desk, "viewer", body.clone()).await,
                    INVALID_REQUEST,
                );
            }
        }
    }
}

#[tokio::test]
async fn a_batch_is_refused_whatever_is_in_it() {
    let desk = Desk::start().await;
    for body in [
        "[]".to_owned(),
        format!("[{CALL}]"),
        format!("[{CALL},{CALL}]"),
        format!("[[{CALL}]]"),
        format!("  [\n{CALL}]"),
        r#"["2.0",1,"tools/call",{"name":"get_note"}]"#.to_owned(),
    ] {
        assert_strict(
            &body,
            &send(&desk, "viewer", body.clone()).await,
            INVALID_REQUEST,
        );
    }
}

#[tokio::test]
async fn what_is_not_one_json_value_in_utf_8_is_refused() {
    let desk = Desk::start().await;
    let bytes = |text: &str| text.as_bytes().to_vec();
    let within = |trap: &[u8]| [&bytes(r#"{"x":"#)[..], trap, &bytes("}")[..]].concat();
    let utf_16 = CALL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let rows: Vec<(&str, Vec<u8>)> = vec![
        (
            "a byte order mark",
            [b"\xEF\xBB\xBF", CALL.as_bytes()].concat(),
        ),
        ("UTF-16", utf_16),
        ("a byte that is no UTF-8", within(b"\"\xff\"")),
        ("an overlong slash", within(b"\"\xc0\xaf\"")),
        ("a surrogate in UTF-8", within(b"\"\xed\xa0\x80\"")),
        (
            "a lone surrogate",
            bytes(&CALL.replace(r#""a""#, r#""\ud800""#)),
        ),
        (
            "a lone surrogate in a name",
            bytes(&CALL.replace(r#""id":"a""#, r#""id\udc00":"a""#)),
        ),
        (
            "surrogates the wrong way round",
            bytes(&CALL.replace(r#""a""#, r#""\udc00\ud800""#)),
        ),
        ("a second message", bytes(&format!("{CALL}{CALL}"))),
        ("a second line", bytes(&format!("{CALL}\n{CALL}\n"))),
        ("a comma behind it", bytes(&format!("{CALL},"))),
        ("a NUL behind it", bytes(&format!("{CALL}\0"))),
        ("a comment", bytes(&format!("{CALL}// and so on"))),
        (
            "a comma too many",
            bytes(&CALL.replace(r#""a"}"#, r#""a",}"#)),
        ),
        ("single quotes", bytes(&CALL.replace('"', "'"))),
        (
            "names without quotes",
            bytes(&CALL.replace(r#""name""#, "name")),
        ),
        (
            "a line feed in a text",
            bytes(&CALL.replace(r#""a""#, "\"a\n\"")),
        ),
        ("not a number", bytes(&CALL.replace(r#""a""#, "NaN"))),
        ("infinity", bytes(&CALL.replace(r#""a""#, "-Infinity"))),
        (
            "a number out of range",
            bytes(&CALL.replace(r#""a""#, "1e999")),
        ),
        (
            "an id out of range",
            bytes(&CALL.replace(r#""id":1"#, r#""id":1e999"#)),
        ),
        (
            "a hexadecimal id",
            bytes(&CALL.replace(r#""id":1"#, r#""id":0x1"#)),
        ),
        (
            "an id with a zero in front",
            bytes(&CALL.replace(r#""id":1"#, r#""id":01"#)),
        ),
        (
            "too deep lists",
            bytes(&CALL.replace(r#""a""#, &("[".repeat(300) + &"]".repeat(300)))),
        ),
        (
            "too deep objects",
            bytes(&CALL.replace(r#""a""#, &(r#"{"a":"#.repeat(300) + "1" + &"}".repeat(300)))),
        ),
    ];
    for (row, body) in rows {
        assert_strict(row, &send(&desk, "viewer", body).await, PARSE_ERROR);
    }
}

#[tokio::test]
async fn an_id_or_a_method_that_is_none_is_refused() {
    let desk = Desk::start().await;
    let rows = [
        (
            r#""id":1"#,
            r#""id":123456789012345678901234567890"#,
            INVALID_REQUEST,
        ),
        (r#""id":1"#, r#""id":1.5"#, INVALID_REQUEST),
        (r#""id":1"#, r#""id":true"#, INVALID_REQUEST),
        (r#""id":1"#, r#""id":[1]"#, INVALID_REQUEST),
        (r#""id":1"#, r#""id":{"id":1}"#, INVALID_REQUEST),
        (r#""tools/call""#, r#"["tools/call"]"#, INVALID_REQUEST),
        (r#""tools/call""#, "null", INVALID_REQUEST),
        (r#""tools/call""#, r#""TOOLS/CALL""#, METHOD_NOT_FOUND),
        (r#""tools/call""#, r#""tools/call ""#, METHOD_NOT_FOUND),
        (r#""tools/call""#, r#""tools/call\u0000""#, METHOD_NOT_FOUND),
        (r#""tools/call""#, r#""tools\u2215call""#, METHOD_NOT_FOUND),
    ];
    for (piece, trap, code) in rows {
        let body = CALL.replacen(piece, trap, 1);
        assert_strict(trap, &send(&desk, "viewer", body).await, code);
    }
}

/// One byte beside a tool's name is another name: nothing is folded, trimmed or decoded twice.
#[tokio::test]
async fn a_name_is_compared_byte_by_byte() {
    let desk = Desk::start().await;
    for name in [
        json!("GET_NOTE"),
        json!(" get_note"),
        json!("get_note "),
        json!("get_note\0"),
        json!("get_note\u{200b}"),
        json!("get\u{ff3f}note"),
        json!("g\u{435}t_note"),
        json!("get%5Fnote"),
        json!("get_note/"),
        json!("../get_note"),
        json!(""),
        json!(["get_note"]),
        json!({"get_note": 1}),
        json!(1),
        json!(true),
        Value::Null,
    ] {
        let body = CALL.replace(r#""get_note""#, &name.to_string());
        let answer = send(&desk, "viewer", body).await;
        assert_strict(&name.to_string(), &answer, INVALID_PARAMS);
    }
}

/// What stands in the headers is a copy for those in between; it chooses nothing.
#[tokio::test]
async fn a_header_cannot_name_another_tool_than_the_body() {
    let desk = Desk::start().await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let call = |name: &str| {
        let params = json!({"name": name, "arguments": {"id": "a"}, "_meta": meta});
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string()
    };
    let rows: [(&str, &[(&str, &str)]); 8] = [
        (
            "get_note",
            &[("mcp-method", "tools/call"), ("mcp-name", "list_notes")],
        ),
        (
            "get_note",
            &[("mcp-method", "tools/call"), ("mcp-name", "GET_NOTE")],
        ),
        (
            "get_note",
            &[("mcp-method", "tools/list"), ("mcp-name", "get_note")],
        ),
        ("get_note", &[("mcp-name", "get_note")]),
        ("get_note", &[("mcp-method", "tools/call")]),
        (
            "get_note",
            &[
                ("mcp-method", "tools/call"),
                ("mcp-name", "get_note"),
                ("mcp-name", "put_note"),
            ],
        ),
        (
            "get_note",
            &[
                ("mcp-method", "tools/call"),
                ("mcp-method", "tools/list"),
                ("mcp-name", "get_note"),
            ],
        ),
        (
            "put_note",
            &[("mcp-method", "tools/call"), ("mcp-name", "get_note")],
        ),
    ];
    for (name, headers) in rows {
        let request = desk
            .post("viewer")
            .header("mcp-protocol-version", "2026-07-28");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let answer = read(request.body(call(name))).await;
        assert_eq!(answer.status, 400, "{name}: {headers:?}: {answer:?}");
        assert_eq!(answer.body.get("result"), None, "{headers:?}: {answer:?}");
    }
}

/// No argument is mirrored in a header, so that one which says it is one tells of no tool whether it exists.
#[tokio::test]
async fn an_argument_in_a_header_changes_no_answer() {
    let desk = Desk::start().await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    for (name, is_there) in [
        ("get_note", true),
        ("delete_note", false),
        ("no_such_tool", false),
    ] {
        let params = json!({"name": name, "arguments": {"id": "a"}, "_meta": meta});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let request = || {
            desk.post("viewer")
                .header("mcp-protocol-version", "2026-07-28")
                .header("mcp-method", "tools/call")
                .header("mcp-name", name)
                .body(call.to_string())
        };
        let plain = read(request()).await;
        assert_eq!(plain.body.get("result").is_some(), is_there, "{plain:?}");
        let mirrored = read(request().header("mcp-param-id", "b")).await;
        assert_eq!(
            (mirrored.status, mirrored.body),
            (plain.status, plain.body),
            "{name}"
        );
    }
}
