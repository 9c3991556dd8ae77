//! `matrix`: who may call what, for programs, for spreadsheets and for people.

use clap::{Args, ValueEnum};
use portcullis_api_spec::drift::Description;
use portcullis_api_spec::matrix;

use super::CheckArgument;
use super::check::{Artifact, Syntax, print_or_check};
use crate::application::Application;
use crate::cli::CommandError;

#[derive(Debug, Args)]
pub(in crate::cli) struct MatrixArguments {
    /// How to write it [default: md].
    #[arg(long, value_enum)]
    format: Option<MatrixFormat>,
    #[command(flatten)]
    check: CheckArgument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    /// Complete; the format to check.
    Json,
    /// For a review of differences.
    Md,
    /// For a spreadsheet.
    Csv,
    /// One page to read and filter in a browser; needs no network.
    Html,
}

impl MatrixFormat {
    const fn as_str(self) -> &'static str {
        match self {
            MatrixFormat::Json => "json",
            MatrixFormat::Md => "md",
            MatrixFormat::Csv => "csv",
            MatrixFormat::Html => "html",
        }
    }
}

pub(in crate::cli) fn print_matrix(
    application: &Application,
    arguments: &MatrixArguments,
) -> Result<(), CommandError> {
    let endpoints = application
        .endpoints
        .entries
        .iter()
        .map(|entry| entry.endpoint);
    let matrix = matrix::build_matrix(&application.endpoints.vocabulary, endpoints);
    let format = arguments.format.unwrap_or_else(|| {
        let ending = arguments.check.ending();
        let formats = MatrixFormat::value_variants().iter().copied();
        let mut named = formats.filter(|format| ending.as_deref() == Some(format.as_str()));
        named.next().unwrap_or(MatrixFormat::Md)
    });
    let (text, syntax) = match format {
        MatrixFormat::Json => {
            let text = matrix::render_json(&matrix);
            (text, Syntax::Json(Description::Matrix))
        }
        MatrixFormat::Md => (matrix::render_markdown(&matrix), Syntax::Lines),
        MatrixFormat::Csv => (matrix::render_csv(&matrix), Syntax::Lines),
        MatrixFormat::Html => {
            let text = matrix::render_html(&matrix, application.facts.title);
            (text, Syntax::Lines)
        }
    };
    let artifact = Artifact {
        command: format!("matrix --format {}", format.as_str()),
        text,
        syntax,
    };
    print_or_check(&artifact, arguments.check.file())
}
