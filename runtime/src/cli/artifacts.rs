//! `openapi`, `matrix`, `tools`, `resources`, `prompts`, `entra-manifest`: the generated descriptions, printed or compared with a file.
//!
//! They need no configuration: what they say follows from the annotations alone.

mod check;
mod configuration;
mod entra_manifest;
mod matrix;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use portcullis_api_spec::drift::Description;
use portcullis_api_spec::{openapi, render_prompts, render_resources, render_tools};

pub(super) use check::Drift;
pub(super) use configuration::{
    DotenvArguments, parse_environment, print_dotenv, print_guardrails, print_reasons,
    print_reference, print_schema,
};
pub(super) use entra_manifest::{ManifestArguments, print_manifest};
pub(super) use matrix::{MatrixArguments, print_matrix};

use check::{Artifact, Syntax, print_or_check};

use utoipa::openapi::OpenApi;

use super::CommandError;
use crate::application::Application;
use crate::mcp::Offer;
use crate::{document, server};

/// The file that an artifact is compared with.
#[derive(Debug, Args)]
#[command(after_help = check::EXIT_CODES)]
pub(super) struct CheckArgument {
    /// Print how the application differs from FILE and what that means, in the format of the file's ending.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

impl CheckArgument {
    fn file(&self) -> Option<&Path> {
        self.check.as_deref()
    }

    /// The ending of the file's name, in lower case.
    fn ending(&self) -> Option<String> {
        let ending = self.file()?.extension()?.to_str()?;
        Some(ending.to_ascii_lowercase())
    }
}

#[derive(Debug, Args)]
pub(super) struct OpenapiArguments {
    /// How to write it [default: json].
    #[arg(long, value_enum)]
    format: Option<OpenapiFormat>,
    #[command(flatten)]
    check: CheckArgument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OpenapiFormat {
    Json,
    Yaml,
}

impl OpenapiFormat {
    fn of_ending(ending: Option<&str>) -> Self {
        match ending {
            Some("yaml" | "yml") => OpenapiFormat::Yaml,
            Some(_) | None => OpenapiFormat::Json,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct OfferArguments {
    /// How to write them.
    #[arg(long, value_enum, default_value_t = OfferFormat::Json)]
    format: OfferFormat,
    #[command(flatten)]
    check: CheckArgument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OfferFormat {
    Json,
}

/// What is offered over MCP, each by a command of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Offered {
    Tools,
    Resources,
    Prompts,
}

pub(super) fn print_openapi(
    application: &Application,
    arguments: &OpenapiArguments,
) -> Result<(), CommandError> {
    let document = build_document(application)?;
    let ending = arguments.check.ending();
    let format = arguments
        .format
        .unwrap_or_else(|| OpenapiFormat::of_ending(ending.as_deref()));
    let artifact = render_document(&document, format);
    print_or_check(&artifact, arguments.check.file())
}

/// The document of no deployment in particular.
pub(super) fn build_document(application: &Application) -> Result<OpenApi, CommandError> {
    let operations = server::describe(&application.endpoints);
    let settings = document::of_no_deployment(&application.facts);
    let document = document::build(&settings, &application.endpoints.vocabulary, &operations);
    document.map_err(|error| CommandError::Failed(error.to_string()))
}

/// Compares a document with a file, for the tests of an application.
///
/// # Errors
/// Every difference, one a line, and how to write the file again.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn check_document(document: &OpenApi, file: &Path) -> Result<(), String> {
    let format = OpenapiFormat::of_ending(file.extension().and_then(|ending| ending.to_str()));
    match check::find_drift(&render_document(document, format), file)? {
        None => Ok(()),
        Some((report, drift)) => Err(format!("{report}{drift}")),
    }
}

fn render_document(document: &OpenApi, format: OpenapiFormat) -> Artifact {
    match format {
        OpenapiFormat::Json => Artifact {
            command: "openapi --format json".to_owned(),
            text: openapi::render_json(document),
            syntax: Syntax::Json(Description::Document),
        },
        OpenapiFormat::Yaml => Artifact {
            command: "openapi --format yaml".to_owned(),
            text: openapi::render_yaml(document),
            syntax: Syntax::Yaml(Description::Document),
        },
    }
}

/// Prints one part of what the application offers over MCP.
pub(super) fn print_offered(
    application: &Application,
    offered: Offered,
    arguments: &OfferArguments,
) -> Result<(), CommandError> {
    let operations = server::describe(&application.endpoints);
    let offer = Offer::build(&operations).map_err(CommandError::Failed)?;
    let OfferFormat::Json = arguments.format;
    let (command, text, description) = match offered {
        Offered::Tools => ("tools", render_tools(&offer.tools), Description::Tools),
        Offered::Resources => {
            let text = render_resources(&offer.resources);
            ("resources", text, Description::Resources)
        }
        Offered::Prompts => {
            let text = render_prompts(&offer.prompts);
            ("prompts", text, Description::Prompts)
        }
    };
    let artifact = Artifact {
        command: command.to_owned(),
        text,
        syntax: Syntax::Json(description),
    };
    print_or_check(&artifact, arguments.check.file())
}
