//! The flow of a setting, from sources to [`Config`]: the one entry point of this module.
//!
//! Invariant: every step adds to one list of findings and the next step runs all the same, so that an operator
//! sees everything at once; only when the list holds no error is a [`Config`] built.

use std::collections::BTreeMap;
use std::path::PathBuf;

use portcullis_api_spec::{Vocabulary, nearest};

use super::app_setting::AppSetting;
use super::build;
use super::checks;
use super::downstream_api::DownstreamApi;
use super::finding::{ConfigError, Finding, FindingId, Severity};
use super::guardrails;
use super::key_vault::{self, Overlay, VaultAccess, VaultSummary};
use super::layer::{self, ENVIRONMENT_KEY, ENVIRONMENT_VARIABLE, Layer};
use super::merge::RawConfig;
use super::origin::Origin;
use super::registry::Registry;
use super::sections::{Config, Environment};

/// Everything a configuration is made from. No `Debug`: variables and flags carry secrets.
#[derive(Clone)]
pub(crate) struct ConfigSources {
    /// The process's variables, or a test's.
    pub(crate) variables: BTreeMap<String, String>,
    /// The files the application embeds: `("default.toml", text)`, `("dev.toml", text)`..
    pub(crate) shipped_layers: &'static [(&'static str, &'static str)],
    /// The folder that stands in place of the embedded files.
    pub(crate) config_dir: Option<PathBuf>,
    /// The command line; the key `environment` stands above `APP_ENV`.
    pub(crate) flags: Vec<Flag>,
    /// The application's roles and scopes.
    pub(crate) vocabulary: Vocabulary,
    /// The application's own keys.
    pub(crate) app_settings: &'static [AppSetting],
    /// The APIs that the application calls for its users.
    pub(crate) downstream_apis: &'static [DownstreamApi],
}

/// A setting given on the command line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Flag {
    /// The dotted key, `server.bind`, or `environment`.
    pub(crate) key: String,
    pub(crate) value: String,
    /// As the operator wrote it, `--bind`.
    pub(crate) flag: String,
}

/// A configuration that may run.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) warnings: Vec<Finding>,
    /// What was read from Key Vault.
    pub(crate) vault: Option<VaultSummary>,
}

/// Every key with value, origin and what it shadows, and everything that is wrong: for those who ask, also when
/// the configuration may not run.
#[derive(Debug, Clone)]
pub(crate) struct Inspection {
    /// `None` when `APP_ENV` names none: then the rules that depend on it were not tried.
    pub(crate) environment: Option<Environment>,
    /// Who chose the environment; `None` when nobody did.
    pub(crate) environment_origin: Option<Origin>,
    pub(crate) raw: RawConfig,
    /// Causes before consequences.
    pub(crate) findings: Vec<Finding>,
    /// What was read from Key Vault.
    pub(crate) vault: Option<VaultSummary>,
}

/// Variables and flags.
const LAYERS_ABOVE_KEY_VAULT: usize = 2;

impl Config {
    /// Makes the configuration without asking Key Vault: what it would set counts as set and is not there.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found, in the files, the variables, the values and the rules alike.
    pub(crate) fn load(sources: &ConfigSources) -> Result<Loaded, ConfigError> {
        Self::of(Inspection::make(sources))
    }

    /// Makes the configuration of a service that is about to start: Key Vault is asked, where one is configured.
    /// Blocks until it has answered.
    ///
    /// # Errors
    /// As [`Config::load`], and with every secret that cannot be had.
    pub(crate) fn load_with_key_vault(sources: &ConfigSources) -> Result<Loaded, ConfigError> {
        Self::of(Inspection::make_with(sources, VaultAccess::Read))
    }

    fn of(inspection: Inspection) -> Result<Loaded, ConfigError> {
        inspection.check()?;
        Ok(Loaded {
            config: build::build(&inspection.raw),
            warnings: inspection.findings,
            vault: inspection.vault,
        })
    }
}

impl Inspection {
    /// Reads every layer but Key Vault and tries every rule.
    pub(crate) fn make(sources: &ConfigSources) -> Self {
        Self::make_with(sources, VaultAccess::Leave)
    }

    /// Reads every layer and tries every rule.
    pub(crate) fn make_with(sources: &ConfigSources, access: VaultAccess) -> Self {
        let mut findings = Vec::new();
        let registry = sources.registry();
        let (environment, environment_origin) = choose_environment(sources, &mut findings);
        // With an unknown environment the layers are still read: what is wrong in them is wrong in every one.
        // `dev` accepts the most values, so that nothing is reported that might be right.
        let assumed = environment.unwrap_or(Environment::Dev);
        let mut layers = read_layers(sources, &registry, assumed, environment, &mut findings);
        let vocabulary = sources.vocabulary;
        let merge = |layers: &[Layer], findings: &mut Vec<Finding>| {
            RawConfig::merge(layers, &registry, assumed, vocabulary, findings)
        };
        let overlay = match environment {
            Some(_) => {
                let without_vault = merge(&layers, &mut Vec::new());
                key_vault::overlay(&without_vault, access, &mut findings)
            }
            // Which vault it is depends on the environment.
            None => Overlay::default(),
        };
        let above = layers.len() - LAYERS_ABOVE_KEY_VAULT;
        layers.splice(above..above, overlay.layer.clone());
        let mut raw = merge(&layers, &mut findings);
        overlay.mark(&mut raw);
        if environment.is_some() {
            checks::check_all(&raw, &mut findings);
            guardrails::check_all(&raw, &mut findings);
        }
        findings.sort_by_key(|finding| finding.id);
        Self {
            environment,
            environment_origin,
            raw,
            findings,
            vault: overlay.summary,
        }
    }

