//! The rules about claims, in the order in which they run (duty 8): pure, with the clock passed in.
//!
//! Before the key: issuer, audience, times; a token that fails them never causes a key fetch. After the signature:
//! tenant, version, the key's own issuer and cloud, kind of caller, client, guest. Then, and only then, a caller exists.

use std::sync::Arc;

use portcullis_api_spec::{CallerKind, Rights};

use super::caller_kind::decide_caller_kind;
use super::checks::{Check, Failure, Fault};
use super::guests::is_guest;
use super::keys::{KeySet, SigningKey};
use super::policy::Policy;
use super::reason::Reason;
use super::token::{Claims, IdentityClaims, Times, ValidityClaims};
use crate::caller::{CallerFacts, TokenLife};
use crate::config::GuestPolicy;
use crate::microsoft_resource::MicrosoftResource;

/// A rule about issuer, audience or times.
pub(super) type ValidityRule = fn(&Validity<'_>) -> Result<(), Fault>;
/// A rule about the caller that a token speaks for.
pub(super) type CallerRule = fn(&CallerCase<'_>) -> Result<(), Fault>;

/// The checks before a key is looked for, in order.
pub(super) const BEFORE_KEY: [(Check, ValidityRule); 4] = [
    (Check::ValidityClaims, |it| it.claims().map(drop)),
    (Check::Audience, |it| it.check_audience()),
    (Check::Times, |it| it.check_times()),
    (Check::Issuer, |it| it.version().map(drop)),
];

/// The checks after the signature, in order.
pub(super) const AFTER_SIGNATURE: [(Check, CallerRule); 7] = [
    (Check::IdentityClaims, |it| it.identity().map(drop)),
    (Check::Tenant, |it| it.check_tenant()),
    (Check::Version, |it| it.check_version()),
    (Check::KeyOwner, |it| it.check_key_owner()),
    (Check::CallerKind, |it| it.kind().map(drop)),
    (Check::Client, |it| it.check_client()),
    (Check::Guest, |it| it.is_guest().map(drop)),
];

/// What the checks before the key look at.
pub(super) struct Validity<'a> {
    policy: &'a Policy,
    claims: &'a Claims,
    now: u64,
    /// From the v1 metadata; `None` unless v1 tokens are accepted and the keys are there.
    v1_issuer: Option<&'a str>,
    read: Result<ValidityClaims<'a>, Reason>,
}

impl<'a> Validity<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        claims: &'a Claims,
        now: u64,
        v1_issuer: Option<&'a str>,
    ) -> Self {
        Self {
            policy,
            claims,
            now,
            v1_issuer,
            read: ValidityClaims::parse(claims),
        }
    }

    /// Runs every check before the key.
    ///
    /// # Errors
    /// The fault of the first that does not pass.
    pub(super) fn check(&self) -> Result<(), Fault> {
        BEFORE_KEY.iter().try_for_each(|(_, rule)| rule(self))
    }

    fn claims(&self) -> Result<&ValidityClaims<'a>, Fault> {
        let read = self.read.as_ref();
        read.map_err(|reason| Check::ValidityClaims.rejects()(*reason))
    }

    fn check_audience(&self) -> Result<(), Fault> {
        check_audience(self.policy, self.claims()?).map_err(Check::Audience.rejects())
    }

    fn check_times(&self) -> Result<(), Fault> {
        check_times(self.policy, self.times()?, self.now).map_err(Check::Times.rejects())
    }

    /// When the token holds, as it says itself.
    ///
    /// # Errors
    /// The fault of the claims that cannot be read.
    pub(super) fn times(&self) -> Result<Times, Fault> {
        Ok(self.claims()?.times)
    }

    /// Without keys the v1 issuer is not known either, so nothing is said about it.
    fn version(&self) -> Result<TokenVersion, Fault> {
        check_issuer(self.policy, self.claims()?, self.v1_issuer).map_err(|reason| {
            let is_unknown = self.policy.accepts_v1_tokens && self.v1_issuer.is_none();
            Check::Issuer.fault(match is_unknown {
                true => Failure::KeysUnavailable,
                false => Failure::Rejected(reason),
            })
        })
    }
}

