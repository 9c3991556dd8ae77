//! The registry of keys: the built-in ones and the application's, with the variable of each.
//!
//! Layers ask it which names exist; everything that lists keys walks it. A key has exactly one variable: the one
//! of the operating procedure, or `APP_<SECTION>__<FIELD>`.

use portcullis_api_spec::nearest;

use super::app_setting::{AppSetting, CheckText};
use super::downstream_api::DownstreamApi;
use super::key::{DefaultValue, KeyDef, Kind};
use super::keys;
use super::parse;
use super::sections::Environment;
use super::value::Value;

/// What every variable of ours begins with, the operating procedure's four apart.
pub(crate) const VARIABLE_PREFIX: &str = "APP_";
/// Ends the variable that names a file which holds the value.
pub(crate) const FILE_SUFFIX: &str = "_FILE";
/// Sections whose keys decide who is let in and who may look.
const POLICY_SECTIONS: [&str; 4] = ["auth", "cors", "mcp", "docs"];
/// Sections that say how the vault is reached, which it cannot say itself.
const VAULT_SECTIONS: [&str; 2] = ["azure", "key_vault"];

/// Every known key.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    keys: Vec<RegisteredKey>,
}

/// One known key.
#[derive(Debug, Clone)]
pub(crate) struct RegisteredKey {
    pub(crate) name: String,
    pub(crate) variable: String,
    pub(crate) kind: Kind,
    /// What the application says about a text beside.
    pub(crate) check: Option<CheckText>,
    pub(crate) default: DefaultValue,
    pub(crate) secret: bool,
    /// A new value in Key Vault can be taken while running.
    pub(crate) refreshable: bool,
    pub(crate) judged_by_guardrail: bool,
    /// Without a value the start is refused.
    pub(crate) must_be_set: bool,
    pub(crate) doc: &'static str,
}

impl Registry {
    /// Collects the built-in keys and the application's.
    ///
    /// # Panics
    /// When an application declares a field that cannot be written as a key, one field twice, or a default that is no value
    /// of its type: that is a mistake in its program text, not in anybody's configuration.
    pub(crate) fn new(app_settings: &[AppSetting]) -> Self {
        let mut registry = Self {
            keys: keys::all().map(RegisteredKey::built_in).collect(),
        };
        for setting in app_settings {
            assert!(
                is_valid_field(setting.field),
                "the application setting `{}` must be [a-z][a-z0-9_]* without two underscores in a row",
                setting.field
            );
            let key = RegisteredKey::of_application(setting);
            if let Some(fault) = key.find_fault_of_default() {
                panic!(
                    "the default of the application setting `{}`: {fault}",
                    setting.field
                );
            }
            assert!(
                registry.get(&key.name).is_none(),
                "the application setting `{}` is declared twice",
                setting.field
            );
            registry.keys.push(key);
        }
        registry
    }

    /// Adds a key for the scopes of each API that the application calls for its users.
    ///
    /// # Panics
    /// As [`Registry::new`].
    pub(crate) fn with_downstream_apis(mut self, apis: &[DownstreamApi]) -> Self {
        for api in apis {
            assert!(
                is_valid_field(api.name),
                "the downstream API `{}` must be [a-z][a-z0-9_]* without two underscores in a row",
                api.name
            );
            let key = RegisteredKey::of_downstream_api(api);
            assert!(
                self.get(&key.name).is_none(),
                "the downstream API `{}` is declared twice",
                api.name
            );
            self.keys.push(key);
        }
        self
    }

    /// Every key, in the order operators read them.
    pub(crate) fn keys(&self) -> &[RegisteredKey] {
        &self.keys
    }

    pub(crate) fn get(&self, name: &str) -> Option<&RegisteredKey> {
        self.keys.iter().find(|key| key.name == name)
    }

    pub(crate) fn get_by_variable(&self, variable: &str) -> Option<&RegisteredKey> {
        self.keys.iter().find(|key| key.variable == variable)
    }

    /// Finds the key that would have this systematic variable if the operating procedure had not named it.
    pub(crate) fn get_by_replaced_variable(&self, variable: &str) -> Option<&RegisteredKey> {
        self.keys
            .iter()
            .find(|key| key.variable != variable && systematic_variable(&key.name) == variable)
    }

