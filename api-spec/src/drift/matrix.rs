//! Two access matrices: every operation, every kind of caller.
//!
//! A kind of caller that one side does not know, such as that of a new role, is answered there like the callers of its
//! kind that hold no more than it does: rights only ever add.

use std::collections::BTreeSet;

use serde_json::Value;

use super::findings::{Findings, elements, member, pair_by, text, texts};
use super::rule::{self, MATRIX_MEMBERS, Rule};

/// Members that the answers and the rule speak for.
const COMPARED: [&str; 15] = [
    "method",
    "path",
    "operation_id",
    "tool",
    "resource",
    "prompt",
    "access",
    "roles",
    "scopes",
    "applications",
    "context",
    "also",
    "answers",
    "denials",
    "sentence",
];

/// Members that say what an operation is over MCP.
pub(super) const MCP_KINDS: [&str; 3] = ["tool", "resource", "prompt"];

/// Members that say in words what the answers are.
const RULE: [&str; 4] = ["access", "roles", "applications", "sentence"];

pub(super) fn compare(findings: &mut Findings, before: &Value, after: &Value) {
    compare_callers(findings, before, after);
    let operations = pair_by(
        elements(before, "operations"),
        elements(after, "operations"),
        |operation| format!("{} {}", text(operation, "method"), text(operation, "path")),
    );
    for (place, old, new) in operations {
        match (old, new) {
            (None, Some(new)) => appear(findings, &place, after, new),
            (Some(old), None) => vanish(findings, &place, before, old),
            (Some(old), Some(new)) => {
                compare_operation(findings, &place, [before, after], [old, new]);
            }
            (None, None) => {}
        }
    }
}

fn compare_callers(findings: &mut Findings, before: &Value, after: &Value) {
    let callers = pair_by(
        elements(before, "callers"),
        elements(after, "callers"),
        |caller| text(caller, "id").to_owned(),
    );
    for (id, old, new) in callers {
        match (old, new) {
            (None, _) => findings.harmless("callers", format!("`{id}` is a new kind of caller")),
            (_, None) => findings.harmless("callers", format!("`{id}` is gone")),
            (Some(old), Some(new)) if old != new => {
                findings.harmless("callers", format!("`{id}` holds other rights"));
            }
            (Some(_), Some(_)) => {}
        }
    }
}

fn appear(findings: &mut Findings, place: &str, matrix: &Value, operation: &Value) {
    match admitted(matrix, operation) {
        admitted if admitted.is_empty() => {
            findings.harmless(place, "new operation that admits nobody");
        }
        admitted => findings.widens(place, format!("new operation, admits {admitted}")),
    }
}

fn vanish(findings: &mut Findings, place: &str, matrix: &Value, operation: &Value) {
    let admitted = admitted(matrix, operation);
    if !admitted.is_empty() {
        findings.narrows(place, format!("removed operation, admitted {admitted}"));
    }
    findings.breaks(place, "removed operation");
}

fn admitted(matrix: &Value, operation: &Value) -> String {
    let callers = elements(matrix, "callers").iter();
    let admitted = callers.filter(|caller| is_admitted(matrix, operation, caller));
    let ids: Vec<_> = admitted.map(|caller| text(caller, "id")).collect();
    ids.join(", ")
}

fn compare_operation(
    findings: &mut Findings,
    place: &str,
    [before, after]: [&Value; 2],
    [old, new]: [&Value; 2],
) {
    let found_before = findings.len();
    let callers = pair_by(
        elements(before, "callers"),
        elements(after, "callers"),
        |caller| text(caller, "id").to_owned(),
    );
    for (id, in_old, in_new) in callers {
        // What a kind of caller may do is asked with the rights that it has on that side.
        let (Some(then), Some(now)) = (in_old.or(in_new), in_new.or(in_old)) else {
            continue;
        };
        match (is_admitted(before, old, then), is_admitted(after, new, now)) {
            (false, true) => findings.widens(place, format!("`{id}` is admitted now")),
            (true, false) => findings.narrows(place, format!("`{id}` is no longer admitted")),
            (true, true) => {}
            (false, false) => compare_refusals(findings, place, &id, [old, new]),
        }
    }
    let [then, now] = [old, new].map(|operation| Rule::read(operation, &MATRIX_MEMBERS));
    rule::compare_unseen(findings, place, &then, &now);
    let [then, now] = [old, new].map(|operation| text(operation, "operation_id"));
    if then != now {
        findings.breaks(place, format!("the operation id `{then}` is now `{now}`"));
    }
    for kind in MCP_KINDS {
        compare_mcp(
            findings,
            place,
            kind,
            [old, new].map(|operation| text(operation, kind)),
        );
    }
    findings.rest(place, [old, new], &COMPARED);
    let is_worded_otherwise = RULE.iter().any(|name| old.get(name) != new.get(name));
    if findings.len() == found_before && is_worded_otherwise {
        findings.harmless(place, "the same answers, written otherwise");
    }
}

/// Compares what an operation is over MCP: a tool, a resource, a prompt, each by its name or URI template.
pub(super) fn compare_mcp(
    findings: &mut Findings,
    place: &str,
    kind: &str,
    [before, after]: [&str; 2],
) {
    match (before, after) {
        (before, after) if before == after => {}
        ("", after) => findings.harmless(place, format!("is the {kind} `{after}` now")),
        (before, "") => findings.breaks(place, format!("is no longer the {kind} `{before}`")),
        (before, after) => {
            findings.breaks(
                place,
                format!("the {kind} `{before}` is now named `{after}`"),
            );
        }
    }
}

fn compare_refusals(findings: &mut Findings, place: &str, id: &str, sides: [&Value; 2]) {
    let [before, after] = sides.map(|operation| {
        let status = text(member(operation, "answers"), id);
        let denial = text(member(operation, "denials"), id);
        (status, denial)
    });
    let is_known = !before.0.is_empty() && !after.0.is_empty();
    if is_known && before != after {
        let what = format!(
            "`{id}` is refused with {} ({}) instead of {} ({})",
            after.0, after.1, before.0, before.1
        );
        findings.harmless(place, what);
    }
}

/// Says whether a matrix admits a caller to an operation, also one that the matrix has no column for.
fn is_admitted(matrix: &Value, operation: &Value, caller: &Value) -> bool {
    let answers = member(operation, "answers");
    if let Some(answer) = answers.get(text(caller, "id")) {
        return answer == "allow";
    }
    match text(operation, "access") {
        "public" => return true,
        "signed_in" => return text(caller, "kind") != "anonymous",
        _ => {}
    }
    let known = elements(matrix, "callers").iter();
    let mut holding_no_more = known.filter(|known| holds_no_more(known, caller));
    holding_no_more.any(|known| answers.get(text(known, "id")) == Some(&Value::from("allow")))
}

fn holds_no_more(known: &Value, caller: &Value) -> bool {
    let is_subset = |name: &str| {
        let most: BTreeSet<_> = texts(caller, name).into_iter().collect();
        texts(known, name).iter().all(|held| most.contains(held))
    };
    known.get("kind") == caller.get("kind") && is_subset("roles") && is_subset("scopes")
}
