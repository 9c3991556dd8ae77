//! The access matrix: what every operation answers to every kind of caller, computed by `decide`.
//!
//! For the security reviewer as a page, as Markdown or as CSV, and as JSON for the tests that compare it with a running service.
//! Invariant: a cell is what the guard would answer, because both ask the same function.

mod callers;
mod csv;
mod html;
mod json;
mod markdown;

pub use callers::{CallerProfile, ProfileKind};
pub use csv::render_csv;
pub use html::render_html;
pub use json::render_json;
pub use markdown::render_markdown;

use std::collections::BTreeSet;

use crate::{CallerKind, Decision, Denial, EndpointDef, Vocabulary, decide};

/// Every operation against every kind of caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The kinds of callers: the columns.
    pub callers: Vec<CallerProfile>,
    /// The operations: the rows, in the order in which they are registered.
    pub rows: Vec<Row>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the annotation says.
    pub endpoint: EndpointDef,
    /// One decision for each of [`Matrix::callers`], in their order.
    pub decisions: Vec<Decision>,
}

/// What a cell shows: `allow`, or the status of the refusal.
const fn render_cell(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::Deny(Denial::Unauthenticated) => "401",
        Decision::Deny(_) => "403",
    }
}

/// Computes the matrix of an application.
///
/// Users are taken to have met every authentication context that some endpoint asks for: the matrix says who can come in,
/// and signing in again is in every client's power.
#[must_use]
pub fn build_matrix<'a>(
    vocabulary: &Vocabulary,
    endpoints: impl IntoIterator<Item = &'a EndpointDef>,
) -> Matrix {
    let endpoints: Vec<&EndpointDef> = endpoints.into_iter().collect();
    let contexts = endpoints.iter().filter_map(|it| it.access.context());
    let contexts: BTreeSet<String> = contexts.map(str::to_owned).collect();
    let mut callers = callers::list_callers(vocabulary);
    for rights in callers.iter_mut().filter_map(|it| it.rights.as_mut()) {
        if rights.kind == CallerKind::User {
            rights.contexts.clone_from(&contexts);
        }
    }
    let rows = endpoints
        .into_iter()
        .map(|endpoint| Row {
            endpoint: *endpoint,
            decisions: callers
                .iter()
                .map(|caller| decide(&endpoint.access, caller.rights.as_ref()))
                .collect(),
        })
        .collect();
    Matrix { callers, rows }
}

#[cfg(test)]
mod tests;