    /// Says whether keys begin with `<prefix>.`.
    pub(crate) fn is_section(&self, prefix: &str) -> bool {
        self.keys.iter().any(|key| {
            key.name
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// Finds the key that a wrong dotted name most likely means: a misspelling, or the right field in a wrong section.
    pub(crate) fn suggest_key(&self, name: &str) -> Option<&str> {
        let names = || self.keys.iter().map(|key| key.name.as_str());
        nearest(name, names()).or_else(|| {
            let field = name.rsplit('.').next()?;
            names().find(|candidate| candidate.rsplit('.').next() == Some(field))
        })
    }

    /// Finds the section that a wrong name most likely means.
    pub(crate) fn suggest_section(&self, name: &str) -> Option<&str> {
        let sections = self.keys.iter().filter_map(|key| {
            let (section, _) = key.name.rsplit_once('.')?;
            Some(section)
        });
        nearest(name, sections)
    }

    /// Finds the variable that a wrong one most likely means.
    pub(crate) fn suggest_variable(&self, variable: &str) -> Option<&str> {
        let variables = self.keys.iter().map(|key| key.variable.as_str());
        nearest(variable, variables).or_else(|| {
            let field = variable.rsplit("__").next()?;
            self.keys
                .iter()
                .find(|key| {
                    let last = key.name.rsplit('.').next().unwrap_or_default();
                    last.eq_ignore_ascii_case(field)
                })
                .map(|key| key.variable.as_str())
        })
    }
}

impl RegisteredKey {
    fn built_in(def: &KeyDef) -> Self {
        let variable = match def.procedure_variable {
            Some(name) => name.to_owned(),
            None => systematic_variable(def.name),
        };
        Self {
            name: def.name.to_owned(),
            variable,
            kind: def.kind,
            check: None,
            default: def.default,
            secret: def.secret,
            refreshable: def.refreshable,
            judged_by_guardrail: def.judged_by_guardrail,
            must_be_set: false,
            doc: def.doc,
        }
    }

    fn of_application(setting: &AppSetting) -> Self {
        let name = format!("app.{}", setting.field);
        Self {
            variable: systematic_variable(&name),
            name,
            kind: setting.kind,
            check: setting.check,
            default: setting
                .default
                .map_or(DefaultValue::Unset, DefaultValue::Text),
            secret: setting.secret,
            refreshable: setting.refreshable,
            judged_by_guardrail: false,
            must_be_set: setting.default.is_none() && !setting.is_optional,
            doc: setting.doc,
        }
    }

    /// Lets the application judge a value of the right type.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check(&self, value: Value) -> Result<Value, parse::ParseError> {
        if let (Some(check), Value::Text(text)) = (self.check, &value) {
            check(text)?;
        }
        Ok(value)
    }

    /// Says why the default is no value of the key.
    fn find_fault_of_default(&self) -> Option<parse::ParseError> {
        Environment::ALL.into_iter().find_map(|environment| {
            let text = self.default_text(environment)?;
            let value = parse::parse_text(self.kind, text, environment);
            value.and_then(|value| self.check(value)).err()
        })
    }

    fn of_downstream_api(api: &DownstreamApi) -> Self {
        let name = api.scopes_key();
        Self {
            variable: systematic_variable(&name),
            name,
            kind: Kind::TextList,
            check: None,
            default: DefaultValue::Unset,
            secret: false,
            refreshable: false,
            judged_by_guardrail: false,
            must_be_set: true,
            doc: api.doc,
        }
    }

    /// The variable that names a file which holds the value.
    pub(crate) fn file_variable(&self) -> String {
        format!("{}{FILE_SUFFIX}", self.variable)
    }

    /// Says whether the key decides who is let in or who may look: no vault's secret may (PC11).
    pub(crate) fn is_policy(&self) -> bool {
        !self.secret && self.is_in(&POLICY_SECTIONS)
    }

    /// Names the layers that may set the key.
    pub(crate) fn setters(&self) -> &'static [&'static str] {
        if self.secret {
            &["variable", "vault"]
        } else if self.is_policy() || self.is_in(&VAULT_SECTIONS) {
            &["file", "variable", "flag"]
        } else {
            &["file", "variable", "flag", "vault"]
        }
    }

    fn is_in(&self, sections: &[&str]) -> bool {
        let section = self.name.split('.').next().unwrap_or_default();
        sections.contains(&section)
    }

    /// The default in words.
    pub(crate) fn describe_default(&self) -> String {
        match self.default {
            DefaultValue::Unset if self.must_be_set => "none, it must be set".to_owned(),
            DefaultValue::Unset => "none".to_owned(),
            DefaultValue::Text("") => "empty".to_owned(),
            DefaultValue::Text(text) => text.to_owned(),
            DefaultValue::ByEnvironment {
                local,
                shared,
                prod,
            } if shared == prod => format!("{local} in dev and test, {prod} elsewhere"),
            DefaultValue::ByEnvironment {
                local,
                shared,
                prod,
            } => format!("{local} in dev and test, {shared} in staging and uat, {prod} in prod"),
            DefaultValue::Derived(words) => words.to_owned(),
        }
    }

    /// Writes the default as a layer would; `None` when it is unset or made from other keys.
    pub(crate) fn default_text(&self, environment: Environment) -> Option<&'static str> {
        match self.default {
            DefaultValue::Unset | DefaultValue::Derived(_) => None,
            DefaultValue::Text(text) => Some(text),
            DefaultValue::ByEnvironment {
                local,
                shared,
                prod,
            } => Some(match environment {
                Environment::Dev | Environment::Test => local,
                Environment::Staging | Environment::Uat => shared,
                Environment::Prod => prod,
            }),
        }
    }
}

