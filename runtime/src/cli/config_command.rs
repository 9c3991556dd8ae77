//! `config ..`: what is set, where that came from, and whether it may run. Nothing is served.

use clap::{Args, Subcommand};

use super::{CommandError, Format, artifacts, print};
use crate::config::{
    self, Comparison, ConfigSources, Environment, Explanation, Inspection, VaultAccess,
};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Run every guardrail and show every key with its origin.
    Check(CheckArguments),
    /// Show keys with value, origin, and what each shadows; also of a configuration that is refused.
    Explain(ExplainArguments),
    /// Show where two environments differ, side by side; secrets are compared and not shown.
    Diff(DiffArguments),
    /// Print the JSON Schema of a configuration file, for editors and check-jsonschema.
    Schema(artifacts::CheckArgument),
    /// Print an example of every variable, commented.
    Env(artifacts::DotenvArguments),
    /// Print the reference of every key.
    Reference(artifacts::CheckArgument),
    /// Print the reference of the guardrails.
    Guardrails(artifacts::CheckArgument),
}

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 may run, 78 is refused. Warnings alone refuse nothing.")]
pub(super) struct CheckArguments {
    /// Check as this environment instead of `APP_ENV`'s.
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Ask Key Vault too, as `serve` would; without it secrets that are mapped count as set.
    #[arg(long, conflicts_with = "all")]
    with_key_vault: bool,
    /// Check as every environment, and tell each finding once.
    #[arg(long, conflicts_with = "env")]
    all: bool,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 explained, also when the configuration is refused; 2 no such key."
)]
pub(super) struct ExplainArguments {
    /// A key (`server.bind`), a section (`auth`, `auth.keys`), or a variable (`AZURE_TENANT_ID`) [default: every key].
    key: Option<String>,
    /// Explain as this environment instead of `APP_ENV`'s.
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Ask Key Vault too, as `serve` would, for the versions of its secrets.
    #[arg(long)]
    with_key_vault: bool,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 compared; with --exit-code 1 when a value differs; 2 no such environment."
)]
pub(super) struct DiffArguments {
    /// An environment: dev, test, staging, uat or prod.
    #[arg(value_parser = artifacts::parse_environment)]
    left: Environment,
    /// Another one.
    #[arg(value_parser = artifacts::parse_environment)]
    right: Environment,
    /// Show the keys that do not differ, too.
    #[arg(long)]
    all: bool,
    /// End with 1 when a value differs.
    #[arg(long)]
    exit_code: bool,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs one of them. `title` names the application.
pub(super) fn run(
    command: &ConfigCommand,
    sources: &ConfigSources,
    title: &str,
) -> Result<(), CommandError> {
    let registry = sources.registry();
    match command {
        ConfigCommand::Check(arguments) if arguments.all => check_all(arguments, sources),
        ConfigCommand::Check(arguments) => check(arguments, sources),
        ConfigCommand::Explain(arguments) => explain(arguments, sources),
        ConfigCommand::Diff(arguments) => diff(arguments, sources),
        ConfigCommand::Schema(arguments) => artifacts::print_schema(arguments, &registry, title),
        ConfigCommand::Env(arguments) => artifacts::print_dotenv(arguments, &registry),
        ConfigCommand::Reference(arguments) => artifacts::print_reference(arguments, &registry),
        ConfigCommand::Guardrails(arguments) => artifacts::print_guardrails(arguments),
    }
}

fn check(arguments: &CheckArguments, sources: &ConfigSources) -> Result<(), CommandError> {
    let access = vault_access(arguments.with_key_vault);
    let inspection = inspect(arguments.env.as_deref(), access, sources);
    if arguments.format == Format::Json {
        print(&config::render_check_json(&[&inspection]));
        return inspection
            .check()
            .map_err(|_| CommandError::RefusedAsPrinted);
    }
    inspection.check()?;
    print(&config::render_check(&inspection));
    Ok(())
}

fn check_all(arguments: &CheckArguments, sources: &ConfigSources) -> Result<(), CommandError> {
    let all = Environment::ALL.map(|environment| {
        let inspection = inspect(Some(environment.as_str()), VaultAccess::Leave, sources);
        (environment, inspection)
    });
    match arguments.format {
        Format::Text => print(&config::render_check_all(&all)),
        Format::Json => {
            let inspections: Vec<&Inspection> = all.iter().map(|(_, it)| it).collect();
            print(&config::render_check_json(&inspections));
        }
    }
    let may_run = all.iter().all(|(_, inspection)| inspection.check().is_ok());
    may_run.then_some(()).ok_or(CommandError::RefusedAsPrinted)
}

fn explain(arguments: &ExplainArguments, sources: &ConfigSources) -> Result<(), CommandError> {
    let access = vault_access(arguments.with_key_vault);
    let inspection = inspect(arguments.env.as_deref(), access, sources);
    if inspection.environment.is_none() {
        // Which layers there are depends on it, so there is nothing to explain yet.
        inspection.check()?;
    }
    let explanation = Explanation::of(arguments.key.as_deref(), &inspection, &sources.registry())
        .map_err(|unknown| CommandError::Unreadable(unknown.to_string()))?;
    print(&match arguments.format {
        Format::Text => explanation.render_text(),
        Format::Json => explanation.render_json(),
    });
    Ok(())
}

fn diff(arguments: &DiffArguments, sources: &ConfigSources) -> Result<(), CommandError> {
    let [left, right] = [arguments.left, arguments.right]
        .map(|environment| inspect(Some(environment.as_str()), VaultAccess::Leave, sources));
    let comparison = Comparison::of(&left, &right, arguments.all);
    print(&match arguments.format {
        Format::Text => comparison.render_text(),
        Format::Json => comparison.render_json(),
    });
    if arguments.exit_code && comparison.differs() {
        return Err(CommandError::Differs);
    }
    Ok(())
}

/// Reads the configuration, as another environment when one is named.
fn inspect(environment: Option<&str>, access: VaultAccess, sources: &ConfigSources) -> Inspection {
    match environment {
        Some(environment) => {
            Inspection::make_with(&sources.in_environment(environment, "--env"), access)
        }
        None => Inspection::make_with(sources, access),
    }
}

const fn vault_access(is_asked_for: bool) -> VaultAccess {
    if is_asked_for {
        VaultAccess::Read
    } else {
        VaultAccess::Leave
    }
}
