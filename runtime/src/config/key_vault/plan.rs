//! Which secrets of which vault, and as whom: from the other layers.

use std::time::Duration;

use crate::config::finding::{Finding, FindingId, Source};
use crate::config::key::Key;
use crate::config::keys;
use crate::config::merge::{Outcome, RawConfig};
use crate::config::origin::Origin;
use crate::config::sections::Environment;
use crate::key_vault::{
    Emulators, FoundSecret, Identity, Pod, Presence, SecretReference, VaultAddress, VaultRequest,
};

/// What would be asked.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) address: VaultAddress,
    pub(super) entries: Vec<Entry>,
    pub(super) identity: Identity,
    pub(super) identity_timeout: Duration,
    pub(super) timeout: Duration,
    /// Where `key_vault.secrets` stands.
    pub(super) map_origin: String,
    pub(super) identity_source: Source,
    pub(super) is_local: bool,
}

/// A key, and where its value is.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) reference: SecretReference,
    /// A variable or a flag sets it, and the secret would not count.
    pub(super) is_overridden: bool,
}

impl Plan {
    /// `None` when no vault is to be asked, or when what says how is wrong: that is reported here or by the checks.
    pub(super) fn make(raw: &RawConfig, findings: &mut Vec<Finding>) -> Option<Self> {
        let url = raw.get(&keys::KEY_VAULT_URL)?;
        let address = VaultAddress::parse(&url, Emulators::of(raw.environment)).ok()?;
        let map = raw.get(&keys::KEY_VAULT_SECRETS)?;
        let entries = map.iter().filter_map(|(key, text)| {
            Some(Entry {
                is_overridden: is_overridden(raw, key),
                key: key.clone(),
                reference: SecretReference::parse(text).ok()?,
            })
        });
        let map_origin = raw.setting(&keys::KEY_VAULT_SECRETS).winner.as_ref()?;
        Some(Self {
            entries: entries.collect(),
            identity: choose_identity(raw, findings)?,
            identity_timeout: raw.get(&keys::IDENTITY_TIMEOUT)?,
            timeout: raw.get(&keys::KEY_VAULT_TIMEOUT)?,
            map_origin: map_origin.origin.to_string(),
            identity_source: raw.source(&keys::MANAGED_IDENTITY_CLIENT_ID),
            is_local: raw.environment.is_local(),
            address,
        })
    }

    /// What the vault is asked for.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_overridden)
    }

    /// Asks for what is wanted.
    pub(super) fn request(&self) -> VaultRequest {
        VaultRequest {
            address: self.address.clone(),
            identity: self.identity.clone(),
            identity_timeout: self.identity_timeout,
            timeout: self.timeout,
            secrets: self.wanted().map(|entry| entry.reference.clone()).collect(),
        }
    }

    /// Where the value of a key has come from.
    pub(super) fn origin(&self, entry: &Entry, secret: &FoundSecret) -> Origin {
        Origin::VaultSecret {
            vault: self.address.to_string(),
            secret: entry.reference.name.clone(),
            version: Some(secret.version.clone()),
        }
    }
}

/// The keys that the vault sets, with their secrets; an optional one only where something stands above it.
pub(super) fn unread(raw: &RawConfig) -> Vec<(String, Origin)> {
    if raw.is_unset(&keys::KEY_VAULT_URL) {
        return Vec::new();
    }
    let url = raw.get(&keys::KEY_VAULT_URL);
    let address =
        url.and_then(|url| VaultAddress::parse(&url, Emulators::of(raw.environment)).ok());
    let vault = address.map_or_else(|| "(invalid)".to_owned(), |address| address.to_string());
    let map = raw.get(&keys::KEY_VAULT_SECRETS).unwrap_or_default();
    let origin = |secret: String| Origin::VaultSecret {
        vault: vault.clone(),
        secret,
        version: None,
    };
    map.into_iter()
        .filter_map(|(key, text)| match SecretReference::parse(&text) {
            // What is no name may be a secret that somebody wrote in its place.
            Err(_) => Some((key, origin("(invalid)".to_owned()))),
            Ok(reference) => {
                let is_required = reference.presence == Presence::Required;
                let counts = is_required || is_overridden(raw, &key);
                counts.then(|| (key, origin(reference.name)))
            }
        })
        .collect()
}

fn is_overridden(raw: &RawConfig, key: &str) -> bool {
    let winner = raw.find(key).and_then(|setting| setting.winner.as_ref());
    winner.is_some_and(|winner| winner.origin.stands_above_key_vault())
}

/// A pod's identity where the cluster gives one; the host's otherwise; a developer's only where nothing names another.
fn choose_identity(raw: &RawConfig, findings: &mut Vec<Finding>) -> Option<Identity> {
    if is_invalid(raw, &keys::MANAGED_IDENTITY_CLIENT_ID)
        || is_invalid(raw, &keys::IDENTITY_ENDPOINT)
        || is_invalid(raw, &keys::DEVELOPER_CREDENTIALS)
        || is_invalid(raw, &keys::AUTHORITY_HOST)
    {
        return None;
    }
    let client_id = raw.get(&keys::MANAGED_IDENTITY_CLIENT_ID);
    if let Some(token_file) = raw.get(&keys::FEDERATED_TOKEN_FILE) {
        let (Some(client_id), Some(tenant_id)) = (client_id, raw.get(&keys::TENANT_ID)) else {
            findings.push(refuse_workload(raw));
            return None;
        };
        return Some(Identity::Workload(Pod {
            tenant_id,
            client_id,
            token_file: token_file.into(),
            authority_host: raw.get(&keys::AUTHORITY_HOST)?,
        }));
    }
    let endpoint = raw
        .get(&keys::IDENTITY_ENDPOINT)
        .zip(raw.get(&keys::IDENTITY_HEADER));
    let developers = raw
        .get(&keys::DEVELOPER_CREDENTIALS)
        .unwrap_or(raw.environment == Environment::Dev);
    Some(if developers && endpoint.is_none() && client_id.is_none() {
        Identity::Developer
    } else {
        Identity::Managed {
            client_id,
            endpoint,
        }
    })
}

fn is_invalid<T>(raw: &RawConfig, key: &Key<T>) -> bool {
    raw.setting(key).outcome == Outcome::Invalid
}

fn refuse_workload(raw: &RawConfig) -> Finding {
    let what = "AZURE_FEDERATED_TOKEN_FILE is set, and AZURE_CLIENT_ID or AZURE_TENANT_ID is not";
    Finding::error(FindingId::KeyVault, what)
        .why("the pod's token is exchanged for one of the identity that these two name")
        .from(raw.source(&keys::FEDERATED_TOKEN_FILE))
        .from(raw.source(&keys::MANAGED_IDENTITY_CLIENT_ID))
        .from(raw.source(&keys::TENANT_ID))
        .fix(
            "annotate the service account with azure.workload.identity/client-id and label the pod \
             azure.workload.identity/use: \"true\"; the cluster then sets them",
        )
}
