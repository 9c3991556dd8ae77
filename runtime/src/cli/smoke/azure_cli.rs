//! `az account get-access-token`: a token of the person who is signed in there, and why there is none.
//!
//! Invariant: the explicit scope is asked for, never `.default` (`choose_scope` refuses it), and what `az` writes on standard output is never shown.

use std::io;
use std::process::Output;
use std::time::Duration;

use uuid::Uuid;

use super::bearer::BearerToken;
use super::ledger::Finding;
use crate::azure_cli::{self, AzureCliError};
use crate::cli::token::{entra_errors, input};

/// Asks `az` for a token.
///
/// # Errors
/// A finding with the fix: `az` is missing, nobody is signed in, Entra refuses, or it takes too long.
pub(super) async fn get_token(
    scope: &str,
    tenant_id: Option<Uuid>,
    timeout: Duration,
) -> Result<BearerToken, Finding> {
    match azure_cli::get_access_token(scope, timeout).await {
        Ok(output) => read_token(&output, scope, tenant_id),
        Err(AzureCliError::NotStarted(error)) => Err(not_started(&error)),
        Err(AzureCliError::TimedOut) => Err(Finding::not_run(
            format!("az gave no token within {} s", timeout.as_secs()),
            "run `az account get-access-token` by hand: it may wait for a sign-in or a proxy; --timeout waits longer",
        )),
    }
}

fn not_started(error: &io::Error) -> Finding {
    let found = match error.kind() == io::ErrorKind::NotFound {
        true => "az, the Azure CLI, is not on the path".to_owned(),
        false => format!("az cannot be started: {}", error.kind()),
    };
    Finding::not_run(
        found,
        "install the Azure CLI and sign in (`az login`), or give a token with --token -",
    )
}

fn read_token(
    output: &Output,
    scope: &str,
    tenant_id: Option<Uuid>,
) -> Result<BearerToken, Finding> {
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(explain(&said, scope, tenant_id));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    BearerToken::parse(text.trim()).map_err(|_| {
        Finding::not_run(
            "what az gave is no access token",
            "run `az version` and update it; `az account get-access-token` must print a token of three parts",
        )
    })
}

/// Tells the reason in what `az` wrote on standard error.
fn explain(said: &str, scope: &str, tenant_id: Option<Uuid>) -> Finding {
    let tenant = tenant_id.map_or("<tenant>".to_owned(), |tenant_id| tenant_id.to_string());
    for code in input::find_codes(said) {
        let Some(known) = entra_errors::find(code) else {
            continue;
        };
        return Finding::failed(
            format!(
                "Entra gives az no token for {scope}: AADSTS{code}, {}",
                known.meaning
            ),
            known.fix.replace("<tenant>", &tenant),
        );
    }
    if let Some(code) = input::find_codes(said).first() {
        return Finding::failed(
            format!("Entra gives az no token for {scope}: AADSTS{code}"),
            format!("look it up: {}{code}", entra_errors::LOOKUP_URL),
        );
    }
    let lower = said.to_ascii_lowercase();
    let is_signed_out = lower.contains("az login") || lower.contains("no subscription found");
    if is_signed_out {
        return Finding::not_run(
            "nobody is signed in at az, or the sign-in has ended",
            format!("az login --tenant {tenant} --scope \"{scope}\" --allow-no-subscriptions"),
        );
    }
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    Finding::not_run(
        format!("az gave no token: {}", last.unwrap_or("it says nothing")),
        "run `az account get-access-token` by hand, with --debug",
    )
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Outcome;
    use super::*;

    const SCOPE: &str = "api://8bed58a6-d985-83cf-9d53-bd40542d8917/user_impersonation";

    #[test]
    fn every_way_in_which_az_fails_has_its_fix() {
        let tenant_id = Uuid::from_u128(7);
        let table = [
            (
                "consent",
                "ERROR: AADSTS65001: The user or administrator has not consented to use the application with ID '04b07795-8ddb-461a-bbee-02f9e1bf7b46' named 'Microsoft Azure CLI'.\nInteractive authentication is needed. Please run:\naz login --scope x",
                Outcome::Failed,
                "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
            ),
            (
                "resource",
                "AADSTS500011: The resource principal named api://x was not found",
                Outcome::Failed,
                "Application ID URI",
            ),
            (
                "mismatch",
                "AADSTS9010010: The resource parameter provided in the request doesn't match",
                Outcome::Failed,
                "mcp.resource",
            ),
            (
                "unknown code",
                "AADSTS1234567: new",
                Outcome::Failed,
                "code=1234567",
            ),
            (
                "signed out",
                "ERROR: Please run 'az login' to setup account.",
                Outcome::NotRun,
                "az login --tenant 00000000-0000-0000-0000-000000000007",
            ),
            (
                "anything",
                "Traceback\nOSError: disk full\n",
                Outcome::NotRun,
                "--debug",
            ),
            ("nothing", "", Outcome::NotRun, "--debug"),
        ];
        for (name, said, outcome, fix) in table {
            let finding = explain(said, SCOPE, Some(tenant_id));
            assert_eq!(finding.outcome, outcome, "{name}");
            let told = finding.fix.unwrap_or_default();
            assert!(told.contains(fix), "{name}: {told}");
        }
    }
}
