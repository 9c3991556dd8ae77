//! `config schema`, `env`, `reference`, `guardrails`, `token reasons`: what can be configured and what is refused, printed or
//! compared with a file.

use clap::Args;

use super::CheckArgument;
use super::check::{Artifact, Syntax, print_or_check};
use crate::cli::CommandError;
use crate::config::{self, Environment, Registry};
use crate::identity;

#[derive(Debug, Args)]
pub(in crate::cli) struct DotenvArguments {
    /// Write the defaults of this environment.
    #[arg(long, value_name = "ENV", default_value = "prod", value_parser = parse_environment)]
    env: Environment,
    #[command(flatten)]
    check: CheckArgument,
}

pub(in crate::cli) fn parse_environment(text: &str) -> Result<Environment, String> {
    let names = Environment::ALL.map(Environment::as_str).join(", ");
    Environment::parse(text).ok_or_else(|| format!("write exactly one of {names}"))
}

pub(in crate::cli) fn print_guardrails(check: &CheckArgument) -> Result<(), CommandError> {
    let text = config::render_guardrails();
    print_text("config guardrails".to_owned(), text, check)
}

pub(in crate::cli) fn print_reasons(check: &CheckArgument) -> Result<(), CommandError> {
    print_text(
        "token reasons".to_owned(),
        identity::render_reasons(),
        check,
    )
}

pub(in crate::cli) fn print_reference(
    check: &CheckArgument,
    registry: &Registry,
) -> Result<(), CommandError> {
    let text = config::render_page(registry);
    print_text("config reference".to_owned(), text, check)
}

pub(in crate::cli) fn print_dotenv(
    arguments: &DotenvArguments,
    registry: &Registry,
) -> Result<(), CommandError> {
    let command = format!("config env --env {}", arguments.env.as_str());
    let text = config::render_dotenv(registry, arguments.env);
    print_text(command, text, &arguments.check)
}

pub(in crate::cli) fn print_schema(
    check: &CheckArgument,
    registry: &Registry,
    title: &str,
) -> Result<(), CommandError> {
    let text = config::render_schema(registry, title);
    print_text("config schema".to_owned(), text, check)
}

/// What a difference means to access or to clients nobody can tell: the lines are compared.
fn print_text(command: String, text: String, check: &CheckArgument) -> Result<(), CommandError> {
    let artifact = Artifact {
        command,
        text,
        syntax: Syntax::Lines,
    };
    print_or_check(&artifact, check.file())
}
