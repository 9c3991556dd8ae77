//! What of the vault is read again while the service runs, and how a new value is judged.
//!
//! Only secrets of keys whose users can take a new value (`refreshable`), and no pinned version, which never changes.
//! Invariant: a new value passes the parser and every rule that it would have to pass at start, before anybody sees it.

use std::time::Duration;

use figment::value::Value as Raw;

use super::plan::{Entry, Plan};
use super::words;
use crate::config::checks;
use crate::config::finding::{Finding, Severity};
use crate::config::guardrails;
use crate::config::keys;
use crate::config::merge::{Outcome, RawConfig, Setting};
use crate::config::sections::SecretText;
use crate::config::value::{FromValue, Value};
use crate::key_vault::{self, FoundSecret, Presence, SecretFailure, SecretReference};

/// Which secrets are read again, from where, as whom and how often.
#[derive(Debug, Clone)]
pub(crate) struct RefreshConfig {
    /// `key_vault.refresh`
    pub(crate) interval: Duration,
    /// Mapped keys whose values stay until a restart.
    pub(crate) fixed: Vec<String>,
    plan: Plan,
    /// The configuration as it is now: what was taken is put in.
    raw: RawConfig,
}

/// What one reading has found, by key.
pub(crate) struct Reading {
    pub(crate) found: Vec<(String, FoundSecret)>,
    /// Keys whose secret could not be read, and why; several may have one reason.
    pub(crate) failed: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}

impl RefreshConfig {
    /// `None` where nothing is read again: `key_vault.refresh` is not set, no vault is, or nothing mapped can change.
    pub(crate) fn build(raw: &RawConfig) -> Option<Self> {
        let interval = raw.get(&keys::KEY_VAULT_REFRESH)?;
        // What is wrong with the plan has been reported.
        let plan = Plan::make(raw, &mut Vec::new())?;
        let fixed = plan.entries.iter().filter(|entry| !may_change(raw, entry));
        let mut refresh = Self {
            interval,
            fixed: fixed.map(|entry| entry.key.clone()).collect(),
            plan,
            raw: raw.clone(),
        };
        refresh.plan.entries.retain(|entry| may_change(raw, entry));
        let reads_any = refresh.keys().next().is_some();
        reads_any.then_some(refresh)
    }

    /// The keys that are read again.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.plan.wanted().map(|entry| entry.key.as_str())
    }

    /// Reads only keys that somebody follows: the others' values would go nowhere.
    pub(crate) fn keep(&mut self, is_followed: impl Fn(&str) -> bool) {
        let entries = std::mem::take(&mut self.plan.entries);
        let (kept, dropped): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|entry| is_followed(&entry.key));
        self.plan.entries = kept;
        self.fixed
            .extend(dropped.into_iter().map(|entry| entry.key));
    }

    /// Asks the vault.
    pub(crate) async fn read(&self) -> Reading {
        let mut reading = Reading {
            found: Vec::new(),
            failed: Vec::new(),
            findings: Vec::new(),
        };
        let outcomes = match key_vault::read(&self.plan.request()).await {
            Ok(outcomes) => outcomes,
            Err(failure) => {
                reading.failed = self.keys().map(str::to_owned).collect();
                reading
                    .findings
                    .push(words::of_identity(&self.plan, &failure));
                return reading;
            }
        };
        let mut failures = Vec::new();
        for (entry, outcome) in self.plan.wanted().zip(outcomes) {
            match outcome {
                Ok(secret) => reading.found.push((entry.key.clone(), secret)),
                Err(SecretFailure::NotFound | SecretFailure::Disabled)
                    if entry.reference.presence == Presence::Optional
                        && !self.is_vaulted(&entry.key) => {}
                Err(failure) => failures.push((entry, failure)),
            }
        }
        let keys = failures.iter().map(|(entry, _)| entry.key.clone());
        reading.failed = keys.collect();
        reading.findings = words::of_secrets(&self.plan, &failures);
        reading
    }

    /// Says whether this is what counts already.
    pub(crate) fn is_current(&self, key: &str, secret: &FoundSecret) -> bool {
        self.value(key).as_ref() == Some(&secret.value)
    }

    /// Judges a new value as the start would, with everything else as it is.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn judge(&self, key: &str, secret: &FoundSecret) -> Result<Judged, Vec<Finding>> {
        let Some(entry) = self.plan.wanted().find(|entry| entry.key == key) else {
            return Err(Vec::new());
        };
        let mut raw = self.raw.clone();
        let mut findings = Vec::new();
        let text = Raw::from(secret.value.0.clone());
        let origin = self.plan.origin(entry, secret);
        raw.replace_vaulted(key, text, origin, &mut findings);
        checks::check_all(&raw, &mut findings);
        guardrails::check_all(&raw, &mut findings);
        findings.retain(|finding| finding.severity == Severity::Error);
        if findings.is_empty() {
            Ok(Judged(raw))
        } else {
            Err(findings)
        }
    }

    /// What the start warns about, too: the vault hands out an expired version like any other.
    pub(crate) fn expiry_of(&self, key: &str, secret: &FoundSecret) -> Option<Finding> {
        let entry = self.plan.wanted().find(|entry| entry.key == key)?;
        words::of_expired(&self.plan, entry, secret)
    }

    /// From now on this is the configuration.
    pub(crate) fn take(&mut self, judged: Judged) {
        self.raw = judged.0;
    }

    /// The secret that a key is read from.
    pub(crate) fn secret(&self, key: &str) -> Option<&SecretReference> {
        let entry = self.plan.wanted().find(|entry| entry.key == key)?;
        Some(&entry.reference)
    }

    fn is_vaulted(&self, key: &str) -> bool {
        self.raw.find(key).is_some_and(Setting::is_vaulted)
    }

    fn value(&self, key: &str) -> Option<SecretText> {
        value_of(&self.raw, key)
    }
}

/// A configuration in which the new value has passed.
pub(crate) struct Judged(RawConfig);

impl Judged {
    /// The new value of a key, as text.
    pub(crate) fn value(&self, key: &str) -> Option<SecretText> {
        value_of(&self.0, key)
    }
}

/// The keys of the map whose latest version is read and whose users can take another value.
fn may_change(raw: &RawConfig, entry: &Entry) -> bool {
    raw.find(&entry.key).is_some_and(|it| it.key.refreshable)
        && entry.reference.version.is_none()
        && !entry.is_overridden
}

fn value_of(raw: &RawConfig, key: &str) -> Option<SecretText> {
    match &raw.find(key)?.outcome {
        Outcome::Value(Value::Secret(secret)) => Some(secret.clone()),
        Outcome::Value(value) => String::from_value(value).map(SecretText),
        Outcome::Unset | Outcome::Invalid | Outcome::Unread => None,
    }
}
