//! One operation of two OpenAPI documents: who may call it, what it takes, what it answers.

use serde_json::{Value, json};

use super::Effect;
use super::findings::{Names, elements, items, member, member_names, pair_by, text};
use super::matrix::{MCP_KINDS, compare_mcp};
use super::rule::{self, DOCUMENT_MEMBERS, Rule};
use super::schema::{Direction, Schemas};

/// Members that the comparisons below read.
const COMPARED: [&str; 14] = [
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "security",
    "x-access",
    "x-roles",
    "x-scopes",
    "x-applications",
    "x-context",
    "x-also",
    "x-mcp-tool",
    "x-mcp-resource",
    "x-mcp-prompt",
];

/// Both documents: where shared parts and requirements are looked up.
pub(super) type Documents<'a> = [&'a Value; 2];

pub(super) fn compare(
    schemas: &mut Schemas<'_>,
    documents: Documents<'_>,
    place: &str,
    sides: [&Value; 2],
) {
    compare_access(schemas, documents, place, sides);
    let [old, new] = sides.map(|operation| text(operation, "operationId"));
    if old != new {
        let what = format!("the operation id `{old}` is now `{new}`");
        schemas.findings().breaks(place, what);
    }
    for kind in MCP_KINDS {
        let names = sides.map(|operation| text(operation, &format!("x-mcp-{kind}")));
        compare_mcp(schemas.findings(), place, kind, names);
    }
    compare_parameters(schemas, documents, place, sides);
    compare_body(schemas, documents, place, sides);
    compare_responses(schemas, documents, place, sides);
    schemas.findings().rest(place, sides, &COMPARED);
}

fn compare_access(
    schemas: &mut Schemas<'_>,
    documents: Documents<'_>,
    place: &str,
    sides: [&Value; 2],
) {
    let found_before = schemas.findings().len();
    let [old, new] = sides.map(|operation| Rule::read(operation, &DOCUMENT_MEMBERS));
    rule::compare(schemas.findings(), place, &old, &new);
    if schemas.findings().len() > found_before {
        return;
    }
    // What clients are told to send, where it changed and the rule did not.
    let [old, new] = [0, 1].map(|side| requirements(documents[side], sides[side]));
    match (old.is_empty(), new.is_empty()) {
        (true, true) => {}
        (true, false) => schemas
            .findings()
            .narrows(place, "asks for a credential now"),
        (false, true) => schemas
            .findings()
            .widens(place, "asks for no credential any more"),
        (false, false) => {
            let [old, new] = [&old, &new].map(|list| list.iter().map(String::as_str));
            let ways = Names::compare(old, new);
            for way in ways.new {
                schemas
                    .findings()
                    .widens(place, format!("also admits by {way}"));
            }
            for way in ways.gone {
                schemas
                    .findings()
                    .narrows(place, format!("no longer admits by {way}"));
            }
        }
    }
}

/// The alternatives that admit a caller; none when nothing is asked for.
fn requirements(document: &Value, operation: &Value) -> Vec<String> {
    let own = operation
        .get("security")
        .or_else(|| document.get("security"));
    let list = own.map_or(&[][..], items);
    match list.contains(&json!({})) {
        true => Vec::new(),
        false => list.iter().map(Value::to_string).collect(),
    }
}

fn compare_parameters(
    schemas: &mut Schemas<'_>,
    documents: Documents<'_>,
    place: &str,
    sides: [&Value; 2],
) {
    let [old, new] = [0, 1].map(|side| {
        let list = elements(sides[side], "parameters").iter();
        list.map(|parameter| deref(documents[side], parameter).clone())
            .collect::<Vec<_>>()
    });
    let name = |parameter: &Value| format!("{} {}", text(parameter, "in"), text(parameter, "name"));
    for (name, old, new) in pair_by(&old, &new, name) {
        let place = format!("{place}: parameter {name}");
        let is_required = |parameter: &Value| member(parameter, "required") == &Value::Bool(true);
        match (old, new) {
            (None, Some(new)) if is_required(new) => {
                schemas.findings().breaks(&place, "new required parameter");
            }
            (None, _) => schemas
                .findings()
                .harmless(&place, "new optional parameter"),
            (Some(_), None) => schemas.findings().breaks(&place, "removed parameter"),
            (Some(old), Some(new)) => {
                compare_required(schemas, &place, [is_required(old), is_required(new)]);
                let pair = [old, new].map(|parameter| member(parameter, "schema"));
                schemas.compare(Direction::Request, &place, pair);
                compare_serialisation(schemas, &place, [old, new]);
                let compared = ["in", "name", "required", "schema", "style", "explode"];
                schemas.findings().rest(&place, [old, new], &compared);
            }
        }
    }
}

