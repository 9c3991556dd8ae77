//! PC01 and PC16: POC mode belongs on a developer's machine.

use super::{HIGHER, LOCAL, Rule, RuleId};
use crate::config::finding::Finding;
use crate::config::keys;
use crate::config::merge::RawConfig;

pub(super) const PC01: Rule = Rule {
    id: RuleId::Pc01,
    title: "authentication is off in staging, uat or prod",
    why: "Without authentication everybody who reaches the server holds every role",
    fix: "set AUTH_REQUIRED=true or unset it; POC mode is for APP_ENV=dev and test",
    environments: HIGHER,
    outcome: "error",
    check: check_higher_environment,
};

pub(super) const PC16: Rule = Rule {
    id: RuleId::Pc16,
    title: "authentication is off on an address that is not loopback",
    why: "Other machines of the network can use the API as anybody",
    fix: "bind to 127.0.0.1, or make sure that only testers can reach the address",
    environments: LOCAL,
    outcome: "warning",
    check: check_reachable,
};

fn is_off(raw: &RawConfig) -> bool {
    raw.get(&keys::REQUIRED) == Some(false)
}

fn check_higher_environment(raw: &RawConfig) -> Vec<Finding> {
    if raw.environment.is_local() || !is_off(raw) {
        return Vec::new();
    }
    let what = format!("authentication is off in {}", raw.environment.as_str());
    vec![PC01.error(what).from(raw.source(&keys::REQUIRED))]
}

fn check_reachable(raw: &RawConfig) -> Vec<Finding> {
    let reachable = raw
        .get(&keys::BIND)
        .is_some_and(|address| !address.ip().is_loopback());
    // In the higher environments PC01 refuses anyway.
    if !raw.environment.is_local() || !is_off(raw) || !reachable {
        return Vec::new();
    }
    let finding = PC16
        .warning("authentication is off and the server listens beyond this machine")
        .from(raw.source(&keys::REQUIRED))
        .from(raw.source(&keys::BIND));
    vec![finding]
}
