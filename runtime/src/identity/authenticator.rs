//! The one maker of callers: ties header, token, keys and policy together.
//!
//! Invariant: [`Caller::from_verified`] is called here after every check of `validate`, or in POC mode, and nowhere else. A
//! caller that `verdicts` gives back was made here, by a key of the set that is current.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use portcullis_api_spec::{CallerKind, Vocabulary};
use tokio::task::JoinHandle;

use super::authorization_header::{Credential, parse_credential};
use super::checks::Failure;
use super::clock::Clock;
use super::keys::{KeyClientError, KeyFetcher, KeyFetches, KeySet, KeyStore};
use super::log::{self, Evidence};
use super::poc::{self, PocMode};
use super::policy::Policy;
use super::signature::{check_signature, install_crypto_provider};
use super::token::UnverifiedToken;
use super::validate::{self, Validity};
use super::verdicts::Remembered;
use super::{Authentication, IncomingToken, KeysStatus, Reason};
use crate::Caller;
use crate::background;
use crate::caller::TokenLife;
use crate::config::Config;

/// Turns the credential of a request into an [`Authentication`].
pub(crate) struct Authenticator {
    mode: Mode,
}

enum Mode {
    /// `AUTH_REQUIRED=false`.
    Poc(PocMode),
    Tokens(Box<Validator>),
}

/// Everything a token is judged by.
struct Validator {
    policy: Policy,
    clock: Clock,
    keys: Arc<KeyStore>,
    /// The application calls other APIs for its users, with tokens that theirs are exchanged for.
    keeps_user_tokens: bool,
}

impl Failure {
    /// Writes the one event of this failure.
    fn record(self, evidence: &Evidence<'_>) -> Authentication {
        match self {
            Failure::Rejected(reason) => reject(reason, evidence),
            Failure::UnknownKey => reject(Reason::SigningKeyUnknown, evidence),
            Failure::KeysUnavailable => {
                log::record_keys_unavailable();
                Authentication::KeysUnavailable
            }
        }
    }
}

impl Authenticator {
    /// Makes the authenticator of this service. No network: keys come with [`Self::start`].
    ///
    /// # Errors
    /// [`KeyClientError`] when no client for the authority can be made.
    pub(crate) fn build(
        config: &Config,
        vocabulary: Vocabulary,
    ) -> Result<Arc<Self>, KeyClientError> {
        install_crypto_provider();
        Self::build_with_clock(config, vocabulary, Clock::system())
    }

    pub(super) fn build_with_clock(
        config: &Config,
        vocabulary: Vocabulary,
        clock: Clock,
    ) -> Result<Arc<Self>, KeyClientError> {
        if config.authentication.required {
            let fetcher = KeyFetcher::build(config)?;
            return Ok(Self::of_tokens(fetcher, config, vocabulary, clock));
        }
        let mode = Mode::Poc(PocMode::new(&config.authentication, vocabulary));
        Ok(Arc::new(Self { mode }))
    }

