//! The vault and its map: is it a vault, are the keys known, can they come from there?

use crate::config::finding::{Finding, FindingId};
use crate::config::guardrails::RuleId;

use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::config::suggest;
use crate::config::value::show_text;
use crate::key_vault::{Emulators, SecretReference, VaultAddress};

/// Checks the address and every entry of the map.
pub(in crate::config) fn check(raw: &RawConfig) -> Vec<Finding> {
    let map = raw.get(&keys::KEY_VAULT_SECRETS).unwrap_or_default();
    let entries = map
        .iter()
        .flat_map(|(key, reference)| [check_key(raw, key), check_reference(raw, key, reference)])
        .flatten();
    check_address(raw)
        .into_iter()
        .chain(check_authority_host(raw))
        .chain(check_nothing_mapped(raw))
        .chain(entries)
        .collect()
}

fn check_address(raw: &RawConfig) -> Option<Finding> {
    let url = raw.get(&keys::KEY_VAULT_URL)?;
    let emulators = Emulators::of(raw.environment);
    let reason = VaultAddress::parse(&url, emulators).err()?;
    let finding = Finding::error(FindingId::Value, format!("key_vault.url: {reason}"))
        .why("the vault is sent a token that reads secrets, and nothing but a vault must get it")
        .from(raw.source(&keys::KEY_VAULT_URL))
        .fix("write the Vault URI that the vault's overview page shows, such as https://desk.vault.azure.net");
    Some(finding)
}

fn check_authority_host(raw: &RawConfig) -> Option<Finding> {
    let url = raw.get(&keys::AUTHORITY_HOST)?;
    if url.scheme() == "https" {
        return None;
    }
    let finding = Finding::error(FindingId::Value, "azure.authority_host is not https")
        .why("the pod's token is sent there, and whoever reads it on the way can use it")
        .from(raw.source(&keys::AUTHORITY_HOST))
        .fix(
            "leave AZURE_AUTHORITY_HOST to the cluster, or write https://login.microsoftonline.com",
        );
    Some(finding)
}

fn check_nothing_mapped(raw: &RawConfig) -> Option<Finding> {
    if raw.is_unset(&keys::KEY_VAULT_URL) || !raw.is_unset(&keys::KEY_VAULT_SECRETS) {
        return None;
    }
    let finding = Finding::warning(
        FindingId::Value,
        "key_vault.url is set and key_vault.secrets is not, so nothing is read",
    )
    .from(raw.source(&keys::KEY_VAULT_URL))
    .fix("map keys to secrets, \"app.database_url\" = \"desk-database-url\"");
    Some(finding)
}

fn check_key(raw: &RawConfig, key: &str) -> Option<Finding> {
    let source = place_of_map(raw);
    if key.starts_with("key_vault.") || key.starts_with("azure.") {
        let what = format!("key_vault.secrets maps {key}, which never comes from Key Vault");
        return Some(
            Finding::error(FindingId::Value, what)
                .why("it says how the vault is reached")
                .from(source)
                .fix("set it in a file or by its variable"),
        );
    }
    let mut names = raw
        .settings()
        .iter()
        .map(|setting| setting.key.name.as_str());
    if names.any(|name| name == key) {
        return None;
    }
    let what = format!("key_vault.secrets maps the unknown key {}", show_text(key));
    let finding = Finding::error(FindingId::Rule(RuleId::Pc10), what)
        .why("a setting that is not read protects nobody")
        .from(source);
    let names = raw
        .settings()
        .iter()
        .map(|setting| setting.key.name.as_str());
    Some(match suggest::nearest(key, names) {
        Some(near) => finding.fix(format!("did you mean {near}?")),
        None => finding.fix("take it out, or see the configuration reference for its name"),
    })
}

fn check_reference(raw: &RawConfig, key: &str, reference: &str) -> Option<Finding> {
    let reason = SecretReference::parse(reference).err()?;
    let what = format!("key_vault.secrets, entry {}: {reason}", show_text(key));
    let finding = Finding::error(FindingId::Value, what)
        .from(place_of_map(raw))
        .fix("write name, name/version or, for a secret that may be absent, name?");
    Some(finding)
}

/// Where the map stands, without what it says: whoever takes the name of a secret for its value writes the value there.
fn place_of_map(raw: &RawConfig) -> String {
    let setting = raw.setting(&keys::KEY_VAULT_SECRETS);
    match &setting.winner {
        Some(winner) => format!("key_vault.secrets, {}", winner.origin),
        None => "key_vault.secrets".to_owned(),
    }
}
