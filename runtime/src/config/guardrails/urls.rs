//! PC06, PC07 and PC14: addresses that decide whose keys are trusted and where tokens go.

use url::{Host, Url};

use super::{EVERYWHERE, HIGHER, Rule, RuleId};
use crate::config::finding::{Finding, Source};
use crate::config::key::Key;
use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::identity;

pub(super) const PC06: Rule = Rule {
    id: RuleId::Pc06,
    title: "an authority, issuer or public URL is `http`, or the issuer lacks the tenant's GUID",
    why: "Over http anybody on the way can swap the signing keys; an issuer without the tenant's GUID speaks for other tenants",
    fix: "use https; http is for loopback addresses in dev and test",
    environments: EVERYWHERE,
    outcome: "error",
    check: check_schemes,
};

pub(super) const PC07: Rule = Rule {
    id: RuleId::Pc07,
    title: "the authority or issuer is a loopback address outside dev and test",
    why: "That is the development issuer, which gives everybody every role",
    fix: "set auth.authority to the cloud's, https://login.microsoftonline.com",
    environments: HIGHER,
    outcome: "error",
    check: check_dev_issuer,
};

pub(super) const PC14: Rule = Rule {
    id: RuleId::Pc14,
    title: "`mcp.resource` has a trailing slash, a query, a fragment, or another host than `server.public_url`",
    why: "Clients compare the resource with the address they call, and Entra compares it with the identifier URI, both byte for byte",
    fix: "leave it out for <server.public_url>/api/v1/mcp, or write the identifier URI exactly",
    environments: EVERYWHERE,
    outcome: "error",
    check: check_mcp_resource,
};

/// Says whether an address names the machine itself, to a browser too: `desk.localhost` is no other machine to one.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback())
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

fn check_schemes(raw: &RawConfig) -> Vec<Finding> {
    let is_open = |url: &Url, is_here: fn(&Url) -> bool| {
        let is_local = raw.environment.is_local() && is_here(url);
        url.scheme() != "https" && !(url.scheme() == "http" && is_local)
    };
    let open =
        |key: &'static str, source: Source| PC06.error(format!("{key} is not https")).from(source);
    let open_key = |key: &Key<Url>, is_here: fn(&Url) -> bool| {
        let url = raw.get(key).filter(|url| is_open(url, is_here));
        url.map(|_| open(key.def.name, raw.source(key)))
    };
    let open_issuer = issuer_url(raw).filter(|url| is_open(url, is_loopback));
    let mut findings: Vec<Finding> = [
        // Keys are fetched by this process, which is no browser.
        open_key(&keys::AUTHORITY, identity::is_loopback),
        open_key(&keys::PUBLIC_URL, is_loopback),
        open_issuer.map(|_| open(keys::ISSUER.def.name, raw.source(&keys::ISSUER))),
    ]
    .into_iter()
    .flatten()
    .collect();
    findings.extend(check_issuer_tenant(raw));
    findings
}

fn issuer_url(raw: &RawConfig) -> Option<Url> {
    Url::parse(&raw.get(&keys::ISSUER)?).ok()
}

fn check_issuer_tenant(raw: &RawConfig) -> Option<Finding> {
    let issuer = raw.get(&keys::ISSUER)?;
    let tenant = raw.get(&keys::TENANT_ID)?;
    if issuer.contains(&tenant.to_string()) {
        return None;
    }
    let finding = PC06
        .error("auth.issuer does not hold the GUID of auth.tenant_id")
        .from(raw.source(&keys::ISSUER))
        .from(raw.source(&keys::TENANT_ID))
        .fix("leave auth.issuer out, or copy the `issuer` of the tenant's discovery document (the GUID in lower case)");
    Some(finding)
}

fn check_dev_issuer(raw: &RawConfig) -> Vec<Finding> {
    if raw.environment.is_local() {
        return Vec::new();
    }
    let local = |key: &'static str, source: Source| {
        let what = format!("{key} is on this machine in {}", raw.environment.as_str());
        PC07.error(what).from(source)
    };
    let authority = raw
        .get(&keys::AUTHORITY)
        .filter(is_loopback)
        .map(|_| &keys::AUTHORITY);
    let authority = authority.map(|key: &Key<Url>| local(key.def.name, raw.source(key)));
    let issuer = issuer_url(raw)
        .filter(is_loopback)
        .map(|_| local(keys::ISSUER.def.name, raw.source(&keys::ISSUER)));
    authority.into_iter().chain(issuer).collect()
}

fn check_mcp_resource(raw: &RawConfig) -> Vec<Finding> {
    let (Some(resource), Some(text)) =
        (raw.get(&keys::MCP_RESOURCE), raw.text(&keys::MCP_RESOURCE))
    else {
        return Vec::new();
    };
    let mut mistakes = Vec::new();
    if text.ends_with('/') {
        mistakes.push("mcp.resource ends in a slash");
    }
    if resource.fragment().is_some() || resource.query().is_some() {
        mistakes.push("mcp.resource has a query or fragment");
    }
    let public = raw.get(&keys::PUBLIC_URL);
    if public.is_some_and(|public| public.origin() != resource.origin()) {
        mistakes.push("mcp.resource is on another host than server.public_url");
    }
    mistakes
        .into_iter()
        .map(|what| {
            PC14.error(what)
                .from(raw.source(&keys::MCP_RESOURCE))
                .from(raw.source(&keys::PUBLIC_URL))
        })
        .collect()
}
