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
