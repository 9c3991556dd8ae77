//! `entra-manifest`: the app registration, as the body of a Graph request, as `az` commands or as Terraform.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use portcullis_api_spec::manifest::{self, Registration};
use url::Url;
use uuid::Uuid;

use super::print_or_check;
use crate::api::Api;
use crate::cli::CommandError;

#[derive(Debug, Args)]
pub(in crate::cli) struct ManifestArguments {
    /// How to write it.
    #[arg(long, value_enum, default_value_t = ManifestFormat::Json)]
    format: ManifestFormat,
    /// Client id of a registration that exists; its first identifier URI is api://GUID.
    #[arg(long, value_name = "GUID", default_value_t = Uuid::nil())]
    client_id: Uuid,
    /// A further identifier URI, such as the MCP resource (mcp.resource). May be given several times.
    #[arg(long, value_name = "URI", value_parser = parse_uri)]
    identifier_uri: Vec<String>,
    /// Print nothing; fail when FILE differs.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ManifestFormat {
    /// The Microsoft Graph application resource.
    Json,
    /// A shell script of az commands.
    Az,
    /// Resources of the azuread provider.
    Terraform,
}

pub(in crate::cli) fn print_manifest<S>(
    api: &Api<S>,
    arguments: &ManifestArguments,
) -> Result<(), CommandError> {
    let registration = Registration {
        client_id: arguments.client_id,
        further_uris: arguments.identifier_uri.clone(),
    };
    let manifest =
        manifest::build_manifest(api.facts.title, &api.endpoints.vocabulary, registration);
    let text = match arguments.format {
        ManifestFormat::Json => manifest::render_json(&manifest),
        ManifestFormat::Az => manifest::render_az(&manifest),
        ManifestFormat::Terraform => manifest::render_terraform(&manifest),
    };
    print_or_check("entra-manifest", &text, arguments.check.as_deref())
}

/// Keeps the URI as written: Entra compares it letter by letter.
fn parse_uri(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
