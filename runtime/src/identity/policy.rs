//! What this deployment accepts: the configuration, in the form in which tokens are compared with it.

use std::collections::BTreeSet;

use portcullis_api_spec::Vocabulary;
use uuid::Uuid;

use super::roles::RoleMap;
use crate::config::{Config, GuestPolicy};

/// The accepting side of every comparison. Made once; tokens are compared byte for byte and never normalised.
pub(super) struct Policy {
    pub(super) issuer: String,
    pub(super) tenant_id: Uuid,
    /// The client id, then the App ID URIs.
    pub(super) audiences: Vec<String>,
    /// Only to name a common mistake; never accepted.
    pub(super) managed_identity_client_id: Option<String>,
    pub(super) accepts_v1_tokens: bool,
    pub(super) clock_skew_seconds: u64,
    pub(super) roles: RoleMap,
    pub(super) allowed_clients: Option<BTreeSet<String>>,
    pub(super) guests: GuestPolicy,
}

impl Policy {
    pub(super) fn new(config: &Config, vocabulary: Vocabulary) -> Self {
        let settings = &config.authentication;
        let mut audiences = vec![settings.client_id.hyphenated().to_string()];
        audiences.extend(settings.app_id_uris.iter().cloned());
        Self {
            issuer: settings.issuer.clone(),
            tenant_id: settings.tenant_id,
            audiences,
            managed_identity_client_id: config
                .managed_identity_client_id
                .map(|id| id.hyphenated().to_string()),
            accepts_v1_tokens: settings.accept_v1_tokens,
            clock_skew_seconds: settings.clock_skew.as_secs(),
            roles: RoleMap::new(settings.roles.as_ref(), vocabulary),
            allowed_clients: settings.allowed_clients.clone(),
            guests: settings.guests,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{AuthenticationConfig, KeysConfig};
    use crate::identity::testing::config;

    /// A field that is added must be named here, and so be looked at: none may switch off the checks of signature,
    /// issuer, audience or expiry.
    #[test]
    fn no_setting_disables_the_checks_of_signature_issuer_audience_or_expiry() {
        let AuthenticationConfig {
            required: _,
            authority: _,
            issuer: _,
            tenant_id: _,
            client_id: _,
            app_id_uris: _,
            accept_v1_tokens: _,
            clock_skew: _,
            roles: _,
            allowed_clients: _,
            guests: _,
            poc: _,
            keys,
            verdict_cache: _,
        } = config().authentication;
        let KeysConfig {
            refresh: _,
            cooldown: _,
            lifetime: _,
            timeout: _,
            app_specific: _,
        } = keys;
    }
}