    /// Makes an authenticator whose issuer is this process, and loads its keys. In POC mode none are needed.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn build_in_process(
        config: &Config,
        vocabulary: Vocabulary,
        documents: super::InProcessDocuments,
    ) -> Arc<Self> {
        install_crypto_provider();
        if !config.authentication.required {
            let mode = Mode::Poc(PocMode::new(&config.authentication, vocabulary));
            return Arc::new(Self { mode });
        }
        let fetcher = KeyFetcher::in_process(config, documents);
        let authenticator = Self::of_tokens(fetcher, config, vocabulary, Clock::system());
        if let Mode::Tokens(validator) = &authenticator.mode {
            validator.keys.refresh().await;
        }
        authenticator
    }

    fn of_tokens(
        fetcher: KeyFetcher,
        config: &Config,
        vocabulary: Vocabulary,
        clock: Clock,
    ) -> Arc<Self> {
        let mode = Mode::Tokens(Box::new(Validator {
            policy: Policy::new(config, vocabulary),
            clock,
            keys: KeyStore::new(fetcher, config.authentication.keys.clone()),
            keeps_user_tokens: !config.downstream.scopes.is_empty(),
        }));
        Arc::new(Self { mode })
    }

    /// Starts what goes on in the background: key refreshes, or the reminders of POC mode. The first fetch begins at once.
    pub(crate) fn start(self: &Arc<Self>) -> BackgroundTask {
        BackgroundTask(match &self.mode {
            Mode::Poc(_) => background::spawn(poc::remind(poc::REMINDER)),
            Mode::Tokens(validator) => {
                background::spawn(Arc::clone(&validator.keys).keep_current())
            }
        })
    }

    /// Authenticates a request by its headers. Writes one event when the credential does not hold.
    ///
    /// # Errors
    /// Gives `closed` back, when there is one, in place of looking at a credential that is no token verified lately.
    pub(crate) async fn authenticate_unless<T>(
        &self,
        headers: &HeaderMap,
        closed: Option<T>,
    ) -> Result<Authentication, T> {
        match &self.mode {
            Mode::Poc(poc_mode) => Ok(match poc_mode.caller(headers) {
                Ok(caller) => Authentication::Verified(caller),
                Err(reason) => reject(reason, &Evidence::Unread),
            }),
            Mode::Tokens(validator) => {
                let authentication = validator.authenticate(headers, closed).await?;
                Ok(validator.keep_user_token(authentication, headers))
            }
        }
    }

    /// Authenticates whatever comes.
    #[cfg(test)]
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Authentication {
        match self
            .authenticate_unless(headers, None::<std::convert::Infallible>)
            .await
        {
            Ok(authentication) => authentication,
            Err(never) => match never {},
        }
    }

    #[cfg(test)]
    pub(super) fn key_store(&self) -> &Arc<KeyStore> {
        match &self.mode {
            Mode::Poc(_) => panic!("POC mode has no keys"),
            Mode::Tokens(validator) => &validator.keys,
        }
    }

    /// How current the signing keys are. In POC mode none are needed, and none are there.
    pub(crate) fn keys_status(&self) -> KeysStatus {
        match &self.mode {
            Mode::Poc(_) => KeysStatus::Missing,
            Mode::Tokens(validator) => validator.keys.status(),
        }
    }

    /// The time since signing keys were last loaded; `None` before the first time, and in POC mode.
    pub(crate) fn keys_age(&self) -> Option<Duration> {
        match &self.mode {
            Mode::Poc(_) => None,
            Mode::Tokens(validator) => validator.keys.age(),
        }
    }

    /// How fetches of signing keys have ended. In POC mode there are none.
    pub(crate) fn key_fetches(&self) -> KeyFetches {
        match &self.mode {
            Mode::Poc(_) => KeyFetches::default(),
            Mode::Tokens(validator) => validator.keys.fetches(),
        }
    }

    /// Says whether authentication is switched off (POC mode).
    pub(crate) fn is_bypassed(&self) -> bool {
        matches!(self.mode, Mode::Poc(_))
    }

    /// Judges a caller who was verified earlier once more, without the token: it may have expired since, and its key may
    /// be gone. Writes one event when the caller no longer stands.
    pub(crate) fn reassess(&self, caller: &Caller) -> Authentication {
        let (Mode::Tokens(validator), Some(life)) = (&self.mode, caller.token_life()) else {
            return Authentication::Verified(caller.clone());
        };
        let evidence = Evidence::Admitted(caller);
        match validator.time_left(life) {
            Ok(_) => Authentication::Verified(caller.clone()),
            Err(failure) => failure.record(&evidence),
        }
    }

    /// Resolves when a caller who rests on this no longer stands.
    pub(crate) async fn ended(&self, life: &TokenLife) {
        match &self.mode {
            Mode::Poc(_) => std::future::pending().await,
            Mode::Tokens(validator) => validator.ended(life).await,
        }
    }

    /// Says whether requests can be authenticated now; `/readyz` asks.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.mode {
            Mode::Poc(_) => true,
            Mode::Tokens(validator) => validator.keys.current().is_some(),
        }
    }
}

impl Validator {
    /// How long a verified token holds by what is known now: to its expiry, and no longer than the set with its key.
    fn time_left(&self, life: &TokenLife) -> Result<Duration, Failure> {
        let end = life.expires_at_unix_seconds;
        let end = end.saturating_add(self.policy.clock_skew_seconds);
        let until_expiry = end.saturating_sub(self.clock.now_unix_seconds());
        if until_expiry == 0 {
            return Err(Failure::Rejected(Reason::TokenExpired));
        }
        let (keys, keys_left) = self
            .keys
            .current_with_time_left()
            .ok_or(Failure::KeysUnavailable)?;
        match keys.still_has(&life.signing_key) {
            true => Ok(keys_left.min(Duration::from_secs(until_expiry))),
            false => Err(Failure::UnknownKey),
        }
    }