fn compare_required(schemas: &mut Schemas<'_>, place: &str, pair: [bool; 2]) {
    match pair {
        [false, true] => schemas.findings().breaks(place, "required now"),
        [true, false] => schemas.findings().harmless(place, "no longer required"),
        [true, true] | [false, false] => {}
    }
}

fn compare_serialisation(schemas: &mut Schemas<'_>, place: &str, sides: [&Value; 2]) {
    for name in ["style", "explode"] {
        let [old, new] = sides.map(|side| member(side, name));
        if old != new {
            schemas
                .findings()
                .breaks(place, format!("`{name}` {old} -> {new}"));
        }
    }
}

fn compare_body(
    schemas: &mut Schemas<'_>,
    documents: Documents<'_>,
    place: &str,
    sides: [&Value; 2],
) {
    let place = format!("{place}: request body");
    let bodies = [0, 1].map(|side| deref(documents[side], member(sides[side], "requestBody")));
    let required = bodies.map(|body| member(body, "required") == &Value::Bool(true));
    match bodies.map(Value::is_null) {
        [true, true] => {}
        [true, false] if required[1] => schemas.findings().breaks(&place, "new required body"),
        [true, false] => schemas.findings().harmless(&place, "new optional body"),
        [false, true] => schemas.findings().breaks(&place, "removed body"),
        [false, false] => {
            compare_required(schemas, &place, required);
            compare_content(schemas, Direction::Request, &place, bodies);
            schemas
                .findings()
                .rest(&place, bodies, &["required", "content"]);
        }
    }
}

fn compare_content(
    schemas: &mut Schemas<'_>,
    direction: Direction,
    place: &str,
    sides: [&Value; 2],
) {
    let [old, new] = sides.map(|side| member(side, "content"));
    for media_type in member_names([old, new]) {
        match (old.get(media_type), new.get(media_type)) {
            (None, _) => schemas
                .findings()
                .harmless(place, format!("new form {media_type}")),
            (_, None) => schemas
                .findings()
                .breaks(place, format!("removed form {media_type}")),
            (Some(old), Some(new)) => {
                let pair = [old, new].map(|content| member(content, "schema"));
                schemas.compare(direction, place, pair);
                schemas.findings().rest(place, [old, new], &["schema"]);
            }
        }
    }
}

fn compare_responses(
    schemas: &mut Schemas<'_>,
    documents: Documents<'_>,
    place: &str,
    sides: [&Value; 2],
) {
    let responses = sides.map(|operation| member(operation, "responses"));
    for status in member_names(responses) {
        let place = format!("{place}: {status}");
        let is_success = status.starts_with('2');
        match responses.map(|list| list.get(status)) {
            [None, _] => schemas.findings().harmless(&place, "new answer"),
            [Some(_), None] if is_success => schemas.findings().breaks(&place, "removed answer"),
            [Some(_), None] => schemas.findings().harmless(&place, "no longer answered"),
            [Some(old), Some(new)] => {
                let place = shared_place("answer", [old, new]).unwrap_or(place);
                let pair = [deref(documents[0], old), deref(documents[1], new)];
                compare_content(schemas, Direction::Response, &place, pair);
                compare_headers(schemas, documents, &place, pair);
                schemas
                    .findings()
                    .rest(&place, pair, &["content", "headers"]);
            }
        }
    }
}

fn compare_headers(
    schemas: &mut Schemas<'_>,
    documents: Documents<'_>,
    place: &str,
    sides: [&Value; 2],
) {
    let headers = sides.map(|response| member(response, "headers"));
    for name in member_names(headers) {
        let place = format!("{place}: header {name}");
        let (effect, what) = match headers.map(|list| list.get(name)) {
            [None, _] => (Effect::Harmless, "new header"),
            [Some(_), None] => (Effect::BreaksClients, "removed header"),
            [Some(old), Some(new)] => {
                let place = shared_place("header", [old, new]).unwrap_or(place);
                let pair = [deref(documents[0], old), deref(documents[1], new)];
                let both = pair.map(|header| member(header, "schema"));
                schemas.compare(Direction::Response, &place, both);
                schemas.findings().rest(&place, pair, &["schema"]);
                continue;
            }
        };
        schemas.findings().add(effect, &place, what);
    }
}

/// The place of a part that several operations share, so that its differences are told once.
fn shared_place(kind: &str, sides: [&Value; 2]) -> Option<String> {
    let [old, new] = sides.map(|side| text(side, "$ref"));
    let name = new.rsplit('/').next()?;
    (old == new && !name.is_empty()).then(|| format!("{kind} {name}"))
}

/// What stands in a place, or what it refers to.
fn deref<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let path = value.get("$ref").and_then(Value::as_str);
    let target = path.and_then(|path| document.pointer(path.strip_prefix('#')?));
    target.unwrap_or(value)
}
