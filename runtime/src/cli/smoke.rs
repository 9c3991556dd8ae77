//! `smoke`: the smoke test of a running deployment, from outside, with a real token.
//!
//! Order: health -> refusals -> metadata -> CORS -> token -> operations -> MCP. The token is obtained and sent only after the
//! API itself has answered, and to nobody else. Nothing is changed there: only reads are tried.
//! Invariant: no output holds any part of the token.

mod answer;
mod azure_cli;
mod bearer;
mod checks;
mod foreign;
mod ledger;
mod operation;
mod probe;
mod redaction;
mod report;
mod run;
mod target;

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use portcullis_api_spec::openapi::render_value;
use uuid::Uuid;

use super::artifacts::build_document;
use super::{CommandError, Format, block_on, print};
use crate::application::Application;

use bearer::GivenToken;
use ledger::Outcome;
use probe::Probe;
use run::Run;
use target::Target;

const EXIT_CODES: &str = "\
Exit codes:
  0  everything that was asked is as it should be; warnings and skipped checks do not count
  1  a check failed
  2  wrong usage, or no token could be had for a reason of this machine (az is missing, nobody is signed in)

Without --token, this gets one, with the scope of --scope, or with the one that the deployment's metadata names where that \
is a scope of the registration in AZURE_AD_CLIENT_ID, of the deployment's own address, or of this machine:
  az account get-access-token --scope \"<App ID URI>/<scope>\" --query accessToken -o tsv
The token is sent to the origin of --url only, over https or loopback, and is never printed. \
Progress goes to standard error, the table to standard output.";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct SmokeArguments {
    /// Base address of the deployment, as its clients use it, such as https://api.contoso.com.
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    url: Target,
    /// Access token; `-` reads it from standard input, which keeps it out of the list of processes [default: ask az].
    #[arg(long, value_name = "TOKEN", value_parser = GivenToken::parse, allow_hyphen_values = true)]
    token: Option<GivenToken>,
    /// Scope to ask az for, such as "api://<client id>/user_impersonation" [default: the first in the metadata, if it is of the registration in AZURE_AD_CLIENT_ID].
    #[arg(long, value_name = "SCOPE", conflicts_with = "token")]
    scope: Option<String>,
    /// Origin of a frontend that must be allowed to ask, such as https://desk.contoso.com. May be given several times.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// How long to wait for each answer, in seconds; az may take three times as long.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
    /// How to write the result.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(
    application: &Application,
    arguments: &SmokeArguments,
    variables: &BTreeMap<String, String>,
) -> Result<(), CommandError> {
    let given = arguments.token.as_ref().map(GivenToken::read).transpose()?;
    let timeout = Duration::from_secs(arguments.timeout);
    let probe = Probe::build(arguments.url.clone(), timeout).map_err(CommandError::Unreadable)?;
    let client_id = variables.get("AZURE_AD_CLIENT_ID");
    let client_id = client_id.and_then(|text| Uuid::parse_str(text.trim()).ok());
    let own_document = render_value(&build_document(application)?);
    let run = Run::new(arguments, client_id, probe, own_document);
    let ledger = block_on(async { Ok(run.all(given).await) })?;
    let address = arguments.url.as_str();
    print(&match arguments.format {
        Format::Text => report::render_text(&ledger, address),
        Format::Json => report::render_json(&ledger, address),
    });
    match ledger.worst() {
        Outcome::Passed | Outcome::Skipped | Outcome::Warned => Ok(()),
        Outcome::NotRun => Err(CommandError::Unreadable(
            "the smoke test could not be run to its end".to_owned(),
        )),
        Outcome::Failed => Err(CommandError::Failed("the smoke test failed".to_owned())),
        Outcome::Breached => Err(CommandError::Failed(
            "the smoke test failed: the deployment lets in whom it must refuse".to_owned(),
        )),
    }
}
