//! The highest layer: settings given on the command line, or by a command for its own run.

use figment::value::Value as Raw;

use super::Layer;
use crate::config::finding::{Finding, FindingId};
use crate::config::guardrails::RuleId;
use crate::config::load::Flag;
use crate::config::origin::Origin;
use crate::config::registry::Registry;

/// The one key that is no setting: it chooses the layers.
pub(crate) const ENVIRONMENT_KEY: &str = "environment";

/// Reads the flags; the last of two for one key counts.
pub(crate) fn read_flags(
    flags: &[Flag],
    registry: &Registry,
    findings: &mut Vec<Finding>,
) -> Layer {
    let mut layer = Layer::new("flags");
    for flag in flags {
        if registry.get(&flag.key).is_some() {
            let origin = Origin::Flag(flag.flag.clone());
            layer.set(&flag.key, Raw::from(flag.value.as_str()), origin);
        } else if flag.key.is_empty() {
            findings.push(
                Finding::error(FindingId::Value, "--set without KEY=VALUE")
                    .fix("write the key and its value, such as --set server.bind=127.0.0.1:8081"),
            );
        } else if flag.key != ENVIRONMENT_KEY {
            let finding = Finding::error(
                FindingId::Rule(RuleId::Pc10),
                format!("unknown key {} in flag {}", flag.key, flag.flag),
            );
            findings.push(match registry.suggest_key(&flag.key) {
                Some(near) => finding.fix(format!("did you mean {near}?")),
                None => finding.fix("take the flag out"),
            });
        }
    }
    layer
}
