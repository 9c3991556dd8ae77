//! The Key Vault layer: above the files, below variables and flags.
//!
//! `layers without it -> plan -> may it be asked? -> key_vault -> layer`. Which vault, which secrets and as whom follows
//! from the other layers alone, so the vault cannot say how it is reached.
//!
//! Invariant: a configuration that breaks a guardrail (PC10 included: what is not read), has a source that cannot be read, or
//! maps what it must not, asks no vault, and a secret is asked for only when its value
//! would count: what a variable or a flag sets is not read.

mod plan;
mod refresh;
mod words;

use std::fmt;

use figment::value::Value as Raw;

use super::checks;
use super::finding::{Finding, FindingId, Severity};
use super::guardrails;
use super::layer::{KEY_VAULT_LAYER, Layer};
use super::merge::RawConfig;
use super::origin::Origin;
use crate::key_vault::{FoundSecret, Presence, SecretFailure, read_blocking};
use plan::{Entry, Plan};
pub(crate) use refresh::RefreshConfig;

/// Whether a load may ask the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VaultAccess {
    /// For a service that is about to start.
    Read,
    /// For whoever looks at the configuration: what the vault would set counts as set, and nobody knows its value.
    Leave,
}

/// What the vault adds to the other layers.
#[derive(Default)]
pub(super) struct Overlay {
    pub(super) layer: Option<Layer>,
    /// Keys that the vault would set, had it been asked or had it answered.
    pub(super) unread: Vec<(String, Origin)>,
    pub(super) summary: Option<VaultSummary>,
}

/// What was read, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VaultSummary {
    vault: String,
    identity: String,
    secrets: usize,
    overridden: usize,
}

/// Makes the layer. `raw` is everything but the vault.
pub(super) fn overlay(
    raw: &RawConfig,
    access: VaultAccess,
    findings: &mut Vec<Finding>,
) -> Overlay {
    let unread = Overlay {
        unread: plan::unread(raw),
        ..Overlay::default()
    };
    let Some(plan) = Plan::make(raw, findings) else {
        return unread;
    };
    match access {
        VaultAccess::Leave => unread,
        VaultAccess::Read if plan.wanted().next().is_none() => unread,
        VaultAccess::Read if may_ask(raw, &unread, findings) => read(&plan, unread, findings),
        VaultAccess::Read => {
            let what = format!(
                "Key Vault {} was not asked, so more may follow",
                plan.address
            );
            findings.push(
                Finding::warning(FindingId::KeyVault, what)
                    .why("secrets are read only where every source can be read, no guardrail is broken and the map is right")
                    .fix("correct what is said above"),
            );
            unread
        }
    }
}

/// PC02 above all: with the app registration's client id in `AZURE_CLIENT_ID` the wrong identity would be asked for.
/// What the layers were found to have counts too: an unknown variable may be the one that names the identity.
fn may_ask(raw: &RawConfig, unread: &Overlay, of_layers: &[Finding]) -> bool {
    let mut raw = raw.clone();
    unread.mark(&mut raw);
    let mut findings = of_layers.to_vec();
    guardrails::check_all(&raw, &mut findings);
    findings.extend(checks::check_key_vault(&raw));
    findings
        .iter()
        .all(|finding| finding.severity != Severity::Error)
}

fn read(plan: &Plan, mut overlay: Overlay, findings: &mut Vec<Finding>) -> Overlay {
    let outcomes = match read_blocking(&plan.request()) {
        Ok(outcomes) => outcomes,
        Err(failure) => {
            findings.push(words::of_identity(plan, &failure));
            return overlay;
        }
    };
    let mut layer = Layer::new(KEY_VAULT_LAYER);
    let mut failures = Vec::new();
    for (entry, outcome) in plan.wanted().zip(outcomes) {
        match outcome {
            Ok(secret) => {
                overlay.unread.retain(|(key, _)| *key != entry.key);
                findings.extend(words::of_expired(plan, entry, &secret));
                take(plan, entry, secret, &mut layer);
            }
            Err(SecretFailure::NotFound | SecretFailure::Disabled)
                if entry.reference.presence == Presence::Optional => {}
            Err(failure) => failures.push((entry, failure)),
        }
    }
    findings.extend(words::of_secrets(plan, &failures));
    overlay.summary = Some(VaultSummary {
        vault: plan.address.to_string(),
        identity: plan.identity.to_string(),
        secrets: layer.entries.len(),
        overridden: plan.entries.len() - plan.wanted().count(),
    });
    overlay.layer = Some(layer);
    overlay
}

fn take(plan: &Plan, entry: &Entry, secret: FoundSecret, layer: &mut Layer) {
    let origin = plan.origin(entry, &secret);
    layer.set(&entry.key, Raw::from(secret.value.0), origin);
}

impl Overlay {
    /// Says of each key that was not read that it will be set.
    pub(super) fn mark(&self, raw: &mut RawConfig) {
        for (key, origin) in &self.unread {
            raw.mark_unread(key, origin);
        }
    }
}

impl fmt::Display for VaultSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            vault,
            identity,
            secrets,
            overridden,
        } = self;
        write!(
            formatter,
            "Key Vault {vault} was read as {identity}: {secrets} found"
        )?;
        if *overridden > 0 {
            write!(
                formatter,
                ", {overridden} not asked for because variables or flags stand above"
            )?;
        }
        Ok(())
    }
}