/// Says whether a name can be written as a TOML key and as part of a variable name.
fn is_valid_field(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_')
        && !name.contains("__")
}

/// `auth.keys.refresh` -> `APP_AUTH__KEYS__REFRESH`.
fn systematic_variable(name: &str) -> String {
    let path = name.to_ascii_uppercase().replace('.', "__");
    format!("{VARIABLE_PREFIX}{path}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Registry, systematic_variable};
    use crate::config::AppSetting;
    use crate::config::parse;
    use crate::config::sections::Environment;

    #[test]
    fn names_and_variables_are_unique_and_derived_from_the_key() {
        let registry = Registry::new(&[]);
        for (index, key) in registry.keys().iter().enumerate() {
            let earlier = &registry.keys()[..index];
            assert!(
                earlier
                    .iter()
                    .all(|other| other.name != key.name && other.variable != key.variable)
            );
        }
        assert_eq!(
            systematic_variable("auth.keys.refresh"),
            "APP_AUTH__KEYS__REFRESH"
        );
        let sop = [
            "AUTH_REQUIRED",
            "AZURE_TENANT_ID",
            "AZURE_AD_CLIENT_ID",
            "AZURE_CLIENT_ID",
        ];
        assert!(
            sop.iter()
                .all(|name| registry.get_by_variable(name).is_some())
        );
    }

    #[test]
    fn every_default_is_a_valid_value_of_its_key_in_every_environment() {
        let registry = Registry::new(&[]);
        for environment in Environment::ALL {
            for key in registry.keys() {
                if let Some(text) = key.default_text(environment) {
                    let parsed = parse::parse_text(key.kind, text, environment);
                    assert!(parsed.is_ok(), "{}: {parsed:?}", key.name);
                }
            }
        }
    }

    #[test]
    fn a_key_in_the_wrong_section_is_found() {
        let registry = Registry::new(&[]);
        assert_eq!(
            registry.suggest_key("auth.management_bind"),
            Some("server.management_bind")
        );
        assert_eq!(
            registry.suggest_variable("APP_SERVER__BNID"),
            Some("APP_SERVER__BIND")
        );
        assert_eq!(
            registry.suggest_variable("APP_HTTP__PER_SECOND"),
            Some("APP_RATE_LIMIT__PER_SECOND")
        );
    }

    #[test]
    #[should_panic(expected = "declared twice")]
    fn an_application_field_declared_twice_is_a_bug() {
        let setting = AppSetting::of::<String>("database_url", "");
        Registry::new(&[setting, setting]);
    }

    #[test]
    #[should_panic(expected = "the default of the application setting `pause`: ")]
    fn a_default_that_is_no_value_of_its_type_is_a_bug() {
        Registry::new(&[AppSetting::of::<Duration>("pause", "").default("soon")]);
    }
}
