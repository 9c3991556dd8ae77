//! A managed identity: a token of it stands for the app registration, by a federated credential there. No secret at all.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::{CredentialError, DownstreamSetupError};
use crate::config::SecretText;
use crate::managed_identity::ManagedIdentity;

/// The endpoints keep tokens for hours and limit how often they may be asked.
const REMEMBERED: Duration = Duration::from_secs(300);

/// A user-assigned managed identity, and its last token.
pub(in crate::downstream) struct Assertion {
    identity: ManagedIdentity,
    last: Mutex<Option<(SecretText, Instant)>>,
}

impl Assertion {
    pub(super) fn build(
        client_id: Uuid,
        endpoint: Option<(Url, SecretText)>,
        authority: &Url,
    ) -> Result<Self, DownstreamSetupError> {
        let audience = exchange_audience(authority);
        let identity = ManagedIdentity::build(Some(client_id), endpoint, audience)
            .map_err(DownstreamSetupError::Client)?;
        Ok(Self {
            identity,
            last: Mutex::default(),
        })
    }

    pub(super) async fn token(&self) -> Result<SecretText, CredentialError> {
        if let Some(token) = self.remembered() {
            return Ok(token);
        }
        let asked = self.identity.token().await;
        let token = asked.map_err(CredentialError::ManagedIdentity)?;
        let until = Instant::now() + REMEMBERED;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((token.clone(), until));
        Ok(token)
    }

    fn remembered(&self) -> Option<SecretText> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, until) = last.as_ref()?;
        (Instant::now() < *until).then(|| token.clone())
    }
}

/// What a token that stands for an app registration is issued for; each cloud has its own.
fn exchange_audience(authority: &Url) -> &'static str {
    match authority.host_str() {
        Some("login.microsoftonline.us") => "api://AzureADTokenExchangeUSGov",
        Some("login.partner.microsoftonline.cn" | "login.chinacloudapi.cn") => {
            "api://AzureADTokenExchangeChina"
        }
        Some(_) | None => "api://AzureADTokenExchange",
    }
}