    async fn ended(&self, life: &TokenLife) {
        let mut key_fetches = self.keys.listen();
        while let Ok(left) = self.time_left(life) {
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                // An error says that the store is gone, which `self` rules out.
                _ = key_fetches.changed() => {}
            }
        }
    }

    fn keep_user_token(
        &self,
        authentication: Authentication,
        headers: &HeaderMap,
    ) -> Authentication {
        match authentication {
            Authentication::Verified(caller)
                if self.keeps_user_tokens && caller.kind() == CallerKind::User =>
            {
                Authentication::Verified(match IncomingToken::of_verified(headers) {
                    Some(token) => caller.with_incoming_token(token),
                    None => caller,
                })
            }
            Authentication::Absent
            | Authentication::Verified(_)
            | Authentication::Rejected(_)
            | Authentication::KeysUnavailable => authentication,
        }
    }

    async fn authenticate<T>(
        &self,
        headers: &HeaderMap,
        closed: Option<T>,
    ) -> Result<Authentication, T> {
        let credential = parse_credential(headers);
        if let Ok(Credential::Bearer(token)) = credential
            && let Some(keys) = self.keys.current()
        {
            let now = self.clock.now_unix_seconds();
            match keys.verdicts().find(token, &self.policy, now) {
                Remembered::Holds(caller) => return Ok(Authentication::Verified(caller)),
                // Who has a good token does not suffer from others at the same address when it is due to be judged anew.
                Remembered::Due => return Ok(Box::pin(self.judge_anew(token)).await),
                Remembered::Not => {}
            }
        }
        if let Some(closed) = closed {
            return Err(closed);
        }
        Ok(match credential {
            Ok(Credential::Absent) => Authentication::Absent,
            // Seldom, and larger than all else that is done about a request.
            Ok(Credential::Bearer(token)) => Box::pin(self.judge_anew(token)).await,
            Err(reason) => reject(reason, &Evidence::Unread),
        })
    }

    /// Judges a token that no verdict is known of, or none that still counts.
    async fn judge_anew(&self, token: &str) -> Authentication {
        let unverified = match UnverifiedToken::parse(token) {
            Ok(unverified) => unverified,
            Err(reason) => return reject(reason, &Evidence::Unread),
        };
        let verdict = match self.find_keys(&unverified).await {
            Ok(keys) => self.judge(token, &unverified, &keys),
            Err(failure) => Err(failure),
        };
        match verdict {
            Ok(authentication) => authentication,
            Err(failure @ Failure::UnknownKey) => {
                let kid = &unverified.header.kid;
                failure.record(&Evidence::UnknownKey { kid })
            }
            Err(failure @ (Failure::Rejected(_) | Failure::KeysUnavailable)) => {
                failure.record(&Evidence::Unread)
            }
        }
    }

    /// Finds a key set that has the token's key, after the checks that need none.
    ///
    /// A token that fails those never causes a fetch; one whose key is known never waits for one; none waits longer than
    /// one fetch may take.
    async fn find_keys(&self, token: &UnverifiedToken<'_>) -> Result<Arc<KeySet>, Failure> {
        let deadline = self.keys.wait_deadline();
        let keys = match self.current_keys_for(token) {
            Err(Failure::KeysUnavailable) => {
                self.keys.wait_for_the_first_fetch().await;
                self.current_keys_for(token)?
            }
            keys => keys?,
        };
        if keys.find(&token.header.kid).is_some() {
            return Ok(keys);
        }
        self.keys.refresh_for_unknown_kid(deadline).await;
        let keys = self.keys.current().ok_or(Failure::KeysUnavailable)?;
        match keys.find(&token.header.kid) {
            Some(_) => Ok(keys),
            None => Err(Failure::UnknownKey),
        }
    }

    /// The current key set, for a token that passes the checks that need no key.
    fn current_keys_for(&self, token: &UnverifiedToken<'_>) -> Result<Arc<KeySet>, Failure> {
        let keys = self.keys.current();
        self.validity(token, keys.as_deref()).check()?;
        keys.ok_or(Failure::KeysUnavailable)
    }

    /// Issuer, audience and times, to be checked now.
    fn validity<'a>(
        &'a self,
        token: &'a UnverifiedToken<'_>,
        keys: Option<&'a KeySet>,
    ) -> Validity<'a> {
        let now = self.clock.now_unix_seconds();
        let v1_issuer = keys.and_then(KeySet::v1_issuer);
        Validity::new(&self.policy, &token.claims, now, v1_issuer)
    }

    /// Signature, then claims. Issuer, audience and times are checked again against the set and the moment that count:
    /// a wait for keys may lie between.
    fn judge(
        &self,
        token: &str,
        unverified: &UnverifiedToken<'_>,
        keys: &KeySet,
    ) -> Result<Authentication, Failure> {
        let key = keys
            .find(&unverified.header.kid)
            .ok_or(Failure::UnknownKey)?;
        check_signature(unverified, key.decoding_key()).map_err(Failure::Rejected)?;
        let validity = self.validity(unverified, Some(keys));
        validity.check()?;
        let claims = &unverified.claims;
        match validate::identify_caller(&validity, (keys, key)).map_err(Failure::from) {
            Ok(facts) => {
                if claims.has_groups_overage() {
                    log::record_groups_overage(claims);
                }
                log::record_agent_identity(claims);
                let caller = Caller::from_verified(facts);
                let now = self.clock.now_unix_seconds();
                keys.verdicts()
                    .remember(token, &caller, validity.times()?, now);
                Ok(Authentication::Verified(caller))
            }
            Err(Failure::Rejected(reason)) => Ok(reject(reason, &Evidence::Verified(claims))),
            Err(failure @ (Failure::UnknownKey | Failure::KeysUnavailable)) => Err(failure),
        }
    }
}

fn reject(reason: Reason, evidence: &Evidence<'_>) -> Authentication {
    log::record_rejection(reason, evidence);
    Authentication::Rejected(reason)
}

/// A task that ends when this is dropped.
pub(crate) struct BackgroundTask(JoinHandle<()>);

impl Drop for BackgroundTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests;