/// What the checks after the signature look at.
pub(super) struct CallerCase<'a> {
    validity: &'a Validity<'a>,
    /// The key that signed the token, and the set it stands in.
    signer: Result<(&'a KeySet, &'a SigningKey), Fault>,
    read: Result<IdentityClaims<'a>, Reason>,
}

impl<'a> CallerCase<'a> {
    pub(super) fn new(
        validity: &'a Validity<'a>,
        signer: Result<(&'a KeySet, &'a SigningKey), Fault>,
    ) -> Self {
        Self {
            validity,
            signer,
            read: IdentityClaims::parse(validity.claims),
        }
    }

    /// Runs every check after the signature.
    ///
    /// # Errors
    /// The fault of the first that does not pass.
    pub(super) fn check(&self) -> Result<(), Fault> {
        AFTER_SIGNATURE.iter().try_for_each(|(_, rule)| rule(self))
    }

    /// What the token lets its caller do, once mapped to the application's own roles.
    pub(super) fn rights(&self) -> Result<Rights, Fault> {
        let identity = self.identity()?;
        let roles = identity.roles.iter().flatten().copied();
        let scopes = identity.scopes.iter().flatten();
        let kind = self.kind()?;
        // Conditional Access is about people's sign-in. Whatever an application's token says of it, it has none.
        let contexts = identity.contexts.iter();
        let contexts = contexts.filter(|_| kind == CallerKind::User);
        Ok(Rights {
            kind,
            roles: self.validity.policy.roles.internal_roles(roles),
            scopes: scopes.map(|scope| (*scope).to_owned()).collect(),
            contexts: contexts.map(|context| (*context).to_owned()).collect(),
        })
    }

    fn identity(&self) -> Result<&IdentityClaims<'a>, Fault> {
        let read = self.read.as_ref();
        read.map_err(|reason| Check::IdentityClaims.rejects()(*reason))
    }

    fn check_tenant(&self) -> Result<(), Fault> {
        match self.identity()?.tenant_id == self.validity.policy.tenant_id {
            true => Ok(()),
            false => Err(Check::Tenant.rejects()(Reason::TenantNotAccepted)),
        }
    }

    fn check_version(&self) -> Result<(), Fault> {
        let expected = match self.validity.version()? {
            TokenVersion::V1 => "1.0",
            TokenVersion::V2 => "2.0",
        };
        match self.identity()?.version == expected {
            true => Ok(()),
            false => Err(Check::Version.rejects()(Reason::VersionMismatch)),
        }
    }

    fn check_key_owner(&self) -> Result<(), Fault> {
        let (keys, key) = self.signer?;
        let issuer = self.validity.claims()?.issuer;
        keys.check_key_belongs(key, issuer, self.identity()?.tenant_id)
            .map_err(Check::KeyOwner.rejects())
    }

    fn kind(&self) -> Result<CallerKind, Fault> {
        decide_caller_kind(self.identity()?).map_err(Check::CallerKind.rejects())
    }

    /// The client application: `azp` of a v2 token, `appid` of a v1 token.
    fn client_id(&self) -> Result<Option<&'a str>, Fault> {
        let identity = self.identity()?;
        Ok(match self.validity.version()? {
            TokenVersion::V1 => identity.app_id,
            TokenVersion::V2 => identity.authorized_party,
        })
    }

    fn check_client(&self) -> Result<(), Fault> {
        let Some(allowed_clients) = &self.validity.policy.allowed_clients else {
            return Ok(());
        };
        let client_id = self.client_id()?;
        match client_id.is_some_and(|client_id| allowed_clients.contains(client_id)) {
            true => Ok(()),
            false => Err(Check::Client.rejects()(Reason::ClientNotAllowed)),
        }
    }

    /// Says whether the caller is a guest whom the policy admits; one whom it does not is a fault.
    fn is_guest(&self) -> Result<bool, Fault> {
        let policy = self.validity.policy;
        let is_guest = match self.kind()? {
            CallerKind::User => {
                is_guest(self.validity.claims, policy).map_err(Check::Guest.rejects())?
            }
            CallerKind::Application => false,
        };
        match is_guest && policy.guests == GuestPolicy::Deny {
            true => Err(Check::Guest.rejects()(Reason::GuestNotAllowed)),
            false => Ok(is_guest),
        }
    }
}

