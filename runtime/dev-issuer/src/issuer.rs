//! The running tenant: a handle that can be cloned, a listener, and the routes.
//!
//! Invariant: the authority is made from the bound address, never from a request's `Host`.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::claims::{AZURE_CLI_CLIENT_ID, ClaimsMaker};
use crate::claims_request::ClaimsRequest;
use crate::code::CodeStore;
use crate::error::IssuerError;
use crate::loopback;
use crate::refresh::RefreshStore;
use crate::routes;
use crate::settings::{self, IssuerSettings, PublicClient};
use crate::signing_key::SigningKey;

/// A local tenant, listening from the moment it is bound and answering once it is served.
///
/// Clones are handles to the same tenant: keep one to make tokens while another is served.
#[derive(Clone)]
pub struct DevIssuer {
    tenant: Arc<Tenant>,
    listener: Arc<TcpListener>,
}

/// What the routes share.
pub(crate) struct Tenant {
    pub(crate) settings: IssuerSettings,
    /// `http://127.0.0.1:9101`, without a trailing slash.
    pub(crate) authority: String,
    /// `<authority>/<tenant>/v2.0`, the `iss` of every token.
    pub(crate) issuer: String,
    pub(crate) codes: Mutex<CodeStore>,
    pub(crate) sessions: Mutex<RefreshStore>,
    /// As in the settings, with the places that were added.
    public_clients: RwLock<Vec<PublicClient>>,
    signing_key: RwLock<Arc<SigningKey>>,
    /// Token requests still to be answered as if the tenant were overloaded.
    pub(crate) failures_to_come: AtomicUsize,
    pub(crate) exchanges: AtomicUsize,
}

impl DevIssuer {
    /// Generates a key and listens. Nothing is answered before [`serve`](Self::serve).
    ///
    /// # Errors
    /// An address that is not loopback ([`IssuerError::NotLoopback`]) or is taken ([`IssuerError::Listen`]), and
    /// settings that contradict themselves.
    pub async fn bind(settings: IssuerSettings) -> Result<Self, IssuerError> {
        settings.check()?;
        let signing_key = generate_key().await?;
        let listen_error = |source| IssuerError::Listen {
            address: settings.bind,
            source,
        };
        let listener = TcpListener::bind(settings.bind).map_err(listen_error)?;
        listener.set_nonblocking(true).map_err(listen_error)?;
        let authority = format!("http://{}", listener.local_addr().map_err(listen_error)?);
        let tenant = Tenant {
            issuer: format!("{authority}/{}/v2.0", settings.tenant_id),
            authority,
            codes: Mutex::new(CodeStore::new(settings.code_lifetime)),
            sessions: Mutex::new(RefreshStore::new(settings.refresh_token_lifetime)),
            public_clients: RwLock::new(settings.public_clients.clone()),
            signing_key: RwLock::new(Arc::new(signing_key)),
            failures_to_come: AtomicUsize::new(0),
            exchanges: AtomicUsize::new(0),
            settings,
        };
        Ok(Self {
            tenant: Arc::new(tenant),
            listener: Arc::new(listener),
        })
    }

