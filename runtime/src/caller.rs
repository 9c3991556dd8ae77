//! Who is calling: the proof that a credential was verified.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use http::Extensions;
use portcullis_api_spec::{CallerKind, Rights};
use uuid::Uuid;

use crate::identity::{Authentication, IncomingToken, SigningKey};

/// A verified caller.
///
/// Invariant: private fields and one maker, the authenticator; a handler that takes a `Caller` cannot run without one.
/// Nothing a client sends can forge it.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// Shared: a caller goes from layer to layer, and to whoever remembers its token.
    facts: Arc<CallerFacts>,
    /// Only where the application has downstream APIs, and only a user's. Nothing outside this crate can read it.
    incoming_token: Option<IncomingToken>,
}

/// What the authenticator found in a verified token.
#[derive(PartialEq, Eq)]
pub(crate) struct CallerFacts {
    pub(crate) tenant_id: Uuid,
    pub(crate) object_id: Uuid,
    pub(crate) rights: Rights,
    pub(crate) client_id: Option<String>,
    pub(crate) token_id: Option<String>,
    /// `None` for a caller that no token made.
    pub(crate) token_life: Option<TokenLife>,
    pub(crate) is_guest: bool,
    pub(crate) takes_claims_challenges: bool,
    /// Made by POC mode, not by a token.
    pub(crate) is_synthetic: bool,
}

/// What a caller rests on: admitted once, he stands only while this does.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct TokenLife {
    pub(crate) expires_at_unix_seconds: u64,
    /// The key that the token's signature was verified with.
    pub(crate) signing_key: Arc<SigningKey>,
}

impl Caller {
    /// Only the authenticator calls this (`identity/`).
    pub(crate) fn from_verified(facts: CallerFacts) -> Self {
        Self {
            facts: Arc::new(facts),
            incoming_token: None,
        }
    }

    /// The caller whom authentication has found in a request; `None` where there is none, or its credential does not hold.
    pub(crate) fn of_request(extensions: &Extensions) -> Option<&Self> {
        match extensions.get::<Authentication>()? {
            Authentication::Verified(caller) => Some(caller),
            Authentication::Absent
            | Authentication::Rejected(_)
            | Authentication::KeysUnavailable => None,
        }
    }

    /// Keeps the token that the caller was made of, to be exchanged.
    pub(crate) fn with_incoming_token(self, token: IncomingToken) -> Self {
        Self {
            incoming_token: Some(token),
            ..self
        }
    }

    pub(crate) fn incoming_token(&self) -> Option<&IncomingToken> {
        self.incoming_token.as_ref()
    }

    /// The tenant the caller signed in to (`tid`).
    #[must_use]
    pub fn tenant_id(&self) -> Uuid {
        self.facts.tenant_id
    }

    /// The caller's object id in the tenant (`oid`). With the tenant id, the key of an identity.
    #[must_use]
    pub fn object_id(&self) -> Uuid {
        self.facts.object_id
    }

    /// Whether a person or a service is calling.
    #[must_use]
    pub fn kind(&self) -> CallerKind {
        self.facts.rights.kind
    }

    /// Internal roles held, sorted.
    #[must_use]
    pub fn roles(&self) -> &BTreeSet<String> {
        &self.facts.rights.roles
    }

    /// Scopes the token carries, sorted. Empty for an application.
    #[must_use]
    pub fn scopes(&self) -> &BTreeSet<String> {
        &self.facts.rights.scopes
    }

    /// Says whether the caller holds this role, a variant of the application's own role enum.
    #[must_use]
    pub fn has_role(&self, role: impl Into<portcullis_api_spec::RoleDef>) -> bool {
        self.facts.rights.has_role(role.into().name)
    }

    /// The client application that asked for the token (`azp`).
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.facts.client_id.as_deref()
    }

    /// The token's own id (`uti`), for Entra's sign-in log.
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        self.facts.token_id.as_deref()
    }

    /// When the token ends, in seconds since 1970; `None` in POC mode.
    #[must_use]
    pub fn expires_at_unix_seconds(&self) -> Option<u64> {
        let token_life = self.facts.token_life.as_ref()?;
        Some(token_life.expires_at_unix_seconds)
    }

    pub(crate) fn token_life(&self) -> Option<&TokenLife> {
        self.facts.token_life.as_ref()
    }

    /// Says whether the client can answer a claims challenge (`xms_cc` with `cp1`): it signs the user in again.
    pub(crate) fn takes_claims_challenges(&self) -> bool {
        self.facts.takes_claims_challenges
    }

    /// Says whether the user is a guest of the tenant.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.facts.is_guest
    }

    /// Says whether the caller was made by POC mode: nobody was authenticated.
    #[must_use]
    pub fn is_synthetic(&self) -> bool {
        self.facts.is_synthetic
    }

    /// What `decide` looks at.
    #[must_use]
    pub fn rights(&self) -> &Rights {
        &self.facts.rights
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Caller")
            .field("tenant_id", &self.facts.tenant_id)
            .field("object_id", &self.facts.object_id)
            .field("rights", &self.facts.rights)
            .finish_non_exhaustive()
    }
}
