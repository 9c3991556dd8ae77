//! The command line that every application built on Portcullis has.

mod artifacts;
mod config_command;
#[cfg(feature = "dev-issuer")]
mod dev;
mod healthcheck;
mod serve;
mod smoke;
mod token;

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use futures::future::LocalBoxFuture;

use crate::api::Api;
use crate::application::Application;
use crate::config::{self, Config, ConfigError, ConfigSources, Flag, Loaded};
use crate::error_chain::chain;

#[cfg(any(test, feature = "testing"))]
pub(crate) use artifacts::check_document;

/// An API secured by Microsoft Entra ID.
#[derive(Debug, Parser)]
struct CommandLine {
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Command,
}

/// Flags that stand over every other layer of configuration.
#[derive(Debug, Clone, Args)]
struct Overrides {
    /// Read the configuration layers from this folder instead of the shipped ones.
    #[arg(long, global = true, value_name = "DIR")]
    config_dir: Option<PathBuf>,
    /// Set one configuration key, over every other layer. May be given several times.
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = parse_set)]
    set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve on this machine with a local issuer and example data; no setting needed.
    #[cfg(feature = "dev-issuer")]
    Dev(dev::DevArguments),
    /// Serve from configuration.
    Serve,
    /// Look at the configuration without serving.
    #[command(subcommand)]
    Config(config_command::ConfigCommand),
    /// Print the OpenAPI document.
    Openapi(artifacts::OpenapiArguments),
    /// Print the access matrix: who may call what.
    Matrix(artifacts::MatrixArguments),
    /// Print the MCP tools.
    Tools(artifacts::OfferArguments),
    /// Print the MCP resources.
    Resources(artifacts::OfferArguments),
    /// Print the MCP prompts.
    Prompts(artifacts::OfferArguments),
    /// Print the Entra app registration that the application needs.
    EntraManifest(artifacts::ManifestArguments),
    /// Look into tokens and the reasons for refusing them.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Try a running deployment from outside, with a real token: the smoke test after a rollout.
    Smoke(smoke::SmokeArguments),
    /// Ask the running service whether it is alive; for container probes without a shell.
    Healthcheck(healthcheck::HealthcheckArguments),
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Say why a token is accepted or refused, from standard input; never prints it.
    Explain(token::ExplainArguments),
    /// Print the reference of the reason codes in the log.
    Reasons(artifacts::CheckArgument),
}

