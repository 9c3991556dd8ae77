//! Two lists of MCP resources, and two of prompts: what a client reads by, what it gets, and what it must give.

use serde_json::Value;

use super::findings::{Findings, elements, member, pair_by, text};

const RESOURCE_COMPARED: [&str; 3] = ["uri", "media_type", "listed_by"];
const PROMPT_COMPARED: [&str; 2] = ["name", "arguments"];
const ARGUMENT_COMPARED: [&str; 2] = ["name", "required"];

pub(super) fn compare_resources(findings: &mut Findings, before: &Value, after: &Value) {
    findings.offered("resource", "uri", [before, after], compare_resource);
}

fn compare_resource(findings: &mut Findings, place: &str, sides: [&Value; 2]) {
    let [before, after] = sides.map(|resource| text(resource, "media_type"));
    if before != after {
        findings.breaks(place, format!("is `{after}` now instead of `{before}`"));
    }
    match sides.map(|resource| text(resource, "listed_by")) {
        [before, after] if before == after => {}
        ["", after] => findings.harmless(place, format!("is listed by `{after}` now")),
        [before, ""] => findings.breaks(place, format!("is no longer listed by `{before}`")),
        [before, after] => {
            findings.harmless(
                place,
                format!("is listed by `{after}` instead of `{before}`"),
            );
        }
    }
    findings.rest(place, sides, &RESOURCE_COMPARED);
}

pub(super) fn compare_prompts(findings: &mut Findings, before: &Value, after: &Value) {
    findings.offered(
        "prompt",
        "name",
        [before, after],
        |findings, place, sides| {
            compare_arguments(findings, place, sides);
            findings.rest(place, sides, &PROMPT_COMPARED);
        },
    );
}

fn compare_arguments(findings: &mut Findings, place: &str, sides: [&Value; 2]) {
    let [old, new] = sides.map(|prompt| elements(prompt, "arguments"));
    let is_required = |argument: &Value| *member(argument, "required") == true;
    for (name, old, new) in pair_by(old, new, |argument| text(argument, "name").to_owned()) {
        match (old, new) {
            (None, Some(new)) if is_required(new) => {
                findings.breaks(place, format!("asks for a new argument `{name}`"));
            }
            (None, Some(_)) => findings.harmless(place, format!("takes a new argument `{name}`")),
            (Some(_), None) => findings.breaks(place, format!("no longer takes `{name}`")),
            (Some(old), Some(new)) => {
                match (is_required(old), is_required(new)) {
                    (false, true) => findings.breaks(place, format!("`{name}` is required now")),
                    (true, false) => findings.harmless(place, format!("`{name}` is optional now")),
                    (true, true) | (false, false) => {}
                }
                let place = format!("{place}: `{name}`");
                findings.rest(&place, [old, new], &ARGUMENT_COMPARED);
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::drift::{Description, Effect, compare};

    fn said(
        description: Description,
        before: &serde_json::Value,
        after: &serde_json::Value,
    ) -> Vec<String> {
        let differences = compare(description, before, after);
        differences.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_no_longer_can_be_read_breaks_clients() {
        let resource = |uri: &str, media_type: &str, listed_by: Option<&str>| json!({"uri": uri, "title": "x", "media_type": media_type, "listed_by": listed_by});
        let before = json!([
            resource("d://a/{id}", "text/plain", Some("list")),
            resource("d://b", "text/plain", None),
            resource("d://c", "text/plain", None),
            resource("d://e", "text/plain", Some("list")),
        ]);
        let after = json!([
            resource("d://a/{id}", "text/plain", None),
            resource("d://b", "text/html", Some("list")),
            resource("d://d", "text/plain", None),
            resource("d://e", "text/plain", Some("list_all")),
        ]);
        assert_eq!(
            said(Description::Resources, &before, &after),
            [
                "breaks clients: resource d://a/{id}: is no longer listed by `list`",
                "breaks clients: resource d://b: is `text/html` now instead of `text/plain`",
                "breaks clients: resource d://c: removed resource",
                "harmless: resource d://b: is listed by `list` now",
                "harmless: resource d://e: is listed by `list_all` instead of `list`",
                "harmless: resource d://d: new resource",
            ]
        );
        assert!(compare(Description::Resources, &before, &before).is_empty());
    }

    #[test]
    fn what_a_prompt_asks_for_newly_breaks_clients() {
        let argument = |name: &str, required: bool| json!({"name": name, "required": required});
        let prompt = |name: &str, arguments: serde_json::Value| json!({"name": name, "title": "x", "arguments": arguments});
        let before = json!([
            prompt(
                "p",
                json!([
                    argument("a", false),
                    argument("b", true),
                    argument("c", true)
                ])
            ),
            prompt("q", json!([])),
        ]);
        let after = json!([
            prompt(
                "p",
                json!([
                    argument("a", true),
                    argument("b", false),
                    argument("d", true),
                    argument("e", false),
                ])
            ),
            prompt("r", json!([])),
        ]);
        assert_eq!(
            said(Description::Prompts, &before, &after),
            [
                "breaks clients: prompt p: `a` is required now",
                "breaks clients: prompt p: no longer takes `c`",
                "breaks clients: prompt p: asks for a new argument `d`",
                "breaks clients: prompt q: removed prompt",
                "harmless: prompt p: `b` is optional now",
                "harmless: prompt p: takes a new argument `e`",
                "harmless: prompt r: new prompt",
            ]
        );
    }

    #[test]
    fn words_alone_are_harmless() {
        let prompt = |title: &str| json!([{"name": "p", "title": title, "arguments": []}]);
        let differences = compare(Description::Prompts, &prompt("x"), &prompt("y"));
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].effect, Effect::Harmless);
    }
}
