//! New values while running: secrets of Key Vault that may change are read again, judged, and handed to whoever follows.
//!
//! `config/key_vault/refresh.rs` says what is read and judges it; a follower is the part of the service, or of the
//! application, that uses the value and can take another one. Everything else keeps the configuration of the start.
//!
//! Invariant: whatever fails, the old value stays. One line for each change of state, never one for each attempt.

mod followers;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::background;
use crate::config::{Finding, RefreshConfig, SecretText};
use crate::jitter;
use crate::key_vault::FoundSecret;
use crate::telemetry::{RefreshOutcome, Telemetry};
pub use followers::ChangeRefused;
pub(crate) use followers::{Follower, Followers};

/// Longest time that a follower may take for a new value.
const FOLLOWER_LIMIT: Duration = Duration::from_secs(30);

/// Reads again, for ever.
pub(crate) struct Refresher {
    config: RefreshConfig,
    followers: BTreeMap<String, Follower>,
    telemetry: Telemetry,
    /// What the last reading could not read, and why.
    trouble: Vec<Finding>,
    /// What was not taken, by key: the version, and why.
    refused: BTreeMap<String, (String, String)>,
    /// Versions that were found expired, by key.
    expired: BTreeMap<String, Finding>,
}

impl Refresher {
    /// `None` when nobody follows what would be read.
    pub(crate) fn new(
        mut config: RefreshConfig,
        followers: &Followers,
        telemetry: Telemetry,
    ) -> Option<Self> {
        let followers = followers.take();
        config.keep(|key| followers.contains_key(key));
        tracing::info!(
            interval = %humantime::format_duration(config.interval),
            read_again = ?config.keys().collect::<Vec<_>>(),
            need_a_restart = ?config.fixed,
            "secrets of Key Vault that may change"
        );
        config.keys().next()?;
        Some(Self {
            config,
            followers,
            telemetry,
            trouble: Vec::new(),
            refused: BTreeMap::new(),
            expired: BTreeMap::new(),
        })
    }

    pub(crate) async fn run(mut self) {
        loop {
            let pause = jitter::shorten(self.config.interval, jitter::draw());
            tokio::time::sleep(pause).await;
            self.refresh().await;
        }
    }

    async fn refresh(&mut self) {
        let reading = self.config.read().await;
        for _ in &reading.failed {
            self.telemetry.refreshed(RefreshOutcome::Failed);
        }
        self.tell_trouble(reading.findings);
        for (key, secret) in reading.found {
            self.tell_expired(&key, &secret);
            let outcome = self.follow(&key, secret).await;
            self.telemetry.refreshed(outcome);
        }
    }

    /// One warning when something begins to fail or fails in another way, one line when all is well again.
    fn tell_trouble(&mut self, findings: Vec<Finding>) {
        for finding in &findings {
            if !self.trouble.contains(finding) {
                tracing::warn!(%finding, "a secret could not be read again; the value of the last reading stays");
            }
        }
        if findings.is_empty() && !self.trouble.is_empty() {
            tracing::info!("secrets can be read again");
        }
        self.trouble = findings;
    }

    /// One warning for each version that has expired, whether it is new or in use: it counts all the same, as at start.
    fn tell_expired(&mut self, key: &str, secret: &FoundSecret) {
        let Some(finding) = self.config.expiry_of(key, secret) else {
            self.expired.remove(key);
            return;
        };
        let before = self.expired.insert(key.to_owned(), finding.clone());
        if before.as_ref() != Some(&finding) {
            tracing::warn!(%finding, "a secret that is read again has expired");
        }
    }

    async fn follow(&mut self, key: &str, secret: FoundSecret) -> RefreshOutcome {
        if self.config.is_current(key, &secret) {
            self.refused.remove(key);
            return RefreshOutcome::Unchanged;
        }
        let version = secret.version.clone();
        match self.hand_over(key, &secret).await {
            Ok(()) => {
                self.refused.remove(key);
                tracing::info!(
                    key,
                    secret = self.name_of(key),
                    version,
                    "a new value was taken"
                );
                RefreshOutcome::Taken
            }
            Err(reason) => {
                let refused = (version.clone(), reason.clone());
                let before = self.refused.insert(key.to_owned(), refused.clone());
                if before != Some(refused) {
                    tracing::warn!(
                        key,
                        secret = self.name_of(key),
                        version,
                        reason,
                        "a new value was not taken; the old one stays, and this one is tried again"
                    );
                }
                RefreshOutcome::Refused
            }
        }
    }

    async fn hand_over(&mut self, key: &str, secret: &FoundSecret) -> Result<(), String> {
        let judged = self.config.judge(key, secret).map_err(|findings| {
            let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
            lines.join("\n")
        })?;
        let (Some(value), Some(follower)) = (judged.value(key), self.followers.get(key)) else {
            return Err("it has no value".to_owned());
        };
        call(follower, value).await?;
        self.config.take(judged);
        Ok(())
    }

    fn name_of(&self, key: &str) -> &str {
        self.config.secret(key).map_or("", |secret| &secret.name)
    }
}

/// A follower that hangs or panics has not taken the value, and stops nobody else.
async fn call(follower: &Follower, value: SecretText) -> Result<(), String> {
    let work = follower(value);
    let (done, outcome) = oneshot::channel();
    let taking = background::spawn(async move {
        // Nobody waits for it any more when it took too long.
        let _ = done.send(work.await);
    });
    match tokio::time::timeout(FOLLOWER_LIMIT, outcome).await {
        Ok(Ok(taken)) => taken.map_err(|ChangeRefused(reason)| reason),
        Ok(Err(_)) => Err("whoever uses it panicked".to_owned()),
        Err(_) => {
            taking.abort();
            Err(format!(
                "whoever uses it did not take it within {FOLLOWER_LIMIT:?}"
            ))
        }
    }
}
