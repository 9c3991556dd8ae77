//! PC09: the names of roles and scopes in the configuration are those the application declares.

use std::collections::BTreeSet;

use portcullis_api_spec::nearest;

use super::{EVERYWHERE, Rule, RuleId};
use crate::config::finding::Finding;
use crate::config::key::Key;
use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::config::value::show_text;

pub(super) const PC09: Rule = Rule {
    id: RuleId::Pc09,
    title: "`auth.roles` or `auth.poc` names an unknown role or scope, or `auth.roles` is empty, or has a wildcard or an Entra value that no token can have",
    why: "A misspelt role gives nobody its rights, and a wildcard would give everybody all of them",
    fix: "use the exact names the application declares",
    environments: EVERYWHERE,
    outcome: "error; warning when a declared role can be obtained by nobody",
    check: check_names,
};

fn check_names(raw: &RawConfig) -> Vec<Finding> {
    let roles: Vec<&str> = raw.vocabulary.roles.iter().map(|role| role.name).collect();
    let scopes: Vec<&str> = raw
        .vocabulary
        .scopes
        .iter()
        .map(|scope| scope.name)
        .collect();
    let mut findings = check_map(raw, &roles);
    findings.extend(check_list(raw, &keys::POC_ROLES, "role", &roles));
    findings.extend(check_list(raw, &keys::POC_SCOPES, "scope", &scopes));
    findings
}

fn check_map(raw: &RawConfig, declared: &[&str]) -> Vec<Finding> {
    let Some(map) = raw.get(&keys::ROLES) else {
        return Vec::new();
    };
    let source = raw.source(&keys::ROLES);
    if map.is_empty() {
        let finding = PC09
            .error("auth.roles is an empty table, so nobody has any role")
            .from(source)
            .fix("leave it out, so that every role is its own Entra value");
        return vec![finding];
    }
    let mut findings = Vec::new();
    for (entra, internal) in &map {
        if entra.contains('*') || internal.contains('*') {
            findings.push(PC09.error("auth.roles has a wildcard").from(source.clone()));
        } else if entra.is_empty() || entra.contains(char::is_whitespace) {
            let what = format!(
                "auth.roles maps \"{}\", and the value of an app role is not empty and has no blanks",
                show_text(entra)
            );
            let fix = "write the value exactly as the app registration in Entra has it";
            findings.push(PC09.error(what).from(source.clone()).fix(fix));
        } else if !declared.contains(&internal.as_str()) {
            findings.push(unknown("auth.roles", "role", internal, declared).from(source.clone()));
        }
    }
    let obtainable: BTreeSet<&str> = map.values().map(String::as_str).collect();
    let lost: Vec<&str> = declared
        .iter()
        .copied()
        .filter(|role| !obtainable.contains(role))
        .collect();
    if !lost.is_empty() {
        let what = format!("auth.roles gives nobody {}", lost.join(", "));
        let fix = "map an Entra app role to each, unless nobody shall hold it here";
        findings.push(PC09.warning(what).from(source.clone()).fix(fix));
    }
    findings
}

fn check_list(
    raw: &RawConfig,
    key: &Key<Vec<String>>,
    noun: &str,
    declared: &[&str],
) -> Vec<Finding> {
    raw.get(key)
        .unwrap_or_default()
        .iter()
        .filter(|name| !declared.contains(&name.as_str()))
        .map(|name| unknown(key.def.name, noun, name, declared).from(raw.source(key)))
        .collect()
}

fn unknown(key: &str, noun: &str, name: &str, declared: &[&str]) -> Finding {
    let shown = show_text(name);
    let finding = PC09.error(format!(
        "{key} names the {noun} \"{shown}\", which is not declared"
    ));
    match nearest(name, declared.iter().copied()) {
        Some(near) => finding.fix(format!("did you mean {near}?")),
        None => finding.fix(format!("use one of {}", declared.join(", "))),
    }
}
