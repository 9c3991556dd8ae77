//! Other APIs, called on behalf of the caller: his token is exchanged at the authority for one of theirs (OAuth 2.0
//! on-behalf-of), so that the other API sees the same user and this one as its client.
//!
//! `Start::downstream(name) -> Downstream::token_for(&caller) -> cache -> exchange -> authority`. The handler gets a
//! header for its own HTTP client.
//!
//! Invariant: the caller's token goes to the authority and nowhere else, and a token obtained for one caller, token and
//! set of scopes is never given to another.

mod cache;
mod credential;
mod error;
mod exchange;
#[cfg(any(test, feature = "testing"))]
mod in_process;
mod token;

use std::fmt;
use std::sync::Arc;

pub use error::DownstreamError;
pub(crate) use error::DownstreamSetupError;
pub use token::DownstreamToken;

use crate::Caller;
use crate::config::Config;
use cache::{CacheKey, TokenCache};
use credential::ClientSecret;
use exchange::Exchanger;

/// The way to one other API on behalf of the caller. Cheap to clone; keep it in the state.
///
/// Made by [`Start::downstream`](crate::Start::downstream).
#[derive(Clone)]
pub struct Downstream {
    name: Arc<str>,
    scopes: Arc<[String]>,
    shared: Arc<Shared>,
}

/// What all of them have in common.
struct Shared {
    cache: Arc<TokenCache>,
    source: Arc<Source>,
}

/// Where tokens come from.
enum Source {
    Authority(Box<Exchanger>),
    /// The test kit: nobody is asked.
    #[cfg(any(test, feature = "testing"))]
    InProcess,
}

/// The declared ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Downstreams(Vec<Downstream>);

impl Downstream {
    /// Gets a token of the other API for the same user, from memory or from the authority.
    ///
    /// It is remembered for this caller, his token and these scopes until shortly before it ends, and never longer than
    /// the caller's own token. Callers who ask at the same time share one exchange.
    ///
    /// # Errors
    /// [`DownstreamError`]. It is an answer: a handler may return it as it is.
    pub async fn token_for(&self, caller: &Caller) -> Result<DownstreamToken, DownstreamError> {
        let (Some(incoming), Some(incoming_end)) =
            (caller.incoming_token(), caller.expires_at_unix_seconds())
        else {
            return Err(DownstreamError::UserRequired);
        };
        let key = CacheKey {
            tenant_id: caller.tenant_id(),
            object_id: caller.object_id(),
            client_id: caller.client_id().map(str::to_owned),
            token_hash: incoming.hash(),
            scopes: Arc::clone(&self.scopes),
        };
        let request = exchange::Request {
            api: Arc::clone(&self.name),
            scopes: Arc::clone(&self.scopes),
            caller: caller.clone(),
            incoming: incoming.clone(),
            incoming_end,
        };
        let source = Arc::clone(&self.shared.source);
        let cache = &self.shared.cache;
        cache
            .get_or_exchange(key, async move { source.exchange(&request).await })
            .await
    }
}

impl Downstreams {
    /// Builds the declared ones. No network.
    ///
    /// # Errors
    /// [`DownstreamSetupError`] for a certificate that cannot sign, or a machine without usable root certificates.
    pub(crate) fn build(config: &Config) -> Result<Self, DownstreamSetupError> {
        if config.downstream.scopes.is_empty() {
            return Ok(Self::default());
        }
        let exchanger = Exchanger::build(config)?;
        Ok(Self::with_source(
            Source::Authority(Box::new(exchanger)),
            config,
        ))
    }

    /// Builds the declared ones for the test kit: every user gets a token, and nobody is asked.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn in_process(config: &Config) -> Self {
        Self::with_source(Source::InProcess, config)
    }

    fn with_source(source: Source, config: &Config) -> Self {
        let shared = Arc::new(Shared {
            cache: TokenCache::new(),
            source: Arc::new(source),
        });
        let build = |(name, scopes): (&String, &Vec<String>)| Downstream {
            name: name.as_str().into(),
            scopes: scopes.as_slice().into(),
            shared: Arc::clone(&shared),
        };
        Self(config.downstream.scopes.iter().map(build).collect())
    }

    /// The secret that proves this API to the authority, where it is one.
    pub(crate) fn client_secret(&self) -> Option<ClientSecret> {
        let any = self.0.first()?;
        match &*any.shared.source {
            Source::Authority(exchanger) => exchanger.client_secret(),
            #[cfg(any(test, feature = "testing"))]
            Source::InProcess => None,
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Downstream> {
        self.0.iter().find(|it| &*it.name == name).cloned()
    }
}

impl Source {
    async fn exchange(
        &self,
        request: &exchange::Request,
    ) -> Result<DownstreamToken, DownstreamError> {
        match self {
            Source::Authority(exchanger) => exchanger.exchange(request).await,
            #[cfg(any(test, feature = "testing"))]
            Source::InProcess => in_process::token_for(request),
        }
    }
}

impl fmt::Debug for Downstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Downstream")
            .field("name", &self.name)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(feature = "dev-issuer")]
mod tests;
