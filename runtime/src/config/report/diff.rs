//! `config diff`: two environments side by side, read from the same variables and flags.
//!
//! Secrets are compared and not shown: they differ, or they are the same.

use serde_json::{Value as Json, json};

use super::explain::status;
use super::{count, effective, environment_to_json, line, render_json, show, width};
use crate::config::load::Inspection;
use crate::config::merge::{Outcome, Setting};
use crate::config::value::Value;

/// Two environments, and the keys to be shown.
pub(crate) struct Comparison<'a> {
    sides: [&'a Inspection; 2],
    rows: Vec<Row<'a>>,
    differing: usize,
}

struct Row<'a> {
    settings: [&'a Setting; 2],
    differs: bool,
}

impl<'a> Comparison<'a> {
    /// Compares two environments; `all` keeps keys that do not differ.
    pub(crate) fn of(left: &'a Inspection, right: &'a Inspection, all: bool) -> Self {
        let pairs = left.raw.settings().iter().zip(right.raw.settings());
        let rows: Vec<Row<'a>> = pairs
            .map(|(one, other)| Row {
                settings: [one, other],
                differs: substance(one, left) != substance(other, right),
            })
            .collect();
        let differing = rows.iter().filter(|row| row.differs).count();
        Self {
            sides: [left, right],
            rows: rows.into_iter().filter(|row| all || row.differs).collect(),
            differing,
        }
    }

    /// Says whether any key differs in value.
    pub(crate) fn differs(&self) -> bool {
        self.differing > 0
    }

    fn names(&self) -> [&'static str; 2] {
        self.sides
            .map(|side| side.environment.map_or("unknown", |it| it.as_str()))
    }

    /// For people.
    pub(crate) fn render_text(&self) -> String {
        let [left, right] = self.names();
        let of_all = self.sides[0].raw.settings().len();
        let verb = if self.differing == 1 {
            "differs"
        } else {
            "differ"
        };
        let mut text = String::new();
        line(
            &mut text,
            format!(
                "{left} and {right}: {} of {of_all} keys {verb}",
                self.differing
            ),
        );
        for row in &self.rows {
            line(&mut text, "");
            self.render_row(&mut text, row);
        }
        for (side, name) in self.sides.iter().zip(self.names()) {
            if let Err(error) = side.check() {
                let problems = count(error.problems.len(), "problem");
                line(
                    &mut text,
                    format!(
                        "\n{name} is refused: {problems}; `config check --env {name}` tells them"
                    ),
                );
            }
        }
        text
    }

    fn render_row(&self, text: &mut String, row: &Row<'_>) {
        let key = &row.settings[0].key;
        let verdict = match (key.secret, row.differs) {
            (true, true) => " (secret): differs",
            (true, false) => " (secret): same",
            (false, true) => "",
            (false, false) => " (same)",
        };
        line(text, format!("{}{verdict}", key.name));
        let shown: Vec<(String, String)> = (row.settings.iter())
            .zip(self.sides)
            .map(|(setting, side)| show(setting, &side.raw))
            .collect();
        let names = self.names();
        let name_width = width(names.into_iter());
        let value_width = width(shown.iter().map(|(value, _)| value.as_str()));
        for (name, (value, origin)) in names.iter().zip(&shown) {
            line(
                text,
                format!("    {name:name_width$}  {value:value_width$}  {origin}"),
            );
        }
    }

    /// For programs.
    pub(crate) fn render_json(&self) -> String {
        let sides = self.sides.map(
            |side| json!({"environment": environment_to_json(side), "ok": side.check().is_ok()}),
        );
        let settings: Vec<Json> = self.rows.iter().map(|row| self.row_to_json(row)).collect();
        let [left, right] = sides;
        render_json(&json!({
            "left": left,
            "right": right,
            "differing": self.differing,
            "settings": settings,
        }))
    }

    fn row_to_json(&self, row: &Row<'_>) -> Json {
        let [left, right] = [0, 1].map(|index: usize| {
            let setting = row.settings[index];
            json!({
                "value": effective(setting, &self.sides[index].raw).map(|value| value.to_json()),
                "status": status(setting),
                "layer": setting.winner.as_ref().map(|winner| &winner.layer),
                "origin": setting.winner.as_ref().map(|winner| winner.origin.to_json()),
            })
        });
        let key = &row.settings[0].key;
        json!({
            "key": key.name,
            "secret": key.secret,
            "differs": row.differs,
            "left": left,
            "right": right,
        })
    }
}

/// What counts when two environments are compared: the value; the text that is none; or, where nobody has read the
/// value, the place that has it.
fn substance(setting: &Setting, side: &Inspection) -> (Option<Value>, Option<String>) {
    let instead = match (&setting.outcome, &setting.winner) {
        (Outcome::Invalid, Some(winner)) => winner.raw.as_str().map(str::to_owned),
        (Outcome::Unread, Some(winner)) => Some(winner.origin.to_string()),
        (Outcome::Value(_) | Outcome::Unset | Outcome::Invalid | Outcome::Unread, _) => None,
    };
    (effective(setting, &side.raw), instead)
}
