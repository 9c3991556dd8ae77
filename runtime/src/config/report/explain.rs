//! `config explain`: what a key is, where that came from, what it shadows, and which rules fire about it.
//!
//! It explains refused configurations too: that is when operators ask.

use serde_json::{Value as Json, json};

use super::{
    count, effective, environment_to_json, line, render_environment, render_json, show, width,
};
use crate::config::finding::Finding;
use crate::config::key::DefaultValue;
use crate::config::key_vault::RefreshConfig;
use crate::config::load::Inspection;
use crate::config::merge::{Candidate, Outcome, Setting};
use crate::config::parse;
use crate::config::registry::{RegisteredKey, Registry};
use crate::config::value::show_text;

/// What is explained, and how it came about.
pub(crate) struct Explanation<'a> {
    inspection: &'a Inspection,
    settings: Vec<&'a Setting>,
    /// One key was asked for: everything is told about it.
    in_full: bool,
}

/// A name that is neither a key, nor a section, nor a variable of a key.
#[derive(Debug, thiserror::Error)]
#[error("{name} is no configuration key{hint}\n  `config explain` without a name lists every key")]
pub(crate) struct UnknownName {
    name: String,
    hint: String,
}

impl<'a> Explanation<'a> {
    /// Finds what is meant by a key, by a section such as `auth` or `auth.keys`, by a variable, or by nothing: all.
    ///
    /// # Errors
    /// [`UnknownName`], with what was probably meant.
    pub(crate) fn of(
        name: Option<&str>,
        inspection: &'a Inspection,
        registry: &Registry,
    ) -> Result<Self, UnknownName> {
        let settings = inspection.raw.settings();
        let Some(name) = name else {
            return Ok(Self {
                inspection,
                settings: settings.iter().collect(),
                in_full: false,
            });
        };
        let is_meant = |setting: &&Setting| {
            let key = &setting.key;
            key.name == name || key.variable == name || key.file_variable() == name
        };
        if let Some(setting) = settings.iter().find(is_meant) {
            return Ok(Self {
                inspection,
                settings: vec![setting],
                in_full: true,
            });
        }
        if registry.is_section(name) {
            let prefix = format!("{name}.");
            let section = settings.iter();
            return Ok(Self {
                inspection,
                settings: section
                    .filter(|setting| setting.key.name.starts_with(&prefix))
                    .collect(),
                in_full: false,
            });
        }
        let near = registry
            .suggest_key(name)
            .or_else(|| registry.suggest_section(name))
            .or_else(|| registry.suggest_variable(name));
        Err(UnknownName {
            name: show_text(name),
            hint: near
                .map(|near| format!("; did you mean {near}?"))
                .unwrap_or_default(),
        })
    }

    /// For people.
    pub(crate) fn render_text(&self) -> String {
        let mut text = format!("{}\n\n", render_environment(self.inspection));
        match self.settings.as_slice() {
            [setting] if self.in_full => self.render_in_full(&mut text, setting),
            settings => self.render_table(&mut text, settings),
        }
        text
    }

    fn render_table(&self, text: &mut String, settings: &[&Setting]) {
        let raw = &self.inspection.raw;
        let shown: Vec<(String, String)> =
            settings.iter().map(|setting| show(setting, raw)).collect();
        let key_width = width(settings.iter().map(|setting| setting.key.name.as_str()));
        let value_width = width(shown.iter().map(|(value, _)| value.as_str()));
        for (setting, (value, origin)) in settings.iter().zip(&shown) {
            let name = &setting.key.name;
            line(
                text,
                format!("{name:key_width$}  {value:value_width$}  {origin}"),
            );
            for candidate in &setting.shadowed {
                let value = format!("shadows {}", candidate.shown(&setting.key));
                let origin = &candidate.origin;
                line(
                    text,
                    format!("{:key_width$}    {value:value_width$}  {origin}", ""),
                );
            }
            for finding in self.findings(setting) {
                let severity = finding.severity.as_str();
                let (id, what) = (finding.id, &finding.what);
                line(
                    text,
                    format!("{:key_width$}    {severity} {id}: {what}", ""),
                );
            }
        }
        let findings = &self.inspection.findings;
        if !findings.is_empty() {
            let count = count(findings.len(), "finding");
            line(
                text,
                format!("\n{count} in all; `config check` says what to do"),
            );
        }
    }

