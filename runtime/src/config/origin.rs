//! Where a value came from, in words an operator can act on.

use std::fmt;

use serde_json::{Value, json};

/// The place that set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Portcullis or the application declared it.
    Default,
    /// A line of a configuration file. Line and column count from 1.
    File {
        file: String,
        line: usize,
        column: usize,
    },
    /// An environment variable.
    Variable(String),
    /// A mounted secret, named by a variable that ends in `_FILE`.
    SecretFile { variable: String, path: String },
    /// A secret of Azure Key Vault.
    VaultSecret {
        /// The address of the vault.
        vault: String,
        secret: String,
        /// The one that was read; `None` when none was.
        version: Option<String>,
    },
    /// The command line.
    Flag(String),
}

impl Origin {
    /// Says whether the value is a secret of Key Vault, and so is never shown.
    pub(crate) const fn is_key_vault(&self) -> bool {
        matches!(self, Origin::VaultSecret { .. })
    }

    /// Says whether the place overrides Key Vault.
    pub(crate) const fn stands_above_key_vault(&self) -> bool {
        match self {
            Origin::Variable(_) | Origin::SecretFile { .. } | Origin::Flag(_) => true,
            Origin::Default | Origin::File { .. } | Origin::VaultSecret { .. } => false,
        }
    }

    /// For programs: what kind of place it is, and which.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Origin::Default => json!({"kind": "default"}),
            Origin::File { file, line, column } => {
                json!({"kind": "file", "file": file, "line": line, "column": column})
            }
            Origin::Variable(name) => json!({"kind": "variable", "variable": name}),
            Origin::SecretFile { variable, path } => {
                json!({"kind": "secret_file", "variable": variable, "path": path})
            }
            Origin::VaultSecret {
                vault,
                secret,
                version,
            } => {
                json!({"kind": "vault", "vault": vault, "secret": secret, "version": version})
            }
            Origin::Flag(flag) => json!({"kind": "flag", "flag": flag}),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => write!(formatter, "built-in default"),
            Origin::File { file, line, column } => write!(formatter, "{file}:{line}:{column}"),
            Origin::Variable(name) => write!(formatter, "variable {name}"),
            Origin::SecretFile { variable, path } => {
                write!(formatter, "file {path} (variable {variable})")
            }
            Origin::VaultSecret {
                vault,
                secret,
                version,
            } => match version {
                Some(version) => write!(
                    formatter,
                    "secret {secret}, version {version}, of Key Vault {vault}"
                ),
                None => write!(formatter, "secret {secret} of Key Vault {vault}, not read"),
            },
            Origin::Flag(flag) => write!(formatter, "flag {flag}"),
        }
    }
}
