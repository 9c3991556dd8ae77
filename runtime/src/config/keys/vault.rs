//! Keys of `azure` and `key_vault`: as whom secrets are read, and where.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::{DAY, MINUTE, SECOND, TENTH};
use crate::config::key::{DurationRange, Key, KeyDef};
use crate::config::sections::SecretText;

pub(crate) const MANAGED_IDENTITY_CLIENT_ID: Key<Uuid> = Key::guid(
    "azure.managed_identity_client_id",
    "Client id of the user-assigned managed identity, for the Azure SDK. Never the app registration's.",
)
.derived("none: the system-assigned identity of the host")
.procedure_variable("AZURE_CLIENT_ID");
pub(crate) const IDENTITY_ENDPOINT: Key<Url> = Key::url(
    "azure.identity_endpoint",
    "Where App Service and Container Apps hand out managed identity tokens. The platform sets it.",
)
.procedure_variable("IDENTITY_ENDPOINT");
pub(crate) const IDENTITY_HEADER: Key<SecretText> = Key::text(
    "azure.identity_header",
    "What requests to `azure.identity_endpoint` must carry. The platform sets it.",
)
.procedure_variable("IDENTITY_HEADER")
.secret();
pub(crate) const AUTHORITY_HOST: Key<Url> = Key::base_url(
    "azure.authority_host",
    "Where the token of a pod (`AZURE_FEDERATED_TOKEN_FILE`) is exchanged for one of its identity. The platform sets it.",
)
.default("https://login.microsoftonline.com")
.procedure_variable("AZURE_AUTHORITY_HOST");
pub(crate) const IDENTITY_TIMEOUT: Key<Duration> = Key::duration(
    "azure.identity_timeout",
    DurationRange::new(SECOND, Duration::from_secs(120)).or_locally(TENTH),
    "How long a token of the identity that reads Key Vault is waited for, repetitions included.",
)
.default("10s");
pub(crate) const DEVELOPER_CREDENTIALS: Key<bool> = Key::boolean(
    "azure.developer_credentials",
    "Reads Key Vault as whoever is signed in with `az login`, where no managed or workload identity is set.",
)
.derived("true in dev, false elsewhere");
pub(crate) const KEY_VAULT_URL: Key<Url> = Key::base_url(
    "key_vault.url",
    "The vault that `key_vault.secrets` are read from at start, such as `https://desk.vault.azure.net`. Unset: none is.",
);
pub(crate) const KEY_VAULT_SECRETS: Key<BTreeMap<String, String>> = Key::table(
    "key_vault.secrets",
    "Configuration key, in quotation marks, to secret: `\"app.database_url\" = \"desk-database-url\"`. `name/version` pins a version; a `?` at the end lets the secret be absent.",
);
pub(crate) const KEY_VAULT_TIMEOUT: Key<Duration> = Key::duration(
    "key_vault.timeout",
    DurationRange::new(SECOND, MINUTE).or_locally(TENTH),
    "How long each secret is waited for, repetitions included.",
)
.default("10s");

pub(crate) const KEY_VAULT_REFRESH: Key<Duration> = Key::duration(
    "key_vault.refresh",
    DurationRange::new(MINUTE, DAY).or_locally(TENTH),
    "How often secrets of keys that can change while running are read again, a tenth sooner at most. Unset: none are, and a \
     new version counts after a restart.",
);

/// In the order operators read them.
pub(super) const VAULT_KEYS: &[KeyDef] = &[
    MANAGED_IDENTITY_CLIENT_ID.def,
    IDENTITY_ENDPOINT.def,
    IDENTITY_HEADER.def,
    AUTHORITY_HOST.def,
    IDENTITY_TIMEOUT.def,
    DEVELOPER_CREDENTIALS.def,
    KEY_VAULT_URL.def,
    KEY_VAULT_SECRETS.def,
    KEY_VAULT_TIMEOUT.def,
    KEY_VAULT_REFRESH.def,
];
