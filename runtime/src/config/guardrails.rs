//! The numbered rules over the merged configuration: combinations that are dangerous although each value is fine.
//!
//! A rule is one [`Rule`]: its words stand in messages and in `docs/guardrails.md` alike. One small function each,
//! by theme in the files below; all that fire are reported together. Numbers are never reused.

mod authentication_off;
mod client_ids;
mod exposure;
mod origins;
mod roles;
mod unknown;
mod urls;

use std::fmt;

use super::finding::{Finding, FindingId};
use super::merge::RawConfig;

/// A rule, in words and in code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) id: RuleId,
    /// When it fires: a sentence without a full stop.
    pub(crate) title: &'static str,
    /// What the rule prevents.
    pub(crate) why: &'static str,
    /// What to do, unless the finding knows better.
    pub(crate) fix: &'static str,
    /// `error`, `warning`, or both with their conditions.
    pub(crate) outcome: &'static str,
    check: fn(&RawConfig) -> Vec<Finding>,
}

/// The number of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RuleId {
    Pc01,
    Pc02,
    Pc03,
    Pc04,
    Pc05,
    Pc06,
    Pc07,
    Pc09,
    Pc10,
    Pc12,
    Pc13,
    Pc14,
    Pc16,
}

/// Every rule, by number.
pub(crate) const RULES: &[Rule] = &[
    authentication_off::PC01,
    client_ids::PC02,
    client_ids::PC03,
    client_ids::PC04,
    origins::PC05,
    urls::PC06,
    urls::PC07,
    roles::PC09,
    unknown::PC10,
    exposure::PC12,
    exposure::PC13,
    urls::PC14,
    authentication_off::PC16,
];

/// Runs every rule.
pub(crate) fn check_all(raw: &RawConfig, findings: &mut Vec<Finding>) {
    for rule in RULES {
        findings.extend((rule.check)(raw));
    }
}

/// Renders `docs/guardrails.md`.
pub(crate) fn render_markdown() -> String {
    let mut text = String::from(
        "# Guardrails\n\n\
         <!-- Generated from runtime/src/config/guardrails. Edit the rules there. -->\n\n\
         A configuration that breaks one of these rules does not start: the process prints every rule that fires, \
         with the values involved and where each came from, and exits with 78 before any port is opened. \
         Warnings are printed and logged. `config check --env <environment>` tries a configuration without starting it.\n",
    );
    for rule in RULES {
        text.push_str(&format!(
            "\n## {}: {}\n\n{}.\n\n- Outcome: {}\n- Fix: {}\n",
            rule.id, rule.title, rule.why, rule.outcome, rule.fix
        ));
    }
    text
}

impl Rule {
    fn error(&self, what: impl Into<String>) -> Finding {
        self.dress(Finding::error(FindingId::Rule(self.id), what))
    }

    fn warning(&self, what: impl Into<String>) -> Finding {
        self.dress(Finding::warning(FindingId::Rule(self.id), what))
    }

    fn dress(&self, finding: Finding) -> Finding {
        finding.why(self.why).fix(self.fix)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            RuleId::Pc01 => "PC01",
            RuleId::Pc02 => "PC02",
            RuleId::Pc03 => "PC03",
            RuleId::Pc04 => "PC04",
            RuleId::Pc05 => "PC05",
            RuleId::Pc06 => "PC06",
            RuleId::Pc07 => "PC07",
            RuleId::Pc09 => "PC09",
            RuleId::Pc10 => "PC10",
            RuleId::Pc12 => "PC12",
            RuleId::Pc13 => "PC13",
            RuleId::Pc14 => "PC14",
            RuleId::Pc16 => "PC16",
        })
    }
}

#[cfg(test)]
mod tests;
