//! What a tenant holds: its API registration, its accounts, its applications and its public clients.
//!
//! Invariant: once `check` has passed, names and client ids are unique, and at least one App ID URI qualifies scopes.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use crate::IssuerError;
use crate::registration::{ApiCredential, DownstreamApi};

/// What the local tenant holds.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// Where to listen. Loopback only; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The tenant (`tid`), part of every route.
    pub tenant_id: Uuid,
    /// The API's app registration: the `aud` of every token.
    pub client_id: Uuid,
    /// The API's identifier URIs. Scopes are asked for as `<uri>/<scope>`; default `api://<client_id>`.
    pub app_id_uris: Vec<String>,
    /// Short names of the scopes the API exposes.
    pub scopes: Vec<String>,
    /// Who can sign in.
    pub accounts: Vec<Account>,
    /// Services that use client credentials.
    pub applications: Vec<ApplicationAccount>,
    /// Clients without a secret that use the authorization code flow with PKCE.
    pub public_clients: Vec<PublicClient>,
    /// The client of programs on this machine, whose codes go to any loopback address (RFC 8252 section 7.3). Whoever
    /// registers (RFC 7591) is given this id. `None`: there is no such client, and no registration.
    pub native_client: Option<Uuid>,
    /// How the API proves itself when it exchanges tokens. Empty: it cannot.
    pub api_credentials: Vec<ApiCredential>,
    /// Other APIs, whose tokens the API may get on behalf of its users.
    pub downstream_apis: Vec<DownstreamApi>,
    /// How long an authorization code may be redeemed. Default 5 minutes.
    pub code_lifetime: Duration,
    /// How long an access token is valid. Default 1 hour.
    pub token_lifetime: Duration,
    /// How long a refresh token is valid. Default 24 hours, as Entra's for single-page applications.
    pub refresh_token_lifetime: Duration,
}

/// A person of the tenant.
#[derive(Debug, Clone)]
pub struct Account {
    /// The visible name on the sign-in page; [`object_id_of`](crate::object_id_of) makes the object id from it.
    pub name: String,
    /// App roles assigned.
    pub roles: Vec<String>,
}

/// A service of the tenant: an app registration with a secret.
#[derive(Clone)]
pub struct ApplicationAccount {
    /// The visible name; [`object_id_of`](crate::object_id_of) makes the object id from it.
    pub name: String,
    /// The client id (`azp`).
    pub client_id: Uuid,
    /// The client secret.
    pub secret: String,
    /// App roles assigned.
    pub roles: Vec<String>,
}

/// A client without a secret: a single-page application or a native one.
#[derive(Debug, Clone)]
pub struct PublicClient {
    /// The client id (`azp`).
    pub client_id: Uuid,
    /// Where codes may be sent, compared byte for byte.
    pub redirect_uris: Vec<String>,
}

impl IssuerSettings {
    /// Starts from an empty tenant with the default lifetimes and `api://<client_id>`.
    #[must_use]
    pub fn new(bind: SocketAddr, tenant_id: Uuid, client_id: Uuid) -> Self {
        Self {
            bind,
            tenant_id,
            client_id,
            app_id_uris: vec![format!("api://{client_id}")],
            scopes: Vec::new(),
            accounts: Vec::new(),
            applications: Vec::new(),
            public_clients: Vec::new(),
            native_client: None,
            api_credentials: Vec::new(),
            downstream_apis: Vec::new(),
            code_lifetime: Duration::from_secs(300),
            token_lifetime: Duration::from_secs(3600),
            refresh_token_lifetime: Duration::from_secs(24 * 3600),
        }
    }

    pub(crate) fn check(&self) -> Result<(), IssuerError> {
        // Codes and tokens are handed to anyone who asks; on another address "anyone" would be the network.
        if !self.bind.ip().is_loopback() {
            return Err(IssuerError::NotLoopback { address: self.bind });
        }
        if self.app_id_uris.iter().all(String::is_empty) {
            return Err(IssuerError::NoAppIdUri);
        }
        let mut names = BTreeSet::new();
        let accounts = self.accounts.iter().map(|account| &account.name);
        let applications = self
            .applications
            .iter()
            .map(|application| &application.name);
        for name in accounts.chain(applications) {
            // Two of one name would share an object id.
            if name.is_empty() || !names.insert(name) {
                return Err(IssuerError::NameNotUnique { name: name.clone() });
            }
        }
        let mut client_ids = BTreeSet::new();
        let applications = self
            .applications
            .iter()
            .map(|application| application.client_id);
        let public_clients = self.public_clients.iter().map(|client| client.client_id);
        let downstream_apis = self.downstream_apis.iter().map(|api| api.client_id);
        let others = public_clients
            .chain(self.native_client)
            .chain(downstream_apis);
        for client_id in applications.chain(others) {
            if !client_ids.insert(client_id) {
                return Err(IssuerError::ClientIdNotUnique { client_id });
            }
        }
        self.public_clients
            .iter()
            .flat_map(|client| &client.redirect_uris)
            .try_for_each(|redirect_uri| check_redirect_uri(redirect_uri))
    }
}

/// Checks that codes can be sent to `redirect_uri`: absolute, http(s), without a fragment (RFC 6749 3.1.2).
pub(crate) fn check_redirect_uri(redirect_uri: &str) -> Result<(), IssuerError> {
    let refused = || IssuerError::RedirectUri {
        redirect_uri: redirect_uri.to_owned(),
    };
    let url = Url::parse(redirect_uri).map_err(|_| refused())?;
    if !matches!(url.scheme(), "http" | "https") || url.fragment().is_some() {
        return Err(refused());
    }
    Ok(())
}

impl Account {
    /// Makes an account that is named by the one role it holds.
    #[must_use]
    pub fn with_role(role: &str) -> Self {
        Self {
            name: role.to_owned(),
            roles: vec![role.to_owned()],
        }
    }
}

impl fmt::Debug for ApplicationAccount {
    /// Leaves the secret out, so that no log line or assertion prints it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApplicationAccount")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