/// Which of Entra's two token formats the issuer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenVersion {
    V1,
    V2,
}

/// Recognises the issuer. `v1_issuer` comes from the v1 metadata and is `None` unless v1 tokens are accepted.
///
/// # Errors
/// [`Reason::TokenVersion1`], [`Reason::IssuerNotAccepted`].
fn check_issuer(
    policy: &Policy,
    claims: &ValidityClaims<'_>,
    v1_issuer: Option<&str>,
) -> Result<TokenVersion, Reason> {
    if claims.issuer == policy.issuer {
        Ok(TokenVersion::V2)
    } else if v1_issuer == Some(claims.issuer) {
        Ok(TokenVersion::V1)
    } else if claims.names_version_1 {
        Err(Reason::TokenVersion1)
    } else {
        Err(Reason::IssuerNotAccepted)
    }
}

/// Checks that the token was issued for this API.
///
/// # Errors
/// [`Reason::AudienceNotAccepted`], or the code that names a well-known wrong audience.
fn check_audience(policy: &Policy, claims: &ValidityClaims<'_>) -> Result<(), Reason> {
    let audience = claims.audience;
    if policy.audiences.iter().any(|accepted| accepted == audience) {
        return Ok(());
    }
    if policy.managed_identity_client_id.as_deref() == Some(audience) {
        return Err(Reason::AudienceIsManagedIdentity);
    }
    Err(match MicrosoftResource::of_audience(audience) {
        Some(MicrosoftResource::Graph) => Reason::TokenForMicrosoftGraph,
        Some(MicrosoftResource::AzureManagement) => Reason::TokenForAzureManagement,
        Some(
            MicrosoftResource::AzureAdGraph
            | MicrosoftResource::KeyVault
            | MicrosoftResource::Storage
            | MicrosoftResource::SqlDatabase,
        )
        | None => Reason::AudienceNotAccepted,
    })
}

/// Checks `exp`, `nbf` and `iat` against the clock, with the configured skew on each side.
///
/// # Errors
/// [`Reason::TokenExpired`], [`Reason::TimesContradict`], [`Reason::TokenNotYetValid`], [`Reason::IssuedInFuture`].
pub(super) fn check_times(policy: &Policy, times: Times, now: u64) -> Result<(), Reason> {
    let skew = policy.clock_skew_seconds;
    let latest_start = now.saturating_add(skew);
    let issued_at = times.issued_at.unwrap_or(times.not_before);
    if now >= times.expires_at.saturating_add(skew) {
        Err(Reason::TokenExpired)
    } else if times.not_before >= times.expires_at || issued_at >= times.expires_at {
        Err(Reason::TimesContradict)
    } else if times.not_before > latest_start {
        Err(Reason::TokenNotYetValid)
    } else if issued_at > latest_start {
        Err(Reason::IssuedInFuture)
    } else {
        Ok(())
    }
}

/// Turns the claims of a token whose signature was verified by this key into the facts of a caller.
///
/// # Errors
/// The fault of the first check that does not pass.
pub(super) fn identify_caller<'a>(
    validity: &'a Validity<'a>,
    signer: (&'a KeySet, &'a Arc<SigningKey>),
) -> Result<CallerFacts, Fault> {
    let (keys, key) = signer;
    let case = CallerCase::new(validity, Ok((keys, key)));
    case.check()?;
    let identity = case.identity()?;
    Ok(CallerFacts {
        tenant_id: identity.tenant_id,
        object_id: identity.object_id,
        rights: case.rights()?,
        client_id: case.client_id()?.map(str::to_owned),
        token_id: identity.token_id.map(str::to_owned),
        token_life: Some(TokenLife {
            expires_at_unix_seconds: validity.times()?.expires_at,
            signing_key: Arc::clone(key),
        }),
        is_guest: case.is_guest()?,
        takes_claims_challenges: identity.takes_claims_challenges,
        is_synthetic: false,
    })
}

#[cfg(test)]
mod tests;
