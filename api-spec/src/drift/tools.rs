//! Two lists of MCP tools: what a call must give, what it gets back, and what the hints promise.

use serde_json::Value;

use super::findings::{Findings, items, member, pair_by, text};
use super::schema::{Direction, Schemas};

/// Promises about what a call does: the member, and the value that promises more.
const PROMISES: [(&str, bool); 3] = [
    ("read_only", true),
    ("idempotent", true),
    ("destructive", false),
];

const COMPARED: [&str; 6] = [
    "name",
    "input_schema",
    "output_schema",
    "read_only",
    "idempotent",
    "destructive",
];

pub(super) fn compare(findings: &mut Findings, before: &Value, after: &Value) {
    let [old, new] = [before, after].map(items);
    for (name, old, new) in pair_by(old, new, |tool| text(tool, "name").to_owned()) {
        let place = format!("tool {name}");
        match (old, new) {
            (None, Some(_)) => findings.harmless(&place, "new tool"),
            (Some(_), None) => findings.breaks(&place, "removed tool"),
            (Some(old), Some(new)) => compare_tool(findings, &place, old, new),
            (None, None) => {}
        }
    }
}

fn compare_tool(findings: &mut Findings, place: &str, old: &Value, new: &Value) {
    let [before, after] = [old, new].map(|tool| member(tool, "input_schema"));
    let mut schemas = Schemas::new(findings, place, [before, after]);
    schemas.compare(
        Direction::Request,
        &format!("{place}: input"),
        [before, after],
    );
    let [before, after] = [old, new].map(|tool| member(tool, "output_schema"));
    match (before.is_null(), after.is_null()) {
        (true, true) => {}
        (true, false) => findings.harmless(place, "promises a structured output now"),
        (false, true) => findings.breaks(place, "no longer promises a structured output"),
        (false, false) => {
            let mut schemas = Schemas::new(findings, place, [before, after]);
            schemas.compare(
                Direction::Response,
                &format!("{place}: output"),
                [before, after],
            );
        }
    }
    for (name, promise) in PROMISES {
        let [before, after] = [old, new].map(|tool| member(tool, name).as_bool());
        match (before == after, before == Some(promise)) {
            (true, _) => {}
            (false, true) => findings.breaks(place, format!("is no longer `{name}: {promise}`")),
            (false, false) => findings.harmless(place, format!("is now `{name}: {promise}`")),
        }
    }
    findings.rest(place, [old, new], &COMPARED);
}
