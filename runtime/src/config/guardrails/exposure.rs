//! PC12 and PC13: what strangers could look at in production.

use super::{PROD, Rule, RuleId, UAT_AND_PROD};
use crate::config::finding::Finding;
use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::config::sections::Environment;

pub(super) const PC12: Rule = Rule {
    id: RuleId::Pc12,
    title: "the management listener is not on loopback in uat or prod",
    why: "Metrics and probes need no token; whoever reaches the port can read them",
    fix: "bind it to 127.0.0.1, or let a network policy admit only probes and Prometheus",
    environments: UAT_AND_PROD,
    outcome: "warning",
    check: check_management,
};

pub(super) const PC13: Rule = Rule {
    id: RuleId::Pc13,
    title: "the documents and Swagger UI are public in prod, or Swagger UI keeps tokens there",
    why: "A public page that describes every operation is a map for attackers; a token that outlives the page lies in the browser for whoever comes next",
    fix: "set docs.access to off or signed_in, and leave docs.persist_token out",
    environments: PROD,
    outcome: "error when public; warning when tokens are kept",
    check: check_documents,
};

fn check_management(raw: &RawConfig) -> Vec<Finding> {
    let watched = match raw.environment {
        Environment::Uat | Environment::Prod => true,
        Environment::Dev | Environment::Test | Environment::Staging => false,
    };
    let reachable = raw
        .get(&keys::MANAGEMENT_BIND)
        .is_some_and(|address| !address.ip().is_loopback());
    if !watched || !reachable {
        return Vec::new();
    }
    let finding = PC12
        .warning("the management listener is reachable from other machines")
        .from(raw.source(&keys::MANAGEMENT_BIND));
    vec![finding]
}

fn check_documents(raw: &RawConfig) -> Vec<Finding> {
    if raw.environment != Environment::Prod {
        return Vec::new();
    }
    let access = raw.get(&keys::DOCS_ACCESS);
    let mut findings = Vec::new();
    if access.as_deref() == Some("public") {
        let finding = PC13.error("docs.access is public in prod");
        findings.push(
            finding
                .from(raw.source(&keys::DOCS_ACCESS))
                .fix("set docs.access to off or signed_in"),
        );
    }
    if access.as_deref() != Some("off") && raw.get(&keys::PERSIST_TOKEN) == Some(true) {
        let finding = PC13.warning("Swagger UI keeps the token in the browser in prod");
        findings.push(
            finding
                .from(raw.source(&keys::PERSIST_TOKEN))
                .fix("leave docs.persist_token out"),
        );
    }
    findings
}
