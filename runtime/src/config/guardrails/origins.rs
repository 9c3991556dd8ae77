//! PC05: which browser pages may call. Origins are compared byte for byte, so only their canonical form ever matches.

use url::{Host, Url};

use super::urls::is_loopback;
use super::{EVERYWHERE, Rule, RuleId};
use crate::config::finding::Finding;
use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::config::value::show_text;

pub(super) const PC05: Rule = Rule {
    id: RuleId::Pc05,
    title: "an allowed origin is a wildcard, a pattern, not canonical, or, in staging, uat and prod, `http` or localhost",
    why: "Pages of an allowed origin read answers with the signed-in user's rights, so each one is named exactly",
    fix: "list each frontend as scheme://host[:port], without a path or trailing slash",
    environments: EVERYWHERE,
    outcome: "error",
    check: check_origins,
};

fn check_origins(raw: &RawConfig) -> Vec<Finding> {
    let origins = raw.get(&keys::ALLOWED_ORIGINS).unwrap_or_default();
    origins
        .iter()
        .filter_map(|origin| {
            let mistake = find_mistake(origin, raw.environment.is_local())?;
            let shown = show_text(origin);
            let finding = PC05
                .error(format!("origin \"{shown}\" {}", mistake.what))
                .from(raw.source(&keys::ALLOWED_ORIGINS));
            Some(match mistake.canonical {
                Some(canonical) => finding.fix(format!("write {canonical}")),
                None => finding,
            })
        })
        .collect()
}

struct Mistake {
    what: &'static str,
    /// The form that was meant.
    canonical: Option<String>,
}

impl Mistake {
    fn new(what: &'static str) -> Option<Self> {
        let canonical = None;
        Some(Self { what, canonical })
    }
}

fn find_mistake(origin: &str, is_local: bool) -> Option<Mistake> {
    if origin.eq_ignore_ascii_case("null") {
        // Sandboxed frames and local files of any author send this one.
        return Mistake::new("is what sandboxed pages of anybody send");
    }
    if origin.contains('*') {
        return Mistake::new("is a wildcard");
    }
    if origin.contains(['^', '$', '\\', '(', '|']) {
        return Mistake::new("is a pattern; patterns are not matched");
    }
    if origin.starts_with('.') {
        return Mistake::new("is a suffix; suffixes are not matched");
    }
    let Ok(url) = Url::parse(origin) else {
        return Mistake::new("is not scheme://host[:port]");
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Mistake::new("is not an http or https origin");
    }
    if url.host_str().is_some_and(|host| host.starts_with('.')) {
        return Mistake::new("is a suffix; suffixes are not matched");
    }
    // First what no other spelling mends: whoever follows one fix shall not meet the next.
    if !is_local && is_on_the_visitors_machine(&url) {
        return Mistake::new("is on the visitor's own machine, where any program may serve it");
    }
    if !is_local && url.scheme() == "http" {
        return Mistake::new("is http, so whoever is on the network can inject scripts into it");
    }
    let canonical = url.origin().ascii_serialization();
    if canonical == origin {
        return None;
    }
    Some(Mistake {
        what: "is not in canonical form, so no browser ever sends it",
        canonical: Some(canonical),
    })
}

/// Browsers take `0.0.0.0` and `[::]` to the visitor's machine, too.
fn is_on_the_visitors_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) if address.is_unspecified() => true,
        Some(Host::Ipv6(address)) if address.is_unspecified() => true,
        Some(Host::Ipv4(_) | Host::Ipv6(_) | Host::Domain(_)) | None => is_loopback(url),
    }
}
