//! Two lists of MCP tools: what a call must give, what it gets back, and what the hints promise.

use serde_json::Value;

use super::findings::{Findings, member};
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
    findings.offered("tool", "name", [before, after], compare_tool);
}

fn compare_tool(findings: &mut Findings, place: &str, [old, new]: [&Value; 2]) {
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
        match (
            before == after,
            before == Some(promise),
            after == Some(promise),
        ) {
            (true, _, _) => {}
            (false, true, _) => findings.breaks(place, format!("is no longer `{name}: {promise}`")),
            (false, false, true) => findings.harmless(place, format!("is now `{name}: {promise}`")),
            (false, false, false) => {
                findings.harmless(
                    place,
                    format!("is not `{name}: {promise}`, which it did not say"),
                );
            }
        }
    }
    findings.rest(place, [old, new], &COMPARED);
}
