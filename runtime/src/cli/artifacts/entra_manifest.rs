//! `entra-manifest`: the app registration, as the body of a Graph request, as `az` commands or as Terraform.

use clap::{Args, ValueEnum};
use portcullis_api_spec::drift::Description;
use portcullis_api_spec::manifest::{self, Registration};
use url::Url;
use uuid::Uuid;

use super::CheckArgument;
use super::check::{Artifact, Syntax, print_or_check};
use crate::application::Application;
use crate::cli::CommandError;

#[derive(Debug, Args)]
pub(in crate::cli) struct ManifestArguments {
    /// How to write it [default: json].
    #[arg(long, value_enum)]
    format: Option<ManifestFormat>,
    /// Client id of a registration that exists; its first identifier URI is api://GUID.
    #[arg(long, value_name = "GUID", default_value_t = Uuid::nil())]
    client_id: Uuid,
    /// A further identifier URI, such as the MCP resource (mcp.resource). May be given several times.
    #[arg(long, value_name = "URI", value_parser = parse_uri)]
    identifier_uri: Vec<String>,
    #[command(flatten)]
    check: CheckArgument,
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

pub(in crate::cli) fn print_manifest(
    application: &Application,
    arguments: &ManifestArguments,
) -> Result<(), CommandError> {
    let registration = Registration {
        client_id: arguments.client_id,
        further_uris: arguments.identifier_uri.clone(),
    };
    let manifest = manifest::build_manifest(
        application.facts.title,
        &application.endpoints.vocabulary,
        registration,
    );
    let format = arguments
        .format
        .unwrap_or_else(|| match arguments.check.ending().as_deref() {
            Some("sh") => ManifestFormat::Az,
            Some("tf") => ManifestFormat::Terraform,
            Some(_) | None => ManifestFormat::Json,
        });
    let (name, text, syntax) = match format {
        ManifestFormat::Json => {
            let text = manifest::render_json(&manifest);
            ("json", text, Syntax::Json(Description::Manifest))
        }
        ManifestFormat::Az => ("az", manifest::render_az(&manifest), Syntax::Lines),
        ManifestFormat::Terraform => {
            let text = manifest::render_terraform(&manifest);
            ("terraform", text, Syntax::Lines)
        }
    };
    let artifact = Artifact {
        command: format!("entra-manifest --format {name}{}", repeat(arguments)),
        text,
        syntax,
    };
    print_or_check(&artifact, arguments.check.file())
}

/// The arguments that decide what is written, as they were given.
fn repeat(arguments: &ManifestArguments) -> String {
    let mut text = String::new();
    if !arguments.client_id.is_nil() {
        text.push_str(&format!(" --client-id {}", arguments.client_id));
    }
    for uri in &arguments.identifier_uri {
        text.push_str(&format!(" --identifier-uri {uri}"));
    }
    text
}

/// Keeps the URI as written: Entra compares it letter by letter.
fn parse_uri(text: &str) -> Result<String, String> {
    match Url::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
