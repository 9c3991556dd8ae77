//! The explanation for people: what it was judged by, a table of checks, each failure with its fix, the verdict.

use std::fmt::{self, Write as _};

use portcullis_api_spec::{Access, CallerKind, Decision, render_access_sentence};

use super::entra_errors::{self, EntraError};
use super::operation::OperationAnswer;
use super::{LOOKUP_URL, Report};
use crate::identity::{Guide, KEYS_UNAVAILABLE, Outcome, Row, denial_code, denial_guide};

/// Widest column that is padded; longer values push their own line only.
const WIDTH_LIMIT: usize = 60;

/// Renders the whole explanation.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut text = String::new();
    write_report(&mut text, report).expect("writing to a String cannot fail");
    text
}

/// Renders what is known of codes of Entra.
pub(super) fn render_entra_errors(codes: &[&str]) -> String {
    let mut text = String::new();
    for code in codes {
        let known = entra_errors::find(code);
        write_entra_error(&mut text, code, known).expect("writing to a String cannot fail");
    }
    text
}

fn write_entra_error(text: &mut String, code: &str, known: Option<&EntraError>) -> fmt::Result {
    match known {
        Some(known) => {
            writeln!(text, "AADSTS{code}: {}", known.meaning)?;
            writeln!(text, "  cause  {}", known.cause)?;
            writeln!(text, "  fix    {}", known.fix)?;
        }
        None => writeln!(text, "AADSTS{code}: not among the codes explained here")?,
    }
    writeln!(text, "  more   {LOOKUP_URL}{code}\n")
}

fn write_report(text: &mut String, report: &Report<'_>) -> fmt::Result {
    write_basis(text, report)?;
    write_table(text, &report.explanation.rows)?;
    write_failures(text, &report.explanation.rows)?;
    write_caller(text, report)?;
    if let Some(operation) = &report.operation {
        write_operation(text, report, operation)?;
    }
    let verdict = match report.objection() {
        None => "accepted".to_owned(),
        Some(objection) => objection,
    };
    writeln!(text, "\nverdict  {verdict}")?;
    writeln!(text, "answer   {}", report.answer())
}

fn write_basis(text: &mut String, report: &Report<'_>) -> fmt::Result {
    let config = report.config;
    let settings = &config.authentication;
    writeln!(text, "judged by")?;
    writeln!(text, "  environment  {}", config.environment.as_str())?;
    writeln!(text, "  tenant       {}", settings.tenant_id)?;
    writeln!(text, "  client id    {}", settings.client_id)?;
    writeln!(text, "  authority    {}", settings.authority)?;
    writeln!(text, "  issuer       {}", settings.issuer)?;
    writeln!(text, "  keys         {}", report.keys)?;
    if !settings.required {
        writeln!(
            text,
            "\nnote: authentication is off here (AUTH_REQUIRED=false), and the service ignores tokens; judged as if it were on"
        )?;
    }
    Ok(())
}

