//! Environment variables as a layer.
//!
//! A key has one variable. `APP_ENV` and `APP_CONFIG_DIR` choose layers. Anything else of the form `APP_X__Y` was
//! meant as a setting and is refused; other `APP_*` names may be injected by an orchestrator for a service named
//! `app` and only earn a warning.

use std::collections::BTreeMap;
use std::path::Path;

use figment::value::Value as Raw;
use portcullis_api_spec::nearest;

use super::Layer;
use crate::config::environment;
use crate::config::finding::{Finding, FindingId};
use crate::config::guardrails::RuleId;
use crate::config::origin::Origin;
use crate::config::registry::{FILE_SUFFIX, RegisteredKey, Registry, VARIABLE_PREFIX};
use crate::config::secret_shape;
use crate::config::value::show_text;

/// Chooses the environment.
pub(crate) const ENVIRONMENT_VARIABLE: &str = "APP_ENV";
/// Names the folder that stands in place of the shipped files.
pub(crate) const CONFIG_DIR_VARIABLE: &str = "APP_CONFIG_DIR";

/// The standard variables of OpenTelemetry.
const OPENTELEMETRY_PREFIX: &str = "OTEL_";
/// Those that say where telemetry goes, and with which headers.
const OTLP_PREFIX: &str = "OTEL_EXPORTER_OTLP_";
/// Misspellings of the operating procedure's names that are near enough to mention.
const NEAR_MISTAKES: usize = 2;

/// Reads the variables.
pub(crate) fn read_variables(
    variables: &BTreeMap<String, String>,
    registry: &Registry,
    findings: &mut Vec<Finding>,
) -> Layer {
    let mut layer = Layer::new("environment variables");
    let (mut ignored, mut ignored_otlp) = (Vec::new(), Vec::new());
    for (name, value) in variables {
        if value.is_empty() && name.starts_with(OPENTELEMETRY_PREFIX) {
            // Their specification counts an empty one as unset.
        } else if let Some(key) = registry.get_by_variable(name) {
            let origin = Origin::Variable(name.clone());
            layer.set(&key.name, Raw::from(value.as_str()), origin);
        } else if let Some(key) = secret_file_key(name, registry) {
            read_secret(key, name, value, variables, &mut layer, findings);
        } else if name == ENVIRONMENT_VARIABLE || name == CONFIG_DIR_VARIABLE {
            // They choose layers; they are no settings.
        } else if is_meant_as_setting(name) {
            findings.push(refuse_unknown(name, registry));
        } else if name.starts_with(OTLP_PREFIX) {
            ignored_otlp.push(name.as_str());
        } else if name.starts_with(VARIABLE_PREFIX) || is_near_procedure_name(name, registry) {
            ignored.push(with_hint(name, registry));
        }
    }
    if !ignored.is_empty() {
        findings.push(
            Finding::warning(
                FindingId::Rule(RuleId::Pc10),
                format!("variables that are no settings are ignored: {}", ignored.join(", ")),
            )
            .fix("if one was meant as a setting, correct its name; in Kubernetes, `enableServiceLinks: false` stops injected ones"),
        );
    }
    if !ignored_otlp.is_empty() {
        let names = ignored_otlp.join(", ");
        findings.push(
            Finding::warning(
                FindingId::Rule(RuleId::Pc10),
                format!("variables of OTLP that are not read: {names}"),
            )
            .why("traces and metrics go to one collector, with one set of headers; what is meant for another host is not sent there")
            .fix("set OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS, and let a collector of yours send on to two"),
        );
    }
    layer
}

/// `APP_X__Y`, in any case: a lower-case name would silently set nothing.
fn is_meant_as_setting(name: &str) -> bool {
    let folded = name.to_ascii_uppercase();
    folded
        .strip_prefix("APP")
        .is_some_and(|rest| rest.starts_with('_') && rest.contains("__"))
}

fn refuse_unknown(name: &str, registry: &Registry) -> Finding {
    let id = FindingId::Rule(RuleId::Pc10);
    let bare = name.strip_suffix(FILE_SUFFIX).unwrap_or(name);
    if let Some(key) = registry.get_by_replaced_variable(bare) {
        let what = format!(
            "variable {name} is not read: {} is set by {}",
            key.name, key.variable
        );
        return Finding::error(id, what)
            .why("a key with two variables could hold two values")
            .from(Origin::Variable(name.to_owned()).to_string())
            .fix(format!("rename it to {}", key.variable));
    }
    let finding = Finding::error(id, format!("unknown variable {name}"))
        .why("it has the form of a setting, and a setting that is not read protects nobody")
        .from(Origin::Variable(name.to_owned()).to_string());
    match registry.suggest_variable(name) {
        Some(near) => finding.fix(format!("did you mean {near}?")),
        None => finding.fix("unset it, or see the configuration reference for its name"),
    }
}

fn with_hint(name: &str, registry: &Registry) -> String {
    match registry.suggest_variable(name) {
        Some(near) => format!("{name} (did you mean {near}?)"),
        None => match nearest(name, [ENVIRONMENT_VARIABLE, CONFIG_DIR_VARIABLE]) {
            Some(near) => format!("{name} (did you mean {near}?)"),
            None => name.to_owned(),
        },
    }
}

fn is_near_procedure_name(name: &str, registry: &Registry) -> bool {
    registry
        .keys()
        .iter()
        .filter(|key| !key.variable.starts_with(VARIABLE_PREFIX))
        .any(|key| strsim::damerau_levenshtein(name, &key.variable) <= NEAR_MISTAKES)
}

fn secret_file_key<'a>(name: &str, registry: &'a Registry) -> Option<&'a RegisteredKey> {
    name.strip_suffix(FILE_SUFFIX)
        .and_then(|variable| registry.get_by_variable(variable))
}

fn read_secret(
    key: &RegisteredKey,
    variable: &str,
    path: &str,
    variables: &BTreeMap<String, String>,
    layer: &mut Layer,
    findings: &mut Vec<Finding>,
) {
    if variables.contains_key(&key.variable) {
        let what = format!("{} is set by {} and by {variable}", key.name, key.variable);
        findings.push(
            Finding::error(FindingId::Value, what)
                .about(&key.name)
                .why("which of the two counts would be a guess")
                .fix(format!("unset {} or {variable}", key.variable)),
        );
        return;
    }
    let read = match path {
        "" => Err("the variable is empty".to_owned()),
        _ => environment::read_secret_file(Path::new(path)),
    };
    match read {
        Ok(text) => {
            let origin = Origin::SecretFile {
                variable: variable.to_owned(),
                path: path.to_owned(),
            };
            layer.set(&key.name, Raw::from(text), origin);
        }
        Err(reason) => {
            let what = format!("{}: {}{reason}", key.name, show_path(path));
            findings.push(
                Finding::error(FindingId::File, what)
                    .about(&key.name)
                    .from(Origin::Variable(variable.to_owned()).to_string())
                    .fix(format!("name in {variable} a file that holds the value, in UTF-8 and readable for the user the server runs as")),
            );
        }
    }
}

/// The path, unless it may be the secret itself: whoever overlooks `_FILE` in a name writes the value there.
fn show_path(path: &str) -> String {
    if path.starts_with(['/', '.']) && secret_shape::find_secret(path).is_none() {
        format!("{}: ", show_text(path))
    } else {
        String::new()
    }
}