/// How a command writes what it has found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// The configuration is refused; nothing was started.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The same, and standard output has said why.
    #[error("configuration refused, for the reasons on standard output")]
    RefusedAsPrinted,
    /// Two environments differ, and standard output has said where.
    #[error("the environments differ")]
    Differs,
    /// The configuration is good, the start failed.
    #[error(transparent)]
    Start(#[from] crate::server::StartError),
    /// This command is refused in this environment; nothing was started.
    #[cfg(feature = "dev-issuer")]
    #[error("{0}")]
    Refused(String),
    /// A generated file is not what the application describes now.
    #[error(transparent)]
    Drift(#[from] artifacts::Drift),
    /// A file that was named, or what came on standard input, cannot be used.
    #[error("{0}")]
    Unreadable(String),
    /// Anything else, in one sentence.
    #[error("{0}")]
    Failed(String),
}

/// Runs the command line of an application. `main` is this one call.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 78 refused configuration. `--check` of a generated description has its
/// own: 1 other drift, 3 breaks clients, 4 widens access. `token explain` ends with 1 for a token that is refused.
pub fn run<S>(api: Api<S>) -> ExitCode {
    run_application(api.application)
}

fn run_application(application: Application) -> ExitCode {
    let command = CommandLine::command()
        // What `--version` prints before the version, which is the application's.
        .name(application.facts.title)
        .about(application.facts.title)
        .version(application.facts.version);
    let parsed = command
        .try_get_matches()
        .and_then(|matches| CommandLine::from_arg_matches(&matches));
    let command_line = match parsed {
        Ok(command_line) => command_line,
        Err(error) => {
            // Help and version go to standard output, mistakes to standard error; a closed pipe is nobody's mistake.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
        }
    };
    match execute(application, command_line) {
        Ok(()) => ExitCode::SUCCESS,
        // As with `git diff --exit-code`, that is an answer and no error.
        Err(CommandError::Differs) => ExitCode::FAILURE,
        Err(error) => {
            report(&error);
            match error {
                #[cfg(feature = "dev-issuer")]
                CommandError::Refused(_) => ExitCode::from(ConfigError::EXIT_CODE),
                CommandError::Config(_) | CommandError::RefusedAsPrinted => {
                    ExitCode::from(ConfigError::EXIT_CODE)
                }
                CommandError::Drift(drift) => drift.exit_code(),
                CommandError::Unreadable(_) => ExitCode::from(2),
                CommandError::Differs | CommandError::Start(_) | CommandError::Failed(_) => {
                    ExitCode::FAILURE
                }
            }
        }
    }
}

fn execute(application: Application, command_line: CommandLine) -> Result<(), CommandError> {
    let overrides = command_line.overrides;
    match command_line.command {
        #[cfg(feature = "dev-issuer")]
        Command::Dev(arguments) => dev::run(application, &arguments, &overrides),
        Command::Serve => serve::run(application, &overrides),
        Command::Config(command) => {
            let sources = sources(&application, &overrides);
            config_command::run(&command, &sources, application.facts.title)
        }
        Command::Openapi(arguments) => artifacts::print_openapi(&application, &arguments),
        Command::Matrix(arguments) => artifacts::print_matrix(&application, &arguments),
        Command::Tools(arguments) => {
            artifacts::print_offered(&application, artifacts::Offered::Tools, &arguments)
        }
        Command::Resources(arguments) => {
            artifacts::print_offered(&application, artifacts::Offered::Resources, &arguments)
        }
        Command::Prompts(arguments) => {
            artifacts::print_offered(&application, artifacts::Offered::Prompts, &arguments)
        }
        Command::EntraManifest(arguments) => artifacts::print_manifest(&application, &arguments),
        Command::Token(TokenCommand::Explain(arguments)) => {
            explain_token(&application, &arguments, &overrides)
        }
        Command::Token(TokenCommand::Reasons(arguments)) => artifacts::print_reasons(&arguments),
        Command::Smoke(arguments) => {
            let variables = config::read_environment();
            smoke::run(&application, &arguments, &variables)
        }
        Command::Healthcheck(arguments) => {
            let sources = sources(&application, &overrides);
            healthcheck::run(&arguments, &sources)
        }
    }
}

fn explain_token(
    application: &Application,
    arguments: &token::ExplainArguments,
    overrides: &Overrides,
) -> Result<(), CommandError> {
    #[cfg_attr(
        not(feature = "dev-issuer"),
        expect(unused_mut, reason = "only the local issuer changes them")
    )]
    let mut sources = sources(application, overrides);
    #[cfg(feature = "dev-issuer")]
    if let Some(port) = arguments.dev {
        dev::judge_as_dev(&mut sources, port)?;
    }
    token::explain(application, arguments, &sources)
}

/// Everything that configuration is made from, read once.
fn sources(application: &Application, overrides: &Overrides) -> ConfigSources {
    let flags = overrides.set.iter().map(|(key, value)| Flag {
        key: key.clone(),
        value: value.clone(),
        flag: format!("--set {key}"),
    });
    let variables = config::read_environment();
    ConfigSources {
        config_dir: config::find_config_dir(overrides.config_dir.clone(), &variables),
        variables,
        shipped_layers: application.facts.layers,
        flags: flags.collect(),
        vocabulary: application.endpoints.vocabulary,
        app_settings: application.facts.settings,
        downstream_apis: application.facts.downstream_apis,
    }
}

/// Loads the configuration, and says on standard error what is odd about it.
fn load(sources: &ConfigSources) -> Result<Config, ConfigError> {
    let Loaded {
        config,
        warnings,
        vault,
    } = Config::load_with_key_vault(sources)?;
    crate::telemetry::install(&config.telemetry);
    if let Some(vault) = vault {
        tracing::info!(%vault, "configuration");
    }
    for warning in warnings {
        tracing::warn!(%warning, "configuration");
    }
    Ok(config)
}

/// Splits `KEY=VALUE`. What is neither gets an empty key, which the configuration refuses: the command line's own
/// message would repeat the text, and that may be a secret.
fn parse_set(text: &str) -> Result<(String, String), Infallible> {
    let (key, value) = text.split_once('=').unwrap_or_default();
    Ok((key.to_owned(), value.to_owned()))
}

/// Runs a command's asynchronous part.
fn block_on<T>(part: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let mut outcome = None;
    run_to_end(Box::pin(async { outcome = Some(part.await) }))?;
    outcome.expect("it was run to its end")
}

/// Boxed, so that the runtime's own loop is compiled once, and not for each command.
fn run_to_end(work: LocalBoxFuture<'_, ()>) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime =
        runtime.map_err(|error| CommandError::Failed(format!("no worker threads: {error}")))?;
    runtime.block_on(work);
    Ok(())
}

/// Writes to standard output. A reader that has gone away is not an error.
fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Writes an error and what caused it to standard error.
fn report(error: &CommandError) {
    let mut text = format!("error: {error}");
    for cause in chain(error).skip(1) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  caused by: {cause}");
    }
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
