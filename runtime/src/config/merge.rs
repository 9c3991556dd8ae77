//! Layers to [`RawConfig`]: figment merges, the registry's kinds parse, each key keeps its winner and what it shadows.
//!
//! Invariant: a key is `Invalid` only when its finding has been recorded, or a guardrail will record it.

use std::fmt;

use figment::Figment;
use figment::value::Value as Raw;
use portcullis_api_spec::Vocabulary;

use super::finding::{Finding, FindingId};
use super::key::Key;
use super::layer::Layer;
use super::origin::Origin;
use super::parse;
use super::registry::{RegisteredKey, Registry};
use super::sections::Environment;
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
    Value(Value),
}

/// What one layer says about a key. No `Debug`: the text may be a secret.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// As written, when it is text.
    pub(crate) text: Option<String>,
    pub(crate) origin: Origin,
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
        self.settings
            .iter()
            .find(|setting| setting.key.name == key.def.name)
            .expect("every declared key is in keys::ALL, which a test checks")
    }

    /// The value of a key; `None` when it is unset or invalid.
    pub(crate) fn get<T: FromValue>(&self, key: &Key<T>) -> Option<T> {
        match &self.setting(key).outcome {
            Outcome::Value(value) => T::from_value(value),
            Outcome::Unset | Outcome::Invalid => None,
        }
    }

    /// The text of a key as written; `None` when it is unset.
    pub(crate) fn text<T>(&self, key: &Key<T>) -> Option<&str> {
        self.setting(key).winner.as_ref()?.text.as_deref()
    }

    pub(crate) fn is_unset<T>(&self, key: &Key<T>) -> bool {
        self.setting(key).outcome == Outcome::Unset
    }

    /// A line that says what a key is and where that came from.
    pub(crate) fn source<T>(&self, key: &Key<T>) -> String {
        self.setting(key).source()
    }
}

impl Setting {
    /// The value, fit to be shown to anybody.
    pub(crate) fn shown(&self) -> String {
        match (&self.outcome, &self.winner) {
            (Outcome::Unset, _) => "(none)".to_owned(),
            (Outcome::Value(_) | Outcome::Invalid, _) if self.key.secret => "(secret)".to_owned(),
            (Outcome::Value(value), _) => value.to_string(),
            (
                Outcome::Invalid,
                Some(Candidate {
                    text: Some(text), ..
                }),
            ) => {
                format!("\"{}\"", show_text(text))
            }
            (Outcome::Invalid, _) => "(invalid)".to_owned(),
        }
    }

    /// `auth.required = false, variable AUTH_REQUIRED`.
    pub(crate) fn source(&self) -> String {
        match &self.winner {
            Some(winner) => format!("{} = {}, {}", self.key.name, self.shown(), winner.origin),
            None => format!(
                "{} is not set (variable {})",
                self.key.name, self.key.variable
            ),
        }
    }
}

/// Prints what anybody may see.
impl fmt::Debug for Setting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source())
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
        let candidate = Candidate {
            text: entry.raw.as_str().map(str::to_owned),
            origin: entry.origin.clone(),
        };
        if winning_layer == Some(layer.name.as_str()) {
            setting.winner = Some(candidate);
        } else {
            setting.shadowed.push(candidate);
        }
    }
    setting.outcome = parse_outcome(&setting, &raw, environment, findings);
    setting
}

fn parse_outcome(
    setting: &Setting,
    raw: &Raw,
    environment: Environment,
    findings: &mut Vec<Finding>,
) -> Outcome {
    let reason = match parse::parse_value(setting.key.kind, raw, environment) {
        Ok(value) => return Outcome::Value(value),
        Err(reason) => reason,
    };
    if !setting.key.judged_by_guardrail {
        let invalid = Setting {
            outcome: Outcome::Invalid,
            ..setting.clone()
        };
        let finding = Finding::error(FindingId::Value, format!("{}: {reason}", setting.key.name))
            .why(setting.key.doc)
            .from(invalid.source())
            .fix(format!("write {}", parse::describe(setting.key.kind)));
        findings.push(finding);
    }
    Outcome::Invalid
}
