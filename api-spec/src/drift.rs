//! What changed between two generated descriptions of an application, and what that means.
//!
//! Each comparison reads two JSON documents, the earlier one first, and calls every difference by one of four effects.
//! Requests may come to take more and answers to promise more without harm; the opposite breaks clients. A right that
//! somebody gains widens access.
//!
//! Invariant: a document compared with itself has no difference, and two that differ have at least one.
//! Invariant: swapping the sides turns every widening into a narrowing and every narrowing into a widening.

mod document;
mod findings;
mod kind;
mod manifest;
mod matrix;
mod operation;
mod reading;
mod rule;
mod schema;
mod tools;

use std::fmt;

use serde_json::Value;

use findings::Findings;

/// What a difference does to people and programs, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nobody gains or loses anything.
    Harmless,
    /// Somebody may do less than before.
    NarrowsAccess,
    /// A client that worked may stop working.
    BreaksClients,
    /// Somebody may do more than before.
    WidensAccess,
}

impl Effect {
    /// Every effect, the gravest first.
    pub const ALL: [Effect; 4] = [
        Effect::WidensAccess,
        Effect::BreaksClients,
        Effect::NarrowsAccess,
        Effect::Harmless,
    ];

    /// The words for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Effect::Harmless => "harmless",
            Effect::NarrowsAccess => "narrows access",
            Effect::BreaksClients => "breaks clients",
            Effect::WidensAccess => "widens access",
        }
    }
}

/// One difference. `Display` is one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// What it means.
    pub effect: Effect,
    /// Where it is, such as `GET /api/v1/reports`.
    pub place: String,
    /// What is different there.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = format!("{}: {}: {}", self.effect.as_str(), self.place, self.what);
        formatter.write_str(&line.replace(['\n', '\r'], " "))
    }
}

/// The generated descriptions that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Description {
    /// The OpenAPI document.
    Document,
    /// The access matrix as JSON.
    Matrix,
    /// The list of MCP tools.
    Tools,
    /// The list of MCP resources.
    Resources,
    /// The list of MCP prompts.
    Prompts,
    /// The Microsoft Graph application resource.
    Manifest,
}

/// Lists what is different between two descriptions of one kind, the gravest first.
#[must_use]
pub fn compare(description: Description, before: &Value, after: &Value) -> Vec<Difference> {
    let mut findings = Findings::default();
    match description {
        Description::Document => document::compare(&mut findings, before, after),
        Description::Matrix => matrix::compare(&mut findings, before, after),
        Description::Tools => tools::compare(&mut findings, before, after),
        Description::Resources => reading::compare_resources(&mut findings, before, after),
        Description::Prompts => reading::compare_prompts(&mut findings, before, after),
        Description::Manifest => manifest::compare(&mut findings, before, after),
    }
    if findings.is_empty() && before != after {
        findings.harmless(
            "the file",
            "differs in nothing that is known to matter, such as its order",
        );
    }
    findings.into_sorted()
}

/// Counts the differences by effect, such as `3 differences: 1 widens access, 2 harmless`.
#[must_use]
pub fn render_summary(differences: &[Difference]) -> String {
    let counts = Effect::ALL.iter().filter_map(|effect| {
        let count = differences.iter().filter(|it| it.effect == *effect).count();
        (count > 0).then(|| format!("{count} {}", effect.as_str()))
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    match differences.len() {
        0 => "no difference".to_owned(),
        1 => format!("1 difference: {counts}"),
        many => format!("{many} differences: {counts}"),
    }
}

#[cfg(test)]
mod tests;
