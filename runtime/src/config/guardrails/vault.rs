//! PC11 and PC15: what a vault may decide, and who reads it.

use super::{EVERYWHERE, Rule, RuleId, UAT_AND_PROD};
use crate::config::finding::{Finding, Source};
use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::config::sections::Environment;

pub(super) const PC11: Rule = Rule {
    id: RuleId::Pc11,
    title: "a policy key (`auth`, `cors`, `mcp`, `docs`) is set from Key Vault",
    why: "Who may write a secret would decide who is let in, and no review or diff would show it; secrets of these sections are no policy",
    fix: "set it in a configuration file or by its variable",
    environments: EVERYWHERE,
    outcome: "error, also where a higher layer shadows the vault",
    check: check_policy,
};

pub(super) const PC15: Rule = Rule {
    id: RuleId::Pc15,
    title: "developer credentials for Azure are on in uat or prod",
    why: "The process would act in Azure as whoever is signed in on the machine, with rights that nobody reviewed",
    fix: "leave azure.developer_credentials out, and give the process a managed or workload identity",
    environments: UAT_AND_PROD,
    outcome: "error",
    check: check_developer_credentials,
};

fn check_policy(raw: &RawConfig) -> Vec<Finding> {
    let settings = raw.settings().iter();
    settings
        .filter(|setting| setting.key.is_policy())
        .filter_map(|setting| {
            let vaulted = setting
                .candidates()
                .find(|candidate| candidate.origin.is_key_vault())?;
            let name = &setting.key.name;
            let place = Source::of_key(name, format!("{name}, {}", vaulted.origin));
            let finding = PC11.error(format!("{name} is set from Key Vault"));
            Some(finding.from(place))
        })
        .collect()
}

fn check_developer_credentials(raw: &RawConfig) -> Vec<Finding> {
    let is_watched = match raw.environment {
        Environment::Uat | Environment::Prod => true,
        Environment::Dev | Environment::Test | Environment::Staging => false,
    };
    if !is_watched || raw.get(&keys::DEVELOPER_CREDENTIALS) != Some(true) {
        return Vec::new();
    }
    let environment = raw.environment.as_str();
    let finding = PC15
        .error(format!(
            "azure.developer_credentials is on in {environment}"
        ))
        .from(raw.source(&keys::DEVELOPER_CREDENTIALS));
    vec![finding]
}
