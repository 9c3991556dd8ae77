//! What is wrong with a configuration: all of it, each finding with what, why, where from and how to fix it.
//!
//! Invariant: the value of a secret key never gets into a finding.

use std::error::Error;
use std::fmt;

use serde_json::{Value, json};

use super::guardrails::RuleId;
use super::sections::Environment;

/// One thing that is wrong, or that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) id: FindingId,
    pub(crate) severity: Severity,
    pub(crate) what: String,
    why: Option<String>,
    from: Vec<Source>,
    fix: Option<String>,
    /// Keys it is about beyond those of its sources.
    about: Vec<String>,
}

/// A line that says where a value came from, and of which key if it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    key: Option<String>,
    line: String,
}

/// Which rule a finding belongs to. The order is the order of printing: causes before consequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FindingId {
    /// `APP_ENV` itself.
    Environment,
    /// A file that cannot be read.
    File,
    /// Key Vault, or the identity that reads it.
    KeyVault,
    /// A numbered guardrail.
    Rule(RuleId),
    /// A value that is not of its key's kind, out of range, or at odds with another.
    Value,
    /// A key that must be set.
    Missing,
}

/// Whether the start is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    Warning,
}

/// Why a configuration is refused: every problem of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// `None` when `APP_ENV` itself is wrong; then rules that depend on it were not tried.
    pub(crate) environment: Option<Environment>,
    pub(crate) problems: Vec<Finding>,
    pub(crate) warnings: Vec<Finding>,
}

impl ConfigError {
    /// `EX_CONFIG` of `sysexits.h`: an orchestrator can tell a bad configuration from a crash.
    pub(crate) const EXIT_CODE: u8 = 78;
}

impl Finding {
    pub(crate) fn error(id: FindingId, what: impl Into<String>) -> Self {
        Self::new(id, Severity::Error, what)
    }

    pub(crate) fn warning(id: FindingId, what: impl Into<String>) -> Self {
        Self::new(id, Severity::Warning, what)
    }

    fn new(id: FindingId, severity: Severity, what: impl Into<String>) -> Self {
        Self {
            id,
            severity,
            what: what.into(),
            why: None,
            from: Vec::new(),
            fix: None,
            about: Vec::new(),
        }
    }

    pub(crate) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Adds a line that says where a value came from.
    pub(crate) fn from(mut self, source: impl Into<Source>) -> Self {
        self.from.push(source.into());
        self
    }

    /// Names a key that the finding is about, where no source does.
    pub(crate) fn about(mut self, key: impl Into<String>) -> Self {
        self.about.push(key.into());
        self
    }

    /// Says whether the finding is about this key.
    pub(crate) fn concerns(&self, key: &str) -> bool {
        let sources = self.from.iter().filter_map(|source| source.key.as_deref());
        sources
            .chain(self.about.iter().map(String::as_str))
            .any(|name| name == key)
    }

    /// For programs: the same as for people, field by field.
    pub(crate) fn to_json(&self) -> Value {
        let from: Vec<&str> = self
            .from
            .iter()
            .map(|source| source.line.as_str())
            .collect();
        json!({
            "id": self.id.to_string(),
            "severity": self.severity.as_str(),
            "what": self.what,
            "why": self.why,
            "from": from,
            "fix": self.fix,
        })
    }

    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl Source {
    pub(crate) fn of_key(key: &str, line: String) -> Self {
        Self {
            key: Some(key.to_owned()),
            line,
        }
    }
}

impl From<String> for Source {
    fn from(line: String) -> Self {
        Self { key: None, line }
    }
}

impl Severity {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.line)
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindingId::Environment => formatter.write_str("ENVIRONMENT"),
            FindingId::File => formatter.write_str("FILE"),
            FindingId::KeyVault => formatter.write_str("KEY_VAULT"),
            FindingId::Rule(rule) => write!(formatter, "{rule}"),
            FindingId::Value => formatter.write_str("VALUE"),
            FindingId::Missing => formatter.write_str("MISSING"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.id, self.what)?;
        if let Some(why) = &self.why {
            write!(formatter, "\n    why:  {why}")?;
        }
        for source in &self.from {
            write!(formatter, "\n    from: {source}")?;
        }
        if let Some(fix) = &self.fix {
            write!(formatter, "\n    fix:  {fix}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(formatter, "configuration refused: {count} {noun}")?;
        match self.environment {
            Some(environment) => write!(formatter, " in environment {}", environment.as_str())?,
            None => write!(
                formatter,
                "; the environment is unknown, so more may follow"
            )?,
        }
        for problem in &self.problems {
            write!(formatter, "\n\n{problem}")?;
        }
        if !self.warnings.is_empty() {
            write!(formatter, "\n\nwarnings")?;
        }
        for warning in &self.warnings {
            write!(formatter, "\n\n{warning}")?;
        }
        formatter.write_str(
            "\n\n`config explain KEY` shows where a value comes from, `config env` every variable",
        )
    }
}

impl Error for ConfigError {}
