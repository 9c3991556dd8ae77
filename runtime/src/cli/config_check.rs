//! `config check`: every guardrail, and every key with its origin, without serving.

use clap::Args;

use super::{CommandError, print};
use crate::config::{self, Config, ConfigSources, Flag};

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Check as this environment instead of `APP_ENV`'s.
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
}

pub(super) fn run(arguments: &CheckArguments, sources: &ConfigSources) -> Result<(), CommandError> {
    let mut sources = sources.clone();
    if let Some(environment) = &arguments.env {
        sources.flags.push(Flag {
            key: "environment".to_owned(),
            value: environment.clone(),
            flag: "--env".to_owned(),
        });
    }
    let loaded = Config::load(&sources)?;
    print(&config::render_check(&loaded));
    Ok(())
}