    /// Serves until `shutdown` completes; requests in flight are answered.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn serve(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let (listener, router) = self.into_parts()?;
        axum::serve(listener, router)
            .with_graceful_shutdown(shutdown)
            .await
    }

    /// Where the tenant listens, and what answers there: for whoever serves by other means than [`serve`](Self::serve).
    ///
    /// # Errors
    /// The listener failed.
    pub fn into_parts(self) -> std::io::Result<(tokio::net::TcpListener, axum::Router)> {
        let listener = tokio::net::TcpListener::from_std(self.listener.try_clone()?)?;
        Ok((listener, routes::build_router(self.tenant)))
    }

    /// The address it listens on, with the port that was free.
    ///
    /// # Panics
    /// Never: a bound socket has an address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener
            .local_addr()
            .expect("the listener was bound when the issuer was made")
    }

    /// The authority (`auth.authority`): `http://127.0.0.1:<port>`.
    ///
    /// # Panics
    /// Never: a socket address makes a URL.
    #[must_use]
    pub fn authority(&self) -> Url {
        Url::parse(&self.tenant.authority).expect("a socket address makes a URL")
    }

    /// The `iss` of every token: `<authority>/<tenant>/v2.0`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.tenant.issuer
    }

    /// What the tenant was made from.
    #[must_use]
    pub fn settings(&self) -> &IssuerSettings {
        &self.tenant.settings
    }

    /// Lets codes of a public client be sent to one more place, for clients whose port is known only later.
    ///
    /// # Errors
    /// [`IssuerError::UnknownClient`]; [`IssuerError::RedirectUri`] for what is not an http(s) URL.
    pub fn allow_redirect_uri(
        &self,
        client_id: Uuid,
        redirect_uri: &str,
    ) -> Result<(), IssuerError> {
        settings::check_redirect_uri(redirect_uri)?;
        let mut clients = self
            .tenant
            .public_clients
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let client = clients
            .iter_mut()
            .find(|client| client.client_id == client_id)
            .ok_or(IssuerError::UnknownClient { client_id })?;
        client.redirect_uris.push(redirect_uri.to_owned());
        Ok(())
    }

    /// Makes a token as if the account had signed in. `scopes` are short names.
    ///
    /// Its client (`azp`) is the first public client, or else the Azure CLI.
    ///
    /// # Errors
    /// [`IssuerError::UnknownAccount`], [`IssuerError::UnknownScope`].
    pub fn token_for(&self, account_name: &str, scopes: &[&str]) -> Result<String, IssuerError> {
        let settings = &self.tenant.settings;
        if let Some(unknown) = scopes
            .iter()
            .find(|scope| !settings.scopes.iter().any(|known| known == *scope))
        {
            return Err(IssuerError::UnknownScope {
                scope: (*unknown).to_owned(),
            });
        }
        let client_id = settings
            .public_clients
            .first()
            .map_or(AZURE_CLI_CLIENT_ID, |client| client.client_id);
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.tenant
            .sign_for_user(account_name, client_id, &scopes, &ClaimsRequest::default())
            .ok_or_else(|| IssuerError::UnknownAccount {
                name: account_name.to_owned(),
            })
    }

    /// Makes a token as if the application had presented its secret.
    ///
    /// # Errors
    /// [`IssuerError::UnknownApplication`].
    pub fn token_for_application(&self, name: &str) -> Result<String, IssuerError> {
        let application = self
            .tenant
            .settings
            .applications
            .iter()
            .find(|application| application.name == name)
            .ok_or_else(|| IssuerError::UnknownApplication {
                name: name.to_owned(),
            })?;
        let claims = self.tenant.claims_maker().render_application(application);
        Ok(self.tenant.sign(&claims))
    }

    /// Signs any claims with the tenant's current key. A test aid: nothing is added and nothing is checked.
    #[must_use]
    pub fn sign_claims(&self, claims: Value) -> String {
        self.tenant.sign(&claims)
    }

    /// Answers the next token requests with 503, as an overloaded tenant does. A test aid.
    pub fn fail_token_requests(&self, count: usize) {
        self.tenant.failures_to_come.store(count, Ordering::SeqCst);
    }

    /// How many tokens were given out on behalf of users.
    #[must_use]
    pub fn exchange_count(&self) -> usize {
        self.tenant.exchanges.load(Ordering::SeqCst)
    }

    /// Replaces the signing key; the key document lists the new one only. A test aid.
    ///
    /// # Errors
    /// [`IssuerError::KeyGeneration`].
    pub async fn rotate_key(&self) -> Result<(), IssuerError> {
        let signing_key = Arc::new(generate_key().await?);
        *self
            .tenant
            .signing_key
            .write()
            .unwrap_or_else(PoisonError::into_inner) = signing_key;
        Ok(())
    }
}

impl Tenant {
    pub(crate) fn signing_key(&self) -> Arc<SigningKey> {
        let signing_key = self
            .signing_key
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&signing_key)
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.signing_key().sign(claims)
    }

    /// `None` when no account has this name.
    pub(crate) fn sign_for_user(
        &self,
        account_name: &str,
        client_id: Uuid,
        scopes: &[String],
        claims_request: &ClaimsRequest,
    ) -> Option<String> {
        let account = self
            .settings
            .accounts
            .iter()
            .find(|account| account.name == account_name)?;
        let mut claims = self.claims_maker().render_user(account, client_id, scopes);
        claims_request.write(&mut claims);
        Some(self.sign(&claims))
    }

    pub(crate) fn claims_maker(&self) -> ClaimsMaker<'_> {
        ClaimsMaker {
            settings: &self.settings,
            issuer: &self.issuer,
            now: SystemTime::now(),
        }
    }

    /// Whether codes of this client may go there; `None` when there is no such public client.
    pub(crate) fn may_redirect(&self, client_id: Uuid, redirect_uri: &str) -> Option<bool> {
        if self.settings.native_client == Some(client_id) {
            return Some(loopback::is_redirect_uri(redirect_uri));
        }
        let clients = self
            .public_clients
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let client = clients
            .iter()
            .find(|client| client.client_id == client_id)?;
        Some(client.redirect_uris.iter().any(|uri| uri == redirect_uri))
    }
}

/// Generates off the async threads: finding primes takes long enough to make other tasks wait.
async fn generate_key() -> Result<SigningKey, IssuerError> {
    tokio::task::spawn_blocking(SigningKey::generate)
        .await
        .unwrap_or(Err(IssuerError::KeyGeneration))
}
