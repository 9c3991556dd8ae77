//! The reading itself: one token, then every secret, side by side.

mod answer;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::StatusCode;
use url::Url;

use super::address::VaultAddress;
use super::attempts::{Attempt, ask};
use super::challenge::{self, Wanted};
use super::failure::{IdentityFailure, NoAnswer, SecretFailure};
use super::identity::Identity;
use super::reference::SecretReference;
use super::wire::{Answer, Trouble, Wire};
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
    // A thread of its own: a runtime cannot be started inside of one.
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|_| IdentityFailure::Client)?;
            let outcome = runtime.block_on(read(request));
            // A name that is being looked up would be waited for, whatever the timeouts are.
            runtime.shutdown_background();
            outcome
        });
        reading.join().unwrap_or(Err(IdentityFailure::Client))
    })
}

/// Reads the secrets.
///
/// # Errors
/// As [`read_blocking`].
pub(crate) async fn read(request: &VaultRequest) -> Result<Outcomes, IdentityFailure> {
    let wire = Wire::build().map_err(|_| IdentityFailure::Client)?;
    let audience = request.address.audience();
    let token = request
        .identity
        .token(&audience, request.identity_timeout, &wire)
        .await?;
    let reader = Reader {
        request,
        wire,
        audience,
        token,
        is_known: AtomicBool::new(false),
    };
    let outcomes = stream::iter(request.secrets.iter().cloned())
        .map(|reference| reader.read(reference))
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(outcomes)
}

/// Reads secrets of one vault with one token.
struct Reader<'a> {
    request: &'a VaultRequest,
    wire: Wire,
    audience: String,
    token: SecretText,
    /// The vault has asked for a token for vaults.
    is_known: AtomicBool,
}

impl Reader<'_> {
    async fn read(&self, reference: SecretReference) -> Result<FoundSecret, SecretFailure> {
        let url = self.request.address.secret(&reference);
        let silent = SecretFailure::NoAnswer(NoAnswer::Silent);
        ask(self.request.timeout, silent, || self.attempt(&url)).await
    }

    /// # Security
    /// The vault says what the token shall be issued for before it is sent one. One that asks for a token of something
    /// else gets none: it would use it there.
    async fn attempt(&self, url: &Url) -> Attempt<FoundSecret, SecretFailure> {
        if !self.is_known.load(Ordering::Relaxed) {
            match self.wire.get(url, None).await {
                Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => {
                    let mut challenges = answer.challenges.iter();
                    match challenges.find_map(|it| challenge::read(it, &self.audience)) {
                        Some(Wanted::ForVaults) => self.is_known.store(true, Ordering::Relaxed),
                        Some(Wanted::ForSomethingElse) => {
                            return Attempt::Final(Err(SecretFailure::ForeignChallenge));
                        }
                        None => {
                            let status = answer.status.as_u16();
                            return Attempt::Final(Err(SecretFailure::Refused(status)));
                        }
                    }
                }
                // An emulator may do without.
                other => return judge(other),
            }
        }
        judge(self.wire.get(url, Some(&self.token)).await)
    }
}

fn judge(outcome: Result<Answer, Trouble>) -> Attempt<FoundSecret, SecretFailure> {
    Attempt::of(
        outcome,
        |status| SecretFailure::NoAnswer(NoAnswer::Busy(status.as_u16())),
        |answer| answer::accept(answer.status, &answer.body),
    )
}
