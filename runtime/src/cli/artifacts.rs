//! `openapi`, `matrix`, `tools`, `entra-manifest`: the generated descriptions, printed or compared with a file.
//!
//! They need no configuration: what they say follows from the annotations alone.

mod drift;
mod entra_manifest;

pub(super) use entra_manifest::{ManifestArguments, print_manifest};

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use portcullis_api_spec::{ToolDef, build_tools, matrix, openapi};
use serde_json::{Value, json};

use super::{CommandError, print};
use crate::api::Api;
use crate::{config, document, server};
#[cfg(any(test, feature = "testing"))]
pub(crate) use drift::check as check_drift;

#[derive(Debug, Args)]
pub(super) struct OpenapiArguments {
    /// How to write it.
    #[arg(long, value_enum, default_value_t = OpenapiFormat::Json)]
    format: OpenapiFormat,
    /// Print nothing; fail when FILE differs.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OpenapiFormat {
    Json,
    Yaml,
}

#[derive(Debug, Args)]
pub(super) struct MatrixArguments {
    /// How to write it.
    #[arg(long, value_enum, default_value_t = MatrixFormat::Md)]
    format: MatrixFormat,
    /// Print nothing; fail when FILE differs.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    Json,
    Md,
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct ToolsArguments {
    /// Print nothing; fail when FILE differs.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct GuardrailsArguments {
    /// Print nothing; fail when FILE differs.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

pub(super) fn print_guardrails(arguments: &GuardrailsArguments) -> Result<(), CommandError> {
    let text = config::render_guardrails();
    print_or_check("config guardrails", &text, arguments.check.as_deref())
}

pub(super) fn print_openapi<S>(
    api: &Api<S>,
    arguments: &OpenapiArguments,
) -> Result<(), CommandError> {
    let operations = server::describe(&api.endpoints);
    let settings = document::of_no_deployment(&api.facts);
    let document = document::build(&settings, &api.endpoints.vocabulary, &operations);
    let document = document.map_err(|error| CommandError::Failed(error.to_string()))?;
    let text = match arguments.format {
        OpenapiFormat::Json => openapi::render_json(&document),
        OpenapiFormat::Yaml => openapi::render_yaml(&document),
    };
    print_or_check("openapi", &text, arguments.check.as_deref())
}

pub(super) fn print_matrix<S>(
    api: &Api<S>,
    arguments: &MatrixArguments,
) -> Result<(), CommandError> {
    let endpoints = api.endpoints.entries.iter().map(|entry| entry.endpoint);
    let matrix = matrix::build_matrix(&api.endpoints.vocabulary, endpoints);
    let text = match arguments.format {
        MatrixFormat::Json => matrix::render_json(&matrix),
        MatrixFormat::Md => matrix::render_markdown(&matrix),
        MatrixFormat::Csv => matrix::render_csv(&matrix),
    };
    print_or_check("matrix", &text, arguments.check.as_deref())
}

pub(super) fn print_tools<S>(api: &Api<S>, arguments: &ToolsArguments) -> Result<(), CommandError> {
    let operations = server::describe(&api.endpoints);
    let described = operations
        .iter()
        .map(|described| (described.endpoint, &described.op));
    let tools = build_tools(described).map_err(|errors| {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        CommandError::Failed(lines.join("\n"))
    })?;
    let list: Vec<Value> = tools.iter().map(render_tool).collect();
    let text = serde_json::to_string_pretty(&list).expect("JSON values always serialise") + "\n";
    print_or_check("tools", &text, arguments.check.as_deref())
}

fn render_tool(tool: &ToolDef) -> Value {
    json!({
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "operation_id": tool.endpoint.operation_id,
        "input_schema": tool.input_schema,
        "output_schema": tool.output.schema(),
        "read_only": tool.hints.is_read_only,
        "idempotent": tool.hints.is_idempotent,
        "destructive": tool.hints.is_destructive,
    })
}

fn print_or_check(
    command: &str,
    text: &str,
    file: Option<&std::path::Path>,
) -> Result<(), CommandError> {
    match file {
        None => {
            print(text);
            Ok(())
        }
        Some(file) => drift::check(command, text, file).map_err(CommandError::Failed),
    }
}
