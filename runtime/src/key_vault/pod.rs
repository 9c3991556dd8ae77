//! Workload identity: the token that Kubernetes gives a pod is exchanged for one of its identity.
//!
//! Microsoft's "OAuth 2.0 client credentials flow", third case: with a federated credential (RFC 7523 section 2.2).

use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::attempts::{Attempt, ask};
use super::failure::IdentityFailure;
use super::identity::{accept_token, find_entra_code};
use super::wire::{Answer, Trouble, Wire};
use crate::config::{SecretText, read_secret_file};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A pod with a projected service-account token, and the identity that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pod {
    pub(crate) tenant_id: Uuid,
    pub(crate) client_id: Uuid,
    pub(crate) token_file: PathBuf,
    pub(crate) authority_host: Url,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

impl Pod {
    /// Gets a token of this scope.
    ///
    /// # Errors
    /// [`IdentityFailure`], at the latest after `timeout`.
    pub(super) async fn exchange(
        &self,
        scope: &str,
        timeout: Duration,
        wire: &Wire,
    ) -> Result<SecretText, IdentityFailure> {
        let assertion = read_secret_file(&self.token_file).map_err(IdentityFailure::TokenFile)?;
        let url = self.token_endpoint();
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id.to_string())
            .append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", &assertion)
            .append_pair("scope", scope)
            .finish();
        ask(timeout, IdentityFailure::TimedOut, async || {
            judge(wire.post(&url, form.clone()).await)
        })
        .await
    }

    fn token_endpoint(&self) -> Url {
        let mut url = self.authority_host.clone();
        url.set_path(&format!("{}/oauth2/v2.0/token", self.tenant_id));
        url
    }
}

fn judge(outcome: Result<Answer, Trouble>) -> Attempt<SecretText, IdentityFailure> {
    Attempt::of(
        outcome,
        |status| {
            let words = format!("its last answer is {}", status.as_u16());
            IdentityFailure::AuthorityUnreachable(words)
        },
        accept,
    )
}

fn accept(answer: &Answer) -> Result<SecretText, IdentityFailure> {
    if answer.status == StatusCode::OK {
        let granted: Granted =
            serde_json::from_slice(&answer.body).map_err(|_| IdentityFailure::Exchange(None))?;
        return accept_token(&granted.access_token).ok_or(IdentityFailure::Exchange(None));
    }
    let text = String::from_utf8_lossy(&answer.body);
    Err(IdentityFailure::Exchange(find_entra_code(&text)))
}

impl From<Trouble> for IdentityFailure {
    fn from(trouble: Trouble) -> Self {
        IdentityFailure::AuthorityUnreachable(match trouble {
            Trouble::UnknownHost => "its host is unknown".to_owned(),
            Trouble::Certificate => "its certificate is not trusted".to_owned(),
            Trouble::Unreachable(words) => words,
            Trouble::Oversized => "its answer is too large".to_owned(),
        })
    }
}
