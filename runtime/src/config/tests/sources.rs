//! Sources for tests: a valid configuration of each environment, to be bent by one setting.

use std::collections::BTreeMap;

use portcullis_api_spec::{Assignable, RoleDef, ScopeDef, Vocabulary};

use crate::config::sections::{Config, Environment};
use crate::config::{AppSetting, ConfigError, ConfigSources, Flag, Inspection, Loaded};

pub(crate) const TENANT: &str = "8f2b1c7e-5d0a-4e7b-9c55-1f6a2d3e4b5c";
pub(crate) const CLIENT: &str = "3a9d6f10-7c42-4b8e-a1d3-9e0f5b6c7d8a";

const VOCABULARY: Vocabulary = Vocabulary {
    roles: &[
        role("Admin", Assignable::Users),
        role("Viewer", Assignable::Users),
        role("Ingest", Assignable::Applications),
    ],
    scopes: &[ScopeDef {
        name: "user_impersonation",
        description: "",
    }],
};

const fn role(name: &'static str, assignable: Assignable) -> RoleDef {
    RoleDef {
        name,
        description: "",
        assignable,
    }
}

pub(crate) const DATABASE: &[AppSetting] =
    &[
        AppSetting::of::<String>("database_url", "Where the data lives.")
            .secret()
            .refreshable(),
    ];

/// Nothing set at all.
pub(crate) fn nothing() -> ConfigSources {
    ConfigSources {
        variables: BTreeMap::new(),
        shipped_layers: &[],
        config_dir: None,
        flags: Vec::new(),
        vocabulary: VOCABULARY,
        app_settings: &[],
        downstream_apis: &[],
    }
}

/// What an environment needs at least.
pub(crate) fn valid(environment: Environment) -> ConfigSources {
    nothing()
        .with("APP_ENV", environment.as_str())
        .with("AZURE_TENANT_ID", TENANT)
        .with("AZURE_AD_CLIENT_ID", CLIENT)
        .with("APP_SERVER__PUBLIC_URL", "https://api.contoso.com")
}

impl ConfigSources {
    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.insert(variable.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(mut self, variable: &str) -> Self {
        self.variables.remove(variable);
        self
    }

    pub(crate) fn flag(mut self, key: &str, value: &str, flag: &str) -> Self {
        self.flags.push(Flag {
            key: key.to_owned(),
            value: value.to_owned(),
            flag: flag.to_owned(),
        });
        self
    }

    pub(crate) fn shipped(mut self, layers: &'static [(&'static str, &'static str)]) -> Self {
        self.shipped_layers = layers;
        self
    }

    pub(crate) fn loaded(&self) -> Loaded {
        match Config::load(self) {
            Ok(loaded) => loaded,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn inspected(&self) -> Inspection {
        Inspection::make(self)
    }

    pub(crate) fn refused(&self) -> ConfigError {
        Config::load(self).expect_err("this configuration must be refused")
    }

    /// `(id, severity word)` of everything found, sorted by id.
    pub(crate) fn ids(&self) -> Vec<String> {
        let (problems, warnings) = match Config::load(self) {
            Ok(loaded) => (Vec::new(), loaded.warnings),
            Err(error) => (error.problems, error.warnings),
        };
        let warnings = warnings.iter().map(|finding| format!("{}?", finding.id));
        problems
            .iter()
            .map(|finding| finding.id.to_string())
            .chain(warnings)
            .collect()
    }
}