fn write_table(text: &mut String, rows: &[Row]) -> fmt::Result {
    let cells: Vec<[String; 4]> = rows
        .iter()
        .map(|row| {
            let result = match row.outcome {
                Outcome::Passed => "ok".to_owned(),
                Outcome::Failed(_) => "FAILED".to_owned(),
                Outcome::KeysUnavailable => "FAILED, no keys".to_owned(),
                Outcome::NotReached(needed) => format!("not reached, needs {}", needed.name()),
            };
            let (found, configured) = (row.found.clone(), row.configured.clone());
            [row.check.name().to_owned(), result, found, configured]
        })
        .collect();
    let head = ["check", "result", "in the token", "configured or fixed"].map(str::to_owned);
    let width = |column: usize| {
        let lines = std::iter::once(&head).chain(&cells);
        let widths = lines.map(|line| line[column].chars().count());
        widths
            .filter(|width| *width <= WIDTH_LIMIT)
            .max()
            .unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    text.push('\n');
    for [check, result, found, configured] in std::iter::once(&head).chain(&cells) {
        let [first, second, third] = widths;
        let line = format!("{check:first$}  {result:second$}  {found:third$}  {configured}");
        writeln!(text, "{}", line.trim_end())?;
    }
    Ok(())
}

fn write_failures(text: &mut String, rows: &[Row]) -> fmt::Result {
    let mut has_told_of_keys = false;
    for row in rows {
        let (code, guide) = match row.outcome {
            Outcome::Failed(reason) => (reason.code(), reason.guide()),
            Outcome::KeysUnavailable if !has_told_of_keys => {
                has_told_of_keys = true;
                KEYS_UNAVAILABLE
            }
            Outcome::KeysUnavailable | Outcome::Passed | Outcome::NotReached(_) => continue,
        };
        write_guide(text, &format!("{}: {code}", row.check.name()), guide)?;
    }
    Ok(())
}

fn write_guide(text: &mut String, heading: &str, guide: Guide) -> fmt::Result {
    writeln!(text, "\n{heading}")?;
    writeln!(text, "  means  {}", guide.meaning)?;
    writeln!(text, "  cause  {}", guide.cause)?;
    writeln!(text, "  fix    {}", guide.fix)
}

fn write_caller(text: &mut String, report: &Report<'_>) -> fmt::Result {
    let explanation = &report.explanation;
    if let Some(rights) = &explanation.rights {
        let kind = match rights.kind {
            CallerKind::User => "a user",
            CallerKind::Application => "an application (app-only, no user)",
        };
        let list = |names: &std::collections::BTreeSet<String>| match names.is_empty() {
            true => "none".to_owned(),
            false => {
                let names = names.iter().map(|name| name.escape_default().to_string());
                names.collect::<Vec<_>>().join(", ")
            }
        };
        writeln!(text, "\ncaller   {kind}")?;
        writeln!(text, "roles    {}", list(&rights.roles))?;
        if rights.roles.is_empty() && !explanation.role_values.is_empty() {
            let values = &explanation.role_values;
            writeln!(
                text,
                "         no internal role stands behind {values}: see auth.roles"
            )?;
        }
        writeln!(text, "scopes   {}", list(&rights.scopes))?;
    }
    if explanation.has_groups_overage {
        writeln!(
            text,
            "\nnote: the groups did not fit into the token (groups overage). Groups have no effect here: assign app roles"
        )?;
    }
    if !explanation.is_signature_verified() {
        writeln!(
            text,
            "\nnote: the signature is not verified: everything above is what the token says of itself"
        )?;
    }
    Ok(())
}

fn write_operation(
    text: &mut String,
    report: &Report<'_>,
    operation: &OperationAnswer,
) -> fmt::Result {
    let endpoint = operation.endpoint;
    let (method, path) = (endpoint.method.as_str(), endpoint.full_path());
    writeln!(
        text,
        "\noperation {}: {method} {path}",
        endpoint.operation_id
    )?;
    let sentence = render_access_sentence(&endpoint.access, endpoint.also);
    writeln!(text, "  {sentence}")?;
    if endpoint.access.is_public() {
        writeln!(text, "  No token is looked at, not even a bad one.")?;
    }
    match operation.decision {
        None => writeln!(
            text,
            "  not reached: the token does not say what its caller may do"
        ),
        Some(Decision::Allow) => writeln!(text, "  the rule admits this caller"),
        Some(Decision::Deny(denial)) => {
            let heading = format!("{}: {}", endpoint.operation_id, denial_code(denial));
            write_guide(text, &heading, denial_guide(denial))?;
            write_wanted(text, report, &endpoint.access)
        }
    }
}

/// The names that are asked for, as they stand in Entra.
fn write_wanted(text: &mut String, report: &Report<'_>, access: &Access) -> fmt::Result {
    let roles = access.roles().iter().chain(access.applications());
    let mut values: Vec<&str> = roles
        .flat_map(|role| report.explainer.entra_values(role.name))
        .collect();
    values.sort_unstable();
    values.dedup();
    if !values.is_empty() {
        writeln!(
            text,
            "  app roles in Entra, any one of  {}",
            values.join(", ")
        )?;
    }
    let uris = &report.config.authentication.app_id_uris;
    if let Some(uri) = uris.first() {
        for scope in access.scopes() {
            writeln!(
                text,
                "  scope to ask for                {uri}/{}",
                scope.name
            )?;
        }
    }
    Ok(())
}