    fn render_in_full(&self, text: &mut String, setting: &Setting) {
        let key = &setting.key;
        let (value, origin) = show(setting, &self.inspection.raw);
        line(text, format!("{} = {value}", key.name));
        line(text, format!("    {}", key.doc));
        line(text, "");
        line(text, format!("    from:      {origin}"));
        for candidate in &setting.shadowed {
            let shown = candidate.shown(key);
            line(
                text,
                format!("    shadows:   {shown}, {}", candidate.origin),
            );
        }
        line(
            text,
            format!("    type:      {}", parse::describe_fully(key.kind)),
        );
        line(text, format!("    default:   {}", key.describe_default()));
        line(
            text,
            format!(
                "    variable:  {}, or {} with the path of a file that holds the value",
                key.variable,
                key.file_variable()
            ),
        );
        line(text, format!("    set by:    {}", key.setters().join(", ")));
        line(
            text,
            format!("    changes:   {}", self.when_it_changes(key)),
        );
        for finding in self.findings(setting) {
            line(text, format!("\n{} {finding}", finding.severity.as_str()));
        }
    }

    /// When a value that somebody sets anew begins to count.
    fn when_it_changes(&self, key: &RegisteredKey) -> String {
        let raw = &self.inspection.raw;
        let refresh = RefreshConfig::build(raw);
        match (refresh, key.refreshable) {
            (Some(refresh), _) if refresh.keys().any(|name| name == key.name) => format!(
                "while running, by a new version in Key Vault (key_vault.refresh = {})",
                humantime::format_duration(refresh.interval)
            ),
            (_, true) => "with a restart; while running only by a new version in Key Vault, where it is mapped \
                          without a version and key_vault.refresh is set"
                .to_owned(),
            (_, false) => "with a restart".to_owned(),
        }
    }

    fn findings(&self, setting: &Setting) -> impl Iterator<Item = &'a Finding> {
        let name = setting.key.name.clone();
        let findings = self.inspection.findings.iter();
        findings.filter(move |finding| finding.concerns(&name))
    }

    /// For programs.
    pub(crate) fn render_json(&self) -> String {
        let settings: Vec<Json> = self
            .settings
            .iter()
            .map(|setting| self.setting_to_json(setting))
            .collect();
        render_json(&json!({
            "environment": environment_to_json(self.inspection),
            "settings": settings,
        }))
    }

    fn setting_to_json(&self, setting: &Setting) -> Json {
        let key = &setting.key;
        let shadowed: Vec<Json> = setting
            .shadowed
            .iter()
            .map(|candidate| candidate_to_json(candidate, setting))
            .collect();
        let findings: Vec<Json> = self.findings(setting).map(Finding::to_json).collect();
        json!({
            "key": key.name,
            "value": effective(setting, &self.inspection.raw).map(|value| value.to_json()),
            "status": status(setting),
            "secret": key.secret,
            "layer": setting.winner.as_ref().map(|winner| &winner.layer),
            "origin": setting.winner.as_ref().map(|winner| winner.origin.to_json()),
            "shadows": shadowed,
            "type": parse::describe(key.kind),
            "range": parse::describe_range(key.kind),
            "default": key.describe_default(),
            "variable": key.variable,
            "set_by": key.setters(),
            "refreshable": key.refreshable,
            "description": key.doc,
            "findings": findings,
        })
    }
}

fn candidate_to_json(candidate: &Candidate, setting: &Setting) -> Json {
    let value = match &candidate.outcome {
        Outcome::Unread => Json::Null,
        Outcome::Value(_) | Outcome::Invalid if candidate.origin.is_key_vault() => Json::Null,
        Outcome::Value(value) => value.to_json(),
        Outcome::Invalid if setting.key.secret => Json::Null,
        Outcome::Invalid | Outcome::Unset => json!(candidate.shown(&setting.key)),
    };
    json!({
        "layer": candidate.layer,
        "origin": candidate.origin.to_json(),
        "value": value,
    })
}

/// Where the value comes from, in one word.
pub(super) fn status(setting: &Setting) -> &'static str {
    match (&setting.outcome, setting.key.default) {
        (Outcome::Value(_), _) => "set",
        (Outcome::Invalid, _) => "invalid",
        (Outcome::Unread, _) => "not_read",
        (Outcome::Unset, DefaultValue::Derived(_)) => "derived",
        (Outcome::Unset, _) => "unset",
    }
}
