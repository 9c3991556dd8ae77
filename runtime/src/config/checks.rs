//! Checks that have no number: values that are each fine and do not fit together, or not this environment.
//!
//! One small function a rule, over the merged configuration. Keys that are unset or already reported are skipped.

mod downstream;
mod key_vault;
mod microsoft_resources;

use std::net::SocketAddr;

use uuid::Uuid;

use super::finding::{Finding, FindingId};
use super::guardrails::MANY_TENANTS;
use super::key::Key;
use super::keys;
use super::merge::{Outcome, RawConfig, Setting};
use super::otlp;

pub(super) use key_vault::check as check_key_vault;

/// Runs every check.
pub(crate) fn check_all(raw: &RawConfig, findings: &mut Vec<Finding>) {
    findings.extend(check_must_be_set(raw));
    findings.extend(check_public_url(raw));
    findings.extend(check_wildcard_host(raw));
    findings.extend(check_authority_path(raw));
    findings.extend(check_free_ports(raw));
    findings.extend(check_same_port(raw));
    findings.extend(check_key_times(raw));
    findings.extend(check_known_tokens(raw));
    findings.extend(downstream::check(raw));
    findings.extend(check_key_vault(raw));
    findings.extend(microsoft_resources::check(raw));
    findings.extend(otlp::check(raw));
    findings.extend(check_empty_list(
        raw,
        &keys::ALLOWED_CLIENTS,
        "an empty list admits nobody",
        "leave it out to admit any client",
    ));
    findings.extend(check_empty_list(
        raw,
        &keys::APP_ID_URIS,
        "scopes are qualified with the first one",
        "leave it out for api://<auth.client_id>",
    ));
}

fn check_must_be_set(raw: &RawConfig) -> Vec<Finding> {
    raw.settings()
        .iter()
        .filter(|setting| setting.key.must_be_set && setting.outcome == Outcome::Unset)
        .map(|setting| {
            Finding::error(
                FindingId::Missing,
                format!("{} is not set", setting.key.name),
            )
            .about(&setting.key.name)
            .why(setting.key.doc)
            .fix(describe_how_to_set(setting))
        })
        .collect()
}

/// A secret is better mounted than set: variables are shown by many a tool.
fn describe_how_to_set(setting: &Setting) -> String {
    let key = &setting.key;
    let variable = &key.variable;
    if key.secret {
        let file = key.file_variable();
        format!("set {variable}, or mount a file with the value and name it in {file}")
    } else {
        format!("set {variable}")
    }
}

/// Behind a proxy the bound address is not the address; metadata with a wrong one sends tokens elsewhere.
fn check_public_url(raw: &RawConfig) -> Option<Finding> {
    if raw.environment.is_local() || !raw.is_unset(&keys::PUBLIC_URL) {
        return None;
    }
    let what = format!(
        "server.public_url is not set in {}",
        raw.environment.as_str()
    );
    let finding = Finding::error(FindingId::Missing, what)
        .about(keys::PUBLIC_URL.def.name)
        .why("metadata, documents and Host checks are made from it, never from what a request claims")
        .fix("set APP_SERVER__PUBLIC_URL, for example https://api.contoso.com");
    Some(finding)
}

/// An address of clients is one: `*` is a letter of a host to the grammar of URLs, and equals no `Host` that is ever sent.
fn check_wildcard_host(raw: &RawConfig) -> Option<Finding> {
    let url = raw.get(&keys::PUBLIC_URL)?;
    url.host_str().filter(|host| host.contains('*'))?;
    let finding = Finding::error(FindingId::Value, "server.public_url has a wildcard")
        .why("metadata, documents and Host checks are made from it, so it must be the one address that clients use")
        .from(raw.source(&keys::PUBLIC_URL))
        .fix("write the address that clients use, such as https://api.contoso.com");
    Some(finding)
}

