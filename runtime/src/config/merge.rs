//! Layers to [`RawConfig`]: figment merges, the registry's kinds parse, each key keeps its winner and what it shadows.
//!
//! Invariant: a key is `Invalid` only when its finding has been recorded, or a guardrail will record it.

use std::fmt;

use figment::Figment;
use figment::value::Value as Raw;
use portcullis_api_spec::Vocabulary;

use super::finding::{Finding, FindingId, Source};
use super::key::Key;
use super::layer::{KEY_VAULT_LAYER, Layer};
use super::origin::Origin;
use super::parse;
use super::registry::{RegisteredKey, Registry};
use super::sections::{Environment, SecretText};
use super::value::{FromValue, Value, show_text};

/// Every key with its outcome, before any rule has looked at it.
#[derive(Debug, Clone)]
pub(crate) struct RawConfig {
    pub(crate) environment: Environment,
    pub(crate) vocabulary: Vocabulary,
    settings: Vec<Setting>,
}

/// What became of one key.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) key: RegisteredKey,
    pub(crate) outcome: Outcome,
    /// The layer that won; `None` when no layer sets the key.
    pub(crate) winner: Option<Candidate>,
    /// The layers below that set it too, the nearest first.
    pub(crate) shadowed: Vec<Candidate>,
}

/// The value of a key, if it has one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Unset,
    Invalid,
    /// Key Vault sets it, and was not asked.
    Unread,
    Value(Value),
}

/// What one layer says about a key. No `Debug`: the value may be a secret.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// The name of the layer.
    pub(crate) layer: String,
    pub(crate) origin: Origin,
    /// Never `Unset`.
    pub(crate) outcome: Outcome,
    /// As written.
    pub(crate) raw: Raw,
}

impl RawConfig {
    /// Merges the layers, lowest first, and parses what each key is left with.
    pub(crate) fn merge(
        layers: &[Layer],
        registry: &Registry,
        environment: Environment,
        vocabulary: Vocabulary,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let figment = layers
            .iter()
            .fold(Figment::new(), |figment, layer| figment.merge(layer));
        let settings = registry
            .keys()
            .iter()
            .map(|key| resolve(key, &figment, layers, environment, findings))
            .collect();
        Self {
            environment,
            vocabulary,
            settings,
        }
    }

    /// Every key, in the order operators read them.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.settings
    }

    pub(crate) fn setting<T>(&self, key: &Key<T>) -> &Setting {
        self.find(key.def.name)
            .expect("every declared key is in keys::all, which a test checks")
    }

    /// What is known of the key of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Setting> {
        self.settings
            .iter()
            .find(|setting| setting.key.name == name)
    }

    fn find_mut(&mut self, name: &str) -> Option<&mut Setting> {
        self.settings
            .iter_mut()
            .find(|setting| setting.key.name == name)
    }

    /// The value of a key; `None` when it is unset or invalid.
    pub(crate) fn get<T: FromValue>(&self, key: &Key<T>) -> Option<T> {
        match &self.setting(key).outcome {
            Outcome::Value(value) => T::from_value(value),
            Outcome::Unset | Outcome::Invalid => None,
            // Nobody knows the value; for whoever needs one all the same, what lies below stands in.
            Outcome::Unread => {
                let below = self.setting(key).shadowed.first()?;
                match &below.outcome {
                    Outcome::Value(value) => T::from_value(value),
                    Outcome::Unset | Outcome::Invalid | Outcome::Unread => None,
                }
            }
        }
    }

    /// The text of a key as written; `None` when it is unset.
    pub(crate) fn text<T>(&self, key: &Key<T>) -> Option<&str> {
        self.setting(key).winner.as_ref()?.raw.as_str()
    }

    /// Says of a key that Key Vault sets it, and that its value is not known. What stands above the vault still counts.
    pub(super) fn mark_unread(&mut self, key: &str, origin: &Origin) {
        let Some(setting) = self.find_mut(key) else {
            return;
        };
        let candidate = Candidate {
            layer: KEY_VAULT_LAYER.to_owned(),
            origin: origin.clone(),
            outcome: Outcome::Unread,
            raw: Raw::from(""),
        };
        match &setting.winner {
            Some(winner) if winner.origin.stands_above_key_vault() => {
                setting.shadowed.insert(0, candidate);
            }
            Some(_) | None => {
                setting.outcome = Outcome::Unread;
                let lower = setting.winner.replace(candidate);
                setting.shadowed.splice(0..0, lower);
            }
        }
    }

    /// Puts what Key Vault says now in the place of what it said before, by the same parser. Only for a key that nothing
    /// above the vault sets.
    pub(super) fn replace_vaulted(
        &mut self,
        key: &str,
        raw: Raw,
        origin: Origin,
        findings: &mut Vec<Finding>,
    ) {
        let environment = self.environment;
        let Some(setting) = self.find_mut(key) else {
            return;
        };
        let (outcome, reason) = parse(&setting.key, &raw, environment);
        setting.outcome = outcome.clone();
        let before = setting.winner.replace(Candidate {
            layer: KEY_VAULT_LAYER.to_owned(),
            origin,
            outcome,
            raw,
        });
        // An optional secret that was not there before: what counted until now lies below it.
        let below = before.filter(|before| !before.origin.is_key_vault());
        setting.shadowed.splice(0..0, below);
        if let Some(reason) = reason.filter(|_| !setting.key.judged_by_guardrail) {
            findings.push(refuse_value(setting, &reason));
        }
    }

    pub(crate) fn is_unset<T>(&self, key: &Key<T>) -> bool {
        self.setting(key).outcome == Outcome::Unset
    }

    /// A line that says what a key is and where that came from.
    pub(crate) fn source<T>(&self, key: &Key<T>) -> Source {
        self.setting(key).source()
    }
}

