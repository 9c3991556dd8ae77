//! What a failure means to an operator, and what he does about it.

mod identity;
mod secret;

use super::plan::{Entry, Plan};
use crate::config::finding::{Finding, FindingId};
use crate::key_vault::{FoundSecret, IdentityFailure, SecretFailure};

/// What is wrong, why that matters or how it is known, and what mends it.
struct Words {
    what: String,
    why: String,
    fix: String,
}

impl Words {
    fn new(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
        }
    }
}

/// No token: no secret has been asked for.
pub(super) fn of_identity(plan: &Plan, failure: &IdentityFailure) -> Finding {
    let Words { what, why, fix } = identity::describe(plan, failure);
    let what = format!("{what}; Key Vault {} was not asked", plan.address);
    Finding::error(FindingId::KeyVault, what)
        .why(why)
        .from(plan.identity_source.clone())
        .fix(fix)
}

/// What the vault itself is troubled by is said once, everything else for each secret.
pub(super) fn of_secrets(plan: &Plan, failures: &[(&Entry, SecretFailure)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told: Vec<&SecretFailure> = Vec::new();
    for (entry, failure) in failures {
        if told.contains(&failure) {
            continue;
        }
        let alike: Vec<&Entry> = if failure.is_of_the_vault() {
            told.push(failure);
            let same = failures.iter().filter(|(_, other)| other == failure);
            same.map(|(entry, _)| *entry).collect()
        } else {
            vec![*entry]
        };
        let Words { what, why, fix } = secret::describe(plan, entry, failure);
        let mut finding = Finding::error(FindingId::KeyVault, what).why(why).fix(fix);
        for Entry { key, reference, .. } in alike {
            let place = &plan.map_origin;
            finding = finding
                .about(key)
                .from(format!("{key} is read from secret {reference}, {place}"));
        }
        findings.push(finding);
    }
    findings
}

/// An expired secret is handed out all the same, and often does not work any more.
pub(super) fn of_expired(plan: &Plan, entry: &Entry, secret: &FoundSecret) -> Option<Finding> {
    if !secret.has_expired {
        return None;
    }
    let what = format!(
        "secret {}, version {}, in vault {} has expired",
        entry.reference.name, secret.version, plan.address
    );
    let finding = Finding::warning(FindingId::KeyVault, what)
        .about(&entry.key)
        .from(format!(
            "{} is read from it, {}",
            entry.key, plan.map_origin
        ))
        .fix("set a new version");
    Some(finding)
}
