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
    outcome: "error, also where a higher layer shadows the vault, or where the secret is optional",
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
    let has_vault = !raw.is_unset(&keys::KEY_VAULT_URL);
    let map = raw.get(&keys::KEY_VAULT_SECRETS).filter(|_| has_vault);
    let map = map.unwrap_or_default();
    let settings = raw.settings().iter();
    settings
        .filter(|setting| setting.key.is_policy())
        .filter_map(|setting| {
            let name = &setting.key.name;
            let vaulted = setting
                .candidates()
                .find(|candidate| candidate.origin.is_key_vault());
            let place = match vaulted {
                Some(vaulted) => format!("{name}, {}", vaulted.origin),
                // An optional secret need not be there to be refused: whoever creates it later would decide.
                None if map.contains_key(name) => {
                    let setting = raw.setting(&keys::KEY_VAULT_SECRETS);
                    let origin = setting.winner.as_ref().map(|winner| &winner.origin);
                    let place = origin.map(ToString::to_string).unwrap_or_default();
                    format!("{name} is mapped in key_vault.secrets, {place}")
                }
                None => return None,
            };
            let finding = PC11.error(format!("{name} is set from Key Vault"));
            Some(finding.from(Source::of_key(name, place)))
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
