//! Two OpenAPI documents: their operations, where they are served, and how a client signs in.

use serde_json::Value;

use super::findings::{Findings, Names, elements, member, member_names, text};
use super::operation;
use super::rule::{DOCUMENT_MEMBERS, Rule};
use super::schema::Schemas;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

pub(super) fn compare(findings: &mut Findings, before: &Value, after: &Value) {
    let mut schemas = Schemas::new(findings, "", [before, after]);
    let paths = [before, after].map(|document| member(document, "paths"));
    for path in member_names(paths) {
        let items = paths.map(|paths| member(paths, path));
        for method in METHODS {
            let place = format!("{} {path}", method.to_uppercase());
            match items.map(|item| item.get(method)) {
                [None, None] => {}
                [None, Some(new)] => appear(schemas.findings(), &place, new),
                [Some(old), None] => vanish(schemas.findings(), &place, old),
                [Some(old), Some(new)] => {
                    operation::compare(&mut schemas, [before, after], &place, [old, new]);
                }
            }
        }
        schemas.findings().rest(path, items, &METHODS);
    }
    compare_servers(findings, before, after);
    compare_schemes(findings, before, after);
    findings.rest(
        "document",
        [before, after],
        &["paths", "servers", "components"],
    );
}

fn appear(findings: &mut Findings, place: &str, operation: &Value) {
    let rule = Rule::read(operation, &DOCUMENT_MEMBERS);
    match rule.admits_anyone() {
        true => findings.widens(place, format!("new operation for {}", rule.describe())),
        false => findings.harmless(place, "new operation that admits nobody"),
    }
}

fn vanish(findings: &mut Findings, place: &str, operation: &Value) {
    let rule = Rule::read(operation, &DOCUMENT_MEMBERS);
    if rule.admits_anyone() {
        findings.narrows(place, format!("removed operation for {}", rule.describe()));
    }
    findings.breaks(place, "removed operation");
}

fn compare_servers(findings: &mut Findings, before: &Value, after: &Value) {
    let [old, new] = [before, after].map(|document| elements(document, "servers"));
    let place = "servers";
    let [before, after] =
        [old, new].map(|list| list.iter().map(|it| text(it, "url")).collect::<Vec<_>>());
    let urls = Names::compare(before, after);
    let is_same = urls.gone.is_empty() && urls.new.is_empty();
    for url in urls.gone {
        findings.breaks(place, format!("{url} is gone"));
    }
    for url in urls.new {
        findings.harmless(place, format!("{url} is new"));
    }
    if is_same && old != new {
        findings.harmless(place, "described otherwise");
    }
}

fn compare_schemes(findings: &mut Findings, before: &Value, after: &Value) {
    let schemes =
        [before, after].map(|document| member(member(document, "components"), "securitySchemes"));
    for name in member_names(schemes) {
        let place = format!("sign-in {name}");
        match schemes.map(|list| list.get(name)) {
            [None, _] => findings.harmless(&place, "new way to sign in"),
            [Some(_), None] => findings.breaks(&place, "removed"),
            [Some(old), Some(new)] => {
                compare_scheme(findings, &place, [old, new]);
            }
        }
    }
}

/// A client that is built for the old way in cannot use a new one; only scopes and words may be added.
fn compare_scheme(findings: &mut Findings, place: &str, sides: [&Value; 2]) {
    let flows = sides.map(|scheme| member(scheme, "flows"));
    for name in member_names(flows) {
        let pair = flows.map(|flows| member(flows, name));
        for part in member_names(pair)
            .into_iter()
            .filter(|part| *part != "scopes")
        {
            if pair[0].get(part) != pair[1].get(part) {
                findings.breaks(place, format!("`{part}` changed"));
            }
        }
        let [old, new] = pair.map(|flow| member_names([member(flow, "scopes"), &Value::Null]));
        let scopes = Names::compare(old, new);
        for scope in scopes.gone {
            findings.breaks(place, format!("the scope {scope} is gone"));
        }
        for scope in scopes.new {
            findings.harmless(place, format!("the scope {scope} is new"));
        }
    }
    for part in member_names(sides)
        .into_iter()
        .filter(|part| *part != "flows")
    {
        match (sides[0].get(part) == sides[1].get(part), part) {
            (true, _) => {}
            (false, "description") => findings.harmless(place, "`description` changed"),
            (false, part) => findings.breaks(place, format!("`{part}` changed")),
        }
    }
}
