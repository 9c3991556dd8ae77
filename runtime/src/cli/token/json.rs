//! The explanation for programs. Members may be added; none changes its meaning.

use portcullis_api_spec::{CallerKind, Decision, render_access_sentence};
use serde_json::{Value, json};

use super::operation::OperationAnswer;
use super::{LOOKUP_URL, Report, entra_errors};
use crate::identity::{Guide, KEYS_UNAVAILABLE, Outcome, Row, denial_code, denial_guide};

/// Renders the whole explanation.
pub(super) fn render(report: &Report<'_>) -> String {
    let settings = &report.config.authentication;
    let explanation = &report.explanation;
    let caller = explanation.rights.as_ref().map(|rights| {
        let kind = match rights.kind {
            CallerKind::User => "user",
            CallerKind::Application => "application",
        };
        json!({ "kind": kind, "roles": rights.roles, "scopes": rights.scopes })
    });
    let value = json!({
        "accepted": explanation.is_accepted(),
        "objection": report.objection(),
        "answer": report.answer(),
        "judged_by": {
            "environment": report.config.environment.as_str(),
            "tenant_id": settings.tenant_id,
            "client_id": settings.client_id,
            "authority": settings.authority,
            "issuer": settings.issuer,
            "keys": report.keys,
            "authentication_required": settings.required,
        },
        "checks": explanation.rows.iter().map(render_row).collect::<Vec<_>>(),
        "signature_verified": explanation.is_signature_verified(),
        "groups_overage": explanation.has_groups_overage,
        "caller": caller,
        "operation": report.operation.as_ref().map(render_operation),
    });
    format!("{value:#}\n")
}

/// Renders what is known of codes of Entra.
pub(super) fn render_entra_errors(codes: &[&str]) -> String {
    let errors = codes.iter().map(|code| {
        let known = entra_errors::find(code);
        json!({
            "code": format!("AADSTS{code}"),
            "meaning": known.map(|known| known.meaning),
            "cause": known.map(|known| known.cause),
            "fix": known.map(|known| known.fix),
            "more": format!("{LOOKUP_URL}{code}"),
        })
    });
    let value = json!({ "entra_errors": errors.collect::<Vec<_>>() });
    format!("{value:#}\n")
}

fn render_row(row: &Row) -> Value {
    let mut value = json!({
        "check": row.check.name(),
        "found": row.found,
        "configured": row.configured,
    });
    let (result, told) = match row.outcome {
        Outcome::Passed => ("ok", None),
        Outcome::Failed(reason) => ("failed", Some((reason.code(), reason.guide()))),
        Outcome::KeysUnavailable => ("failed", Some(KEYS_UNAVAILABLE)),
        Outcome::NotReached(needed) => {
            value["needs"] = json!(needed.name());
            ("not reached", None)
        }
    };
    value["result"] = json!(result);
    if let Some((code, guide)) = told {
        add_guide(&mut value, code, guide);
    }
    value
}

fn render_operation(operation: &OperationAnswer) -> Value {
    let endpoint = operation.endpoint;
    let mut value = json!({
        "operation_id": endpoint.operation_id,
        "method": endpoint.method.as_str(),
        "path": endpoint.full_path(),
        "rule": render_access_sentence(&endpoint.access, endpoint.also),
        "allowed": operation.decision.map(|decision| decision == Decision::Allow),
    });
    if let Some(Decision::Deny(denial)) = operation.decision {
        add_guide(&mut value, denial_code(denial), denial_guide(denial));
    }
    value
}

fn add_guide(value: &mut Value, code: &str, guide: Guide) {
    value["reason"] = json!(code);
    value["meaning"] = json!(guide.meaning);
    value["cause"] = json!(guide.cause);
    value["fix"] = json!(guide.fix);
}
