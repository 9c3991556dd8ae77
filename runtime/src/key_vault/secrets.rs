//! The reading itself: one token, then every secret, side by side.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::{ClientOptions, Transport};
use azure_core::time::OffsetDateTime;
use azure_security_keyvault_secrets::models::SecretClientGetSecretOptions;
use azure_security_keyvault_secrets::{ResourceExt, SecretClient, SecretClientOptions};
use futures::{StreamExt, stream};
use reqwest::redirect::Policy;

use super::address::VaultAddress;
use super::failure::{IdentityFailure, SecretFailure};
use super::identity::Identity;
use super::reference::SecretReference;
use super::wire::Wire;
use crate::config::SecretText;

/// Most secrets that are read at once; a vault serves a few thousand in ten seconds, to everybody together.
const AT_ONCE: usize = 16;

/// What is read, from where, as whom, and how long that may take.
pub(crate) struct VaultRequest {
    pub(crate) address: VaultAddress,
    pub(crate) identity: Identity,
    /// For a token.
    pub(crate) identity_timeout: Duration,
    /// For each secret.
    pub(crate) timeout: Duration,
    pub(crate) secrets: Vec<SecretReference>,
}

/// A secret as the vault has it.
pub(crate) struct FoundSecret {
    pub(crate) value: SecretText,
    pub(crate) version: String,
    /// Key Vault hands out expired secrets like others.
    pub(crate) has_expired: bool,
}

/// One outcome for each secret that was asked for, in that order.
pub(crate) type Outcomes = Vec<Result<FoundSecret, SecretFailure>>;

/// Reads the secrets. Blocks this thread, and works inside and outside of an asynchronous one.
///
/// # Errors
/// [`IdentityFailure`] when no token can be had; then the vault has not been asked.
pub(crate) fn read_blocking(request: &VaultRequest) -> Result<Outcomes, IdentityFailure> {
    // A thread of its own, because a runtime cannot be started inside of one.
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|_| IdentityFailure::Client)?;
            runtime.block_on(read(request))
        });
        reading.join().unwrap_or(Err(IdentityFailure::Client))
    })
}

/// Reads the secrets.
///
/// # Errors
/// As [`read_blocking`].
pub(crate) async fn read(request: &VaultRequest) -> Result<Outcomes, IdentityFailure> {
    let client = reqwest::Client::builder()
        .https_only(true)
        .redirect(Policy::none())
        .build()
        .map_err(|_| IdentityFailure::Client)?;
    let audience = request.address.audience();
    let token = request
        .identity
        .token(&audience, request.identity_timeout, &client)
        .await?;
    let credential = Arc::new(TokenForVault {
        scope: format!("{audience}/.default"),
        token,
    });
    let outcomes = stream::iter(request.secrets.iter().cloned())
        .map(|reference| read_secret(request, &client, credential.clone(), reference))
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(outcomes)
}

async fn read_secret(
    request: &VaultRequest,
    client: &reqwest::Client,
    credential: Arc<TokenForVault>,
    reference: SecretReference,
) -> Result<FoundSecret, SecretFailure> {
    // A wire for each, so that each knows what came last; connections are shared all the same.
    let wire = Arc::new(Wire::new(client.clone()));
    let options = SecretClientOptions {
        client_options: ClientOptions {
            transport: Some(Transport::new(wire.clone())),
            ..ClientOptions::default()
        },
        verify_challenge_resource: Some(request.address.has_azure_domain()),
        ..SecretClientOptions::default()
    };
    let url = request.address.url().as_str();
    let client =
        SecretClient::new(url, credential, Some(options)).map_err(|_| SecretFailure::Unreadable)?;
    let options = SecretClientGetSecretOptions {
        secret_version: reference.version,
        ..SecretClientGetSecretOptions::default()
    };
    let asking = async {
        let response = client.get_secret(&reference.name, Some(options)).await?;
        response.into_model()
    };
    match tokio::time::timeout(request.timeout, asking).await {
        Ok(Ok(secret)) => accept(secret),
        Ok(Err(error)) => Err(SecretFailure::of(&error, &wire.last())),
        Err(_) => Err(SecretFailure::of_timeout(wire.last())),
    }
}

fn accept(
    secret: azure_security_keyvault_secrets::models::Secret,
) -> Result<FoundSecret, SecretFailure> {
    let version = secret.resource_id().ok().and_then(|id| id.version);
    let is_word = |text: &String| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let version = version.filter(is_word).ok_or(SecretFailure::Unreadable)?;
    let value = secret.value.ok_or(SecretFailure::Unreadable)?;
    // Whoever sets a secret from a file leaves a line end there, as with mounted ones.
    let value = value.trim_end_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(SecretFailure::Empty);
    }
    let attributes = secret.attributes.unwrap_or_default();
    let now = OffsetDateTime::now_utc();
    Ok(FoundSecret {
        value: SecretText(value.to_owned()),
        version,
        has_expired: attributes.expires.is_some_and(|end| end <= now),
    })
}

/// The one token, for whoever asks for one of this vault.
///
/// # Security
/// The vault says what the token shall be issued for. One that asks for a token of something else gets none: it would
/// use it there.
struct TokenForVault {
    scope: String,
    token: SecretText,
}

impl std::fmt::Debug for TokenForVault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenForVault")
    }
}

#[async_trait]
impl TokenCredential for TokenForVault {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        if scopes != [self.scope.as_str()] {
            let message = "the vault asks for a token of something else";
            return Err(Error::with_message(ErrorKind::Credential, message));
        }
        // It lives for hours, and everything is over before the shortest timeout is.
        let end = OffsetDateTime::now_utc() + Duration::from_secs(60 * 60);
        Ok(AccessToken::new(self.token.0.clone(), end))
    }
}
