//! Where a value came from, in words an operator can act on.

use std::fmt;

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
    /// The command line.
    Flag(String),
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
            Origin::Flag(flag) => write!(formatter, "flag {flag}"),
        }
    }
}
