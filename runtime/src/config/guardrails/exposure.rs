//! PC12 and PC13: what strangers could look at in production.

use super::{Rule, RuleId};
use crate::config::finding::Finding;
use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::config::sections::Environment;

pub(super) const PC12: Rule = Rule {
    id: RuleId::Pc12,
    title: "the management listener is not on loopback in uat or prod",
    why: "Metrics and probes need no token; whoever reaches the port can read them",
    fix: "bind it to 127.0.0.1, or let a network policy admit only probes and Prometheus",
    outcome: "warning",
    check: check_management,
};

pub(super) const PC13: Rule = Rule {
    id: RuleId::Pc13,
    title: "the documents and Swagger UI are public in prod",
    why: "A public page that describes every operation is a map for attackers",
    fix: "set docs.access to off or signed_in",
    outcome: "error",
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
    let public = raw.get(&keys::DOCS_ACCESS).as_deref() == Some("public");
    if raw.environment != Environment::Prod || !public {
        return Vec::new();
    }
    let finding = PC13
        .error("docs.access is public in prod")
        .from(raw.source(&keys::DOCS_ACCESS));
    vec![finding]
}
