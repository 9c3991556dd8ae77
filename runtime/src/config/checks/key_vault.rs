//! The vault, its map, and who hands out tokens for it: is it a vault, are the keys known, can they come from there?

use portcullis_api_spec::nearest;
use url::Host;

use crate::config::build::build_client_credential;
use crate::config::finding::{Finding, FindingId};
use crate::config::guardrails::RuleId;
use crate::config::key_vault::RefreshConfig;
use crate::config::keys;
use crate::config::merge::{Outcome, RawConfig};
use crate::config::origin::Origin;
use crate::config::sections::ClientCredentialConfig;
use crate::config::value::show_text;
use crate::identity::is_loopback;
use crate::key_vault::{Emulators, SecretReference, VaultAddress};
use crate::login_host::LOGIN_HOSTS;

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
        .chain(check_identity_endpoint(raw))
        .chain(check_identity_pair(raw))
        .chain(check_nothing_mapped(raw))
        .chain(check_no_vault(raw))
        .chain(check_nothing_refreshed(raw))
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

/// # Security
/// The pod's token stands for the pod, and the answer of the endpoint is asked for with the platform's secret. Whoever may
/// write settings but not read secrets must not have either sent to a host of his own.
fn check_authority_host(raw: &RawConfig) -> Option<Finding> {
    let url = raw.get(&keys::AUTHORITY_HOST)?;
    let is_https = url.scheme() == "https";
    let is_login = LOGIN_HOSTS.contains(&url.host_str().unwrap_or_default())
        && url.port().is_none()
        && url.path() == "/";
    let is_emulator = Emulators::of(raw.environment) == Emulators::Allowed && is_loopback(&url);
    let what = match (is_https, is_login || is_emulator) {
        (true, true) => return None,
        (false, _) => "azure.authority_host is not https",
        (true, false) => "azure.authority_host is no login host of Entra",
    };
    let finding = Finding::error(FindingId::Value, what)
        .why("the pod's token is sent there, and whoever reads it can use it")
        .from(raw.source(&keys::AUTHORITY_HOST))
        .fix(format!(
            "leave AZURE_AUTHORITY_HOST to the cluster, or write https:// and one of {}",
            LOGIN_HOSTS.join(", ")
        ));
    Some(finding)
}

/// The platforms hand out tokens on this very machine, or on a network of its own: at a loopback, link-local or, for some
/// containers of App Service, private address.
fn check_identity_endpoint(raw: &RawConfig) -> Option<Finding> {
    let url = raw.get(&keys::IDENTITY_ENDPOINT)?;
    let setting = raw.setting(&keys::IDENTITY_ENDPOINT);
    let origin = setting.winner.as_ref().map(|winner| &winner.origin);
    let is_of_file = matches!(origin, Some(Origin::File { .. }));
    let is_near = match url.host() {
        Some(Host::Ipv4(address)) => {
            address.is_link_local() || (address.is_private() && !is_of_file)
        }
        Some(Host::Domain(_) | Host::Ipv6(_)) | None => false,
    };
    if is_near || is_loopback(&url) {
        return None;
    }
    let finding = Finding::error(
        FindingId::Value,
        "azure.identity_endpoint is not an address of this host",
    )
    .why("it is sent what the platform gave this process to prove itself, and its answer is taken for a token of this service")
    .from(raw.source(&keys::IDENTITY_ENDPOINT))
    .fix("leave IDENTITY_ENDPOINT to the platform, which sets it");
    Some(finding)
}

/// Half of a platform's identity would quietly be another identity: the metadata service's, or a developer's.
fn check_identity_pair(raw: &RawConfig) -> Option<Finding> {
    let (set, missing) = match (
        raw.is_unset(&keys::IDENTITY_ENDPOINT),
        raw.is_unset(&keys::IDENTITY_HEADER),
    ) {
        (false, true) => ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"),
        (true, false) => ("IDENTITY_HEADER", "IDENTITY_ENDPOINT"),
        (true, true) | (false, false) => return None,
    };
    // One that Key Vault would set is refused for that (`check_key`).
    if raw.setting(&keys::IDENTITY_HEADER).outcome == Outcome::Unread {
        return None;
    }
    let exchanges_for_users = matches!(
        build_client_credential(raw),
        Some(ClientCredentialConfig::ManagedIdentity { .. })
    );
    if raw.is_unset(&keys::KEY_VAULT_URL) && !exchanges_for_users {
        return None;
    }
    let what = format!("{set} is set and {missing} is not");
    let finding = Finding::error(FindingId::Value, what)
        .why("a platform that hands out identities sets both; with one of them another identity would be asked for")
        .from(raw.source(&keys::IDENTITY_ENDPOINT))
        .from(raw.source(&keys::IDENTITY_HEADER))
        .fix("leave both to the platform, or unset both; identities of Azure Arc and Service Fabric are not supported");
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

/// Whoever maps a secret expects it to be read.
fn check_no_vault(raw: &RawConfig) -> Option<Finding> {
    let is_mapped = raw
        .get(&keys::KEY_VAULT_SECRETS)
        .is_some_and(|map| !map.is_empty());
    if !is_mapped || !raw.is_unset(&keys::KEY_VAULT_URL) {
        return None;
    }
    let finding = Finding::warning(
        FindingId::Value,
        "key_vault.secrets is set and key_vault.url is not, so nothing is read",
    )
    .from(raw.source(&keys::KEY_VAULT_SECRETS))
    .fix("set APP_KEY_VAULT__URL to the Vault URI, such as https://desk.vault.azure.net");
    Some(finding)
}

fn check_nothing_refreshed(raw: &RawConfig) -> Option<Finding> {
    raw.get(&keys::KEY_VAULT_REFRESH)?;
    if RefreshConfig::build(raw).is_some() {
        return None;
    }
    let can_change = raw.settings().iter().filter(|it| it.key.refreshable);
    let names: Vec<&str> = can_change
        .map(|setting| setting.key.name.as_str())
        .collect();
    let finding = Finding::warning(
        FindingId::Value,
        "key_vault.refresh is set, and nothing is read again",
    )
    .why(format!(
        "only {} can change while running, and only where it is mapped without a version and neither a variable nor a flag sets it",
        names.join(", ")
    ))
    .from(raw.source(&keys::KEY_VAULT_REFRESH))
    .fix("map one of them in key_vault.secrets, or leave key_vault.refresh out");
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
    if raw.find(key).is_some() {
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
    Some(match nearest(key, names) {
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
