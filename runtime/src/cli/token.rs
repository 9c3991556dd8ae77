//! `token explain`: why a token is accepted or refused here, and which setting in Entra changes that.
//!
//! Judged by the rules and in the order of the service (`identity/explain.rs`), against the configuration that the service
//! would have. Invariant: nothing of the token is printed but the values that `identity/explain/values.rs` lists.

pub(super) mod entra_errors;
pub(super) mod input;
mod json;
mod operation;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{CommandError, Format, block_on, print};
use crate::application::Application;
use crate::config::{Config, ConfigSources};
use crate::error_chain::on_one_line;
use crate::identity::{Explainer, Explanation, KEYS_UNAVAILABLE, KeySet, Outcome};

use entra_errors::LOOKUP_URL;
use input::Pasted;
use operation::OperationAnswer;

const EXIT_CODES: &str = "\
Exit codes:
  0   the token is accepted, and may run the operation that was asked for
  1   refused, or it cannot be told for want of signing keys
  2   wrong usage, or the input is no token
  78  refused configuration

Standard input is a token, with or without `Bearer`, the JSON it came in, or an error of Entra (AADSTS and a number). A token comes from
  az account get-access-token --scope <App ID URI>/.default --query accessToken -o tsv
It is never printed, stored or sent.";

const HOW_TO_GET_ONE: &str = "\
pipe in an access token, or an error with its AADSTS code
  from Entra: az account get-access-token --scope <App ID URI of this API>/.default --query accessToken -o tsv";

#[cfg(feature = "dev-issuer")]
const HOW_TO_GET_ONE_IN_DEV: &str = "\n  from a local issuer: what `dev` prints, with --dev";
#[cfg(not(feature = "dev-issuer"))]
const HOW_TO_GET_ONE_IN_DEV: &str = "";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct ExplainArguments {
    /// Take the signing keys from this key document (JWKS) and use no network.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Say also whether the token may run this operation, by its operation id.
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Judge as `dev` does, by the local issuer on this port.
    #[cfg(feature = "dev-issuer")]
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "9101")]
    pub(super) dev: Option<u16>,
}

/// Everything that is printed.
struct Report<'a> {
    config: &'a Config,
    /// Where the keys come from, or why there are none.
    keys: String,
    explainer: &'a Explainer,
    explanation: Explanation,
    operation: Option<OperationAnswer>,
}

pub(super) fn explain(
    application: &Application,
    arguments: &ExplainArguments,
    sources: &ConfigSources,
) -> Result<(), CommandError> {
    let endpoint = match &arguments.operation {
        Some(name) => Some(operation::find(application, name).map_err(CommandError::Unreadable)?),
        None => None,
    };
    let pasted = input::read();
    let pasted =
        pasted.map_err(|error| CommandError::Unreadable(format!("no standard input: {error}")))?;
    let token = match input::recognise(&pasted) {
        Pasted::Token(token) => token,
        Pasted::EntraErrors(codes) => {
            print(&match arguments.format {
                Format::Text => text::render_entra_errors(&codes),
                Format::Json => json::render_entra_errors(&codes),
            });
            return Err(CommandError::Unreadable(
                "the input is an error of Entra and no token".to_owned(),
            ));
        }
        Pasted::Nothing => return Err(no_token("nothing stands on standard input")),
        Pasted::Unknown => return Err(no_token("the input is no token")),
    };
    let config = Config::load(sources)?.config;
    if config.authentication.tenant_id.is_nil() || config.authentication.client_id.is_nil() {
        return Err(CommandError::Unreadable(
            "no tenant to judge by: set AZURE_TENANT_ID and AZURE_AD_CLIENT_ID".to_owned(),
        ));
    }
    let (keys, keys_note) = match &arguments.keys {
        Some(file) => read_keys(file, &config)?,
        None => block_on(async { Ok(fetch_keys(&config).await) })?,
    };
    let vocabulary = application.endpoints.vocabulary;
    let explainer = Explainer::new(&config, vocabulary, keys);
    let explanation = explainer.explain(token);
    let operation =
        endpoint.map(|endpoint| OperationAnswer::decide(endpoint, explanation.rights.as_ref()));
    let report = Report {
        config: &config,
        keys: keys_note,
        explainer: &explainer,
        explanation,
        operation,
    };
    print(&match arguments.format {
        Format::Text => text::render(&report),
        Format::Json => json::render(&report),
    });
    match report.objection() {
        None => Ok(()),
        Some(objection) => Err(CommandError::Failed(objection)),
    }
}

fn no_token(what: &str) -> CommandError {
    CommandError::Unreadable(format!("{what}: {HOW_TO_GET_ONE}{HOW_TO_GET_ONE_IN_DEV}"))
}

fn read_keys(file: &Path, config: &Config) -> Result<(Option<KeySet>, String), CommandError> {
    let shown = file.display();
    let unreadable = |why: String| CommandError::Unreadable(format!("{shown}: {why}"));
    let bytes = fs::read(file).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    let keys = KeySet::parse(&bytes, config).map_err(|error| unreadable(error.to_string()))?;
    let note = format!("{} from {shown}", keys.len());
    Ok((Some(keys), note))
}

/// A fetch that fails is part of the answer: the other checks are shown all the same.
async fn fetch_keys(config: &Config) -> (Option<KeySet>, String) {
    crate::identity::install_crypto_provider();
    match KeySet::fetch_once(config).await {
        Ok(keys) => {
            let note = format!("{} from the authority", keys.len());
            (Some(keys), note)
        }
        Err(error) => (None, format!("none: {}", on_one_line(&error))),
    }
}

impl Report<'_> {
    /// Why the command does not end with 0.
    fn objection(&self) -> Option<String> {
        match self.explanation.first_failure() {
            Some(Outcome::Failed(reason)) => {
                Some(format!("the service refuses this token: {}", reason.code()))
            }
            Some(Outcome::KeysUnavailable | Outcome::NotReached(_)) => Some(format!(
                "the token cannot be judged to the end: {}",
                KEYS_UNAVAILABLE.0
            )),
            Some(Outcome::Passed) | None => self.operation.as_ref()?.objection(),
        }
    }

    /// What the service would answer to a request with this token.
    fn answer(&self) -> String {
        match self.explanation.first_failure() {
            Some(Outcome::Failed(reason)) if reason.is_malformed_request() => {
                "400 invalid_request".to_owned()
            }
            Some(Outcome::Failed(_)) => "401 invalid_token".to_owned(),
            Some(Outcome::KeysUnavailable | Outcome::NotReached(_)) => {
                "503 keys_unavailable".to_owned()
            }
            Some(Outcome::Passed) | None => match self.operation.as_ref() {
                Some(operation) => operation.answer().to_owned(),
                None => "the token is accepted; the rule of the operation decides".to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