/// What other frameworks call the authority ends in the tenant, often with a version. With it no keys would ever be found, and
/// every call would be answered 503.
fn check_authority_path(raw: &RawConfig) -> Option<Finding> {
    let authority = raw.get(&keys::AUTHORITY)?;
    let is_added = |segment: &str| {
        let segment = segment.to_ascii_lowercase();
        Uuid::parse_str(&segment).is_ok()
            || MANY_TENANTS.contains(&segment.as_str())
            || segment == "v2.0"
    };
    authority
        .path_segments()?
        .find(|segment| is_added(segment))?;
    let host = authority.origin().ascii_serialization();
    let finding = Finding::error(
        FindingId::Value,
        "auth.authority names a tenant or a version",
    )
    .why("both are added to it, so that signing keys would be looked for where there are none")
    .from(raw.source(&keys::AUTHORITY))
    .fix(format!(
        "write {host}; the tenant stands in AZURE_TENANT_ID"
    ));
    Some(finding)
}

fn check_free_ports(raw: &RawConfig) -> Vec<Finding> {
    let is_free = |key: &Key<SocketAddr>| raw.get(key).is_some_and(|address| address.port() == 0);
    [&keys::BIND, &keys::MANAGEMENT_BIND]
        .into_iter()
        .filter(|key| !raw.environment.is_local() && is_free(key))
        .map(|key| {
            let what = format!("{} has port 0 in {}", key.def.name, raw.environment.as_str());
            Finding::error(FindingId::Value, what)
                .why("port 0 takes any free port, and nobody would know which; it is for dev and test")
                .from(raw.source(key))
                .fix("give a port, for example 8080")
        })
        .collect()
}

fn check_same_port(raw: &RawConfig) -> Option<Finding> {
    let bind = raw.get(&keys::BIND)?;
    let management = raw.get(&keys::MANAGEMENT_BIND)?;
    let overlap = bind.ip() == management.ip()
        || bind.ip().is_unspecified()
        || management.ip().is_unspecified();
    if bind.port() == 0 || bind.port() != management.port() || !overlap {
        return None;
    }
    let finding = Finding::error(
        FindingId::Value,
        "server.bind and server.management_bind want the same port",
    )
    .from(raw.source(&keys::BIND))
    .from(raw.source(&keys::MANAGEMENT_BIND))
    .fix("give them two ports");
    Some(finding)
}

fn check_key_times(raw: &RawConfig) -> Option<Finding> {
    let refresh = raw.get(&keys::KEYS_REFRESH)?;
    let lifetime = raw.get(&keys::KEYS_LIFETIME)?;
    if refresh <= lifetime {
        return None;
    }
    let finding = Finding::error(
        FindingId::Value,
        "auth.keys.lifetime is shorter than auth.keys.refresh",
    )
    .why("signing keys would run out before they are fetched again, and every token would be refused")
    .from(raw.source(&keys::KEYS_LIFETIME))
    .from(raw.source(&keys::KEYS_REFRESH))
    .fix("make the lifetime several times the refresh interval");
    Some(finding)
}

/// While an address is closed, only tokens that are remembered pass.
fn check_known_tokens(raw: &RawConfig) -> Option<Finding> {
    let is_limited = raw.get(&keys::RATE_LIMIT_ENABLED)?;
    if !is_limited || raw.get(&keys::VERDICT_CACHE_CAPACITY)? > 0 {
        return None;
    }
    let what = "auth.verdict_cache.capacity is 0 while rates are limited";
    let finding = Finding::warning(FindingId::Value, what)
        .why("a flood of forged tokens then locks out everybody who calls from its address: no token is known to be good")
        .from(raw.source(&keys::VERDICT_CACHE_CAPACITY))
        .from(raw.source(&keys::RATE_LIMIT_ENABLED))
        .fix("remember at least as many tokens as callers are active within auth.verdict_cache.max_age");
    Some(finding)
}

fn check_empty_list(
    raw: &RawConfig,
    key: &Key<Vec<String>>,
    why: &str,
    fix: &str,
) -> Option<Finding> {
    raw.get(key).filter(Vec::is_empty).map(|_| {
        Finding::error(FindingId::Value, format!("{} is empty", key.def.name))
            .why(why)
            .from(raw.source(key))
            .fix(fix)
    })
}