    /// Says whether the configuration may run.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem found, in the files, the variables, the values and the rules alike.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let of = |severity| {
            let findings = self.findings.iter();
            findings.filter(move |finding| finding.severity == severity)
        };
        if of(Severity::Error).next().is_none() {
            return Ok(());
        }
        Err(ConfigError {
            environment: self.environment,
            problems: of(Severity::Error).cloned().collect(),
            warnings: of(Severity::Warning).cloned().collect(),
        })
    }
}

impl ConfigSources {
    /// The keys that these sources may set.
    pub(crate) fn registry(&self) -> Registry {
        Registry::new(self.app_settings).with_downstream_apis(self.downstream_apis)
    }

    /// The same sources, read as another environment.
    pub(crate) fn in_environment(&self, environment: &str, flag: &str) -> Self {
        let mut sources = self.clone();
        sources.flags.push(Flag {
            key: ENVIRONMENT_KEY.to_owned(),
            value: environment.to_owned(),
            flag: flag.to_owned(),
        });
        sources
    }
}

/// Unset is `prod`: whoever forgets to say gets the strictest rules.
fn choose_environment(
    sources: &ConfigSources,
    findings: &mut Vec<Finding>,
) -> (Option<Environment>, Option<Origin>) {
    let flag = sources
        .flags
        .iter()
        .rev()
        .find(|flag| flag.key == ENVIRONMENT_KEY);
    let variable = sources.variables.get(ENVIRONMENT_VARIABLE);
    let (text, origin) = match (flag, variable) {
        (Some(flag), _) => (&flag.value, Origin::Flag(flag.flag.clone())),
        (None, Some(text)) => (text, Origin::Variable(ENVIRONMENT_VARIABLE.to_owned())),
        (None, None) => return (Some(Environment::Prod), None),
    };
    if let Some(environment) = Environment::parse(text) {
        return (Some(environment), Some(origin));
    }
    let names = Environment::ALL.map(Environment::as_str);
    let shown = super::value::show_text(text);
    let hint = suggest_environment(text)
        .map(|near| format!("; did you mean {near}?"))
        .unwrap_or_default();
    findings.push(
        Finding::error(
            FindingId::Environment,
            format!("\"{shown}\" is no environment"),
        )
        .why("a misspelt environment must not get another one's rules")
        .from(origin.to_string())
        .fix(format!("write exactly one of {}{hint}", names.join(", "))),
    );
    (None, Some(origin))
}

fn suggest_environment(text: &str) -> Option<&'static str> {
    let folded = text.trim().to_ascii_lowercase();
    let names = Environment::ALL.map(Environment::as_str);
    names
        .into_iter()
        .find(|name| folded.len() >= name.len() && folded.starts_with(name))
        .or_else(|| nearest(&folded, names))
}

/// Reads every layer, lowest first.
fn read_layers(
    sources: &ConfigSources,
    registry: &Registry,
    assumed: Environment,
    environment: Option<Environment>,
    findings: &mut Vec<Finding>,
) -> Vec<Layer> {
    let mut layers = vec![Layer::defaults(registry, assumed)];
    for (name, text) in read_files(sources, environment, findings) {
        layers.push(layer::read_file(&name, &text, registry, findings));
    }
    layers.push(layer::read_variables(
        &sources.variables,
        registry,
        findings,
    ));
    layers.push(layer::read_flags(&sources.flags, registry, findings));
    layers
}

/// Reads `default.toml` and `<env>.toml`, from the folder or as shipped.
fn read_files(
    sources: &ConfigSources,
    environment: Option<Environment>,
    findings: &mut Vec<Finding>,
) -> Vec<(String, String)> {
    let mut names = vec!["default.toml".to_owned()];
    names.extend(environment.map(|environment| format!("{}.toml", environment.as_str())));
    match &sources.config_dir {
        Some(folder) => layer::read_folder(folder, &names, findings),
        None => names
            .into_iter()
            .filter_map(|name| {
                let (_, text) = sources
                    .shipped_layers
                    .iter()
                    .find(|(file, _)| *file == name)?;
                Some((format!("{name} (shipped)"), (*text).to_owned()))
            })
            .collect(),
    }
}