impl Setting {
    /// Says whether the value that counts is Key Vault's.
    pub(crate) fn is_vaulted(&self) -> bool {
        let winner = self.winner.as_ref();
        winner.is_some_and(|winner| winner.origin.is_key_vault())
    }

    /// The value, fit to be shown to anybody.
    pub(crate) fn shown(&self) -> String {
        match &self.winner {
            Some(winner) => winner.shown(&self.key),
            None => "(none)".to_owned(),
        }
    }

    /// `auth.required = false, variable AUTH_REQUIRED`.
    pub(crate) fn source(&self) -> Source {
        let line = match &self.winner {
            Some(winner) => format!("{} = {}, {}", self.key.name, self.shown(), winner.origin),
            None => format!(
                "{} is not set (variable {})",
                self.key.name, self.key.variable
            ),
        };
        Source::of_key(&self.key.name, line)
    }

    /// Every layer that sets the key, the one that counts first.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = &Candidate> {
        self.winner.iter().chain(&self.shadowed)
    }
}

impl Candidate {
    /// The value, fit to be shown to anybody.
    pub(crate) fn shown(&self, key: &RegisteredKey) -> String {
        match (&self.outcome, self.raw.as_str()) {
            (Outcome::Unread, _) => "(secret, not read)".to_owned(),
            (Outcome::Value(_) | Outcome::Invalid, _)
                if key.secret || self.origin.is_key_vault() =>
            {
                "(secret)".to_owned()
            }
            (Outcome::Value(value), _) => value.to_string(),
            (Outcome::Invalid, Some(text)) => format!("\"{}\"", show_text(text)),
            (Outcome::Invalid | Outcome::Unset, _) => "(invalid)".to_owned(),
        }
    }
}

/// Prints what anybody may see.
impl fmt::Debug for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.source())
    }
}

fn resolve(
    key: &RegisteredKey,
    figment: &Figment,
    layers: &[Layer],
    environment: Environment,
    findings: &mut Vec<Finding>,
) -> Setting {
    let mut setting = Setting {
        key: key.clone(),
        outcome: Outcome::Unset,
        winner: None,
        shadowed: Vec::new(),
    };
    let Ok(raw) = figment.find_value(&key.name) else {
        return setting;
    };
    let winning_layer = figment
        .get_metadata(raw.tag())
        .map(|metadata| metadata.name.as_ref());
    for layer in layers.iter().rev() {
        let Some(entry) = layer.entries.get(&key.name) else {
            continue;
        };
        let (outcome, reason) = parse(key, &entry.raw, environment);
        let candidate = Candidate {
            layer: layer.name.clone(),
            origin: entry.origin.clone(),
            outcome,
            raw: entry.raw.clone(),
        };
        if winning_layer == Some(layer.name.as_str()) {
            setting.outcome = candidate.outcome.clone();
            setting.winner = Some(candidate);
            if let Some(reason) = reason.filter(|_| !key.judged_by_guardrail) {
                findings.push(refuse_value(&setting, &reason));
            }
        } else {
            setting.shadowed.push(candidate);
        }
    }
    setting
}

/// What a value of this key is, and what is wrong with it.
fn parse(
    key: &RegisteredKey,
    raw: &Raw,
    environment: Environment,
) -> (Outcome, Option<parse::ParseError>) {
    let value = parse::parse_value(key.kind, raw, environment);
    match value.and_then(|value| key.check(value)) {
        Ok(Value::Text(text)) if key.secret => {
            (Outcome::Value(Value::Secret(SecretText(text))), None)
        }
        Ok(value) => (Outcome::Value(value), None),
        Err(reason) => (Outcome::Invalid, Some(reason)),
    }
}

fn refuse_value(setting: &Setting, reason: &str) -> Finding {
    let key = &setting.key;
    let fix = match key.check {
        Some(_) => "write it as its description says".to_owned(),
        None => format!("write {}", parse::describe_fully(key.kind)),
    };
    Finding::error(FindingId::Value, format!("{}: {reason}", key.name))
        .why(key.doc)
        .from(setting.source())
        .fix(fix)
}
