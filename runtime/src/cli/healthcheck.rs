//! `healthcheck`: one request to the management listener, for container probes without a shell.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use reqwest::redirect::Policy;
use url::Url;

use super::{CommandError, block_on};
use crate::config::{Config, ConfigSources, reachable_at};
use crate::error_chain::chain;

const EXIT_CODES: &str = "\
Exit codes:
  0   it answered with a status from 200 to 299
  1   another status, a redirect, no answer in time, or nothing there
  2   wrong usage
  78  refused configuration

It needs no shell, no file and no certificates, and prints nothing while all is well.";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct HealthcheckArguments {
    /// What to ask [default: /livez at server.management_bind].
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    url: Option<Url>,
    /// How long to wait for the answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
}

pub(super) fn run(
    arguments: &HealthcheckArguments,
    sources: &ConfigSources,
) -> Result<(), CommandError> {
    let url = match &arguments.url {
        Some(url) => url.to_string(),
        None => configured_url(sources)?,
    };
    block_on(ask(&url, Duration::from_secs(arguments.timeout)))
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| "write the whole address, such as http://127.0.0.1:9090/livez".to_owned())
}

fn configured_url(sources: &ConfigSources) -> Result<String, CommandError> {
    let management_bind = Config::load(sources)?.config.server.management_bind;
    if management_bind.port() == 0 {
        return Err(CommandError::Unreadable(
            "server.management_bind has port 0, so that only the service knows which one it got: name it with --url"
                .to_owned(),
        ));
    }
    Ok(probe_url(management_bind, "/livez"))
}

/// The address of a probe.
pub(super) fn probe_url(management_bind: SocketAddr, path: &str) -> String {
    format!("http://{}{path}", reachable_at(management_bind))
}

pub(super) async fn ask(url: &str, timeout: Duration) -> Result<(), CommandError> {
    let failed = |error: reqwest::Error| {
        let what = match error.is_timeout() {
            true => format!("no answer within {} s", timeout.as_secs()),
            false => innermost(&error),
        };
        CommandError::Failed(format!("{url}: {what}"))
    };
    crate::identity::install_crypto_provider();
    let mut builder = reqwest::Client::builder()
        .timeout(timeout)
        .no_proxy()
        // Wherever it leads to, that is not the process that was asked for.
        .redirect(Policy::none());
    if url.starts_with("http:") {
        // An image without certificates can be probed all the same.
        builder = builder.tls_certs_only([]);
    }
    let client = builder.build().map_err(failed)?;
    let response = client.get(url).send().await.map_err(failed)?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(CommandError::Failed(format!("{url} answered {status}"))),
    }
}

/// The cause that says most: `Connection refused` in place of `error sending request`.
fn innermost(error: &reqwest::Error) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_every_address_is_asked_on_loopback() {
        let table = [
            ("127.0.0.1:9090", "http://127.0.0.1:9090/livez"),
            ("0.0.0.0:9090", "http://127.0.0.1:9090/livez"),
            ("[::]:9090", "http://[::1]:9090/livez"),
            ("[::1]:9090", "http://[::1]:9090/livez"),
            ("10.0.0.7:9090", "http://10.0.0.7:9090/livez"),
            ("[fd00::7]:9090", "http://[fd00::7]:9090/livez"),
        ];
        for (bind, url) in table {
            assert_eq!(probe_url(bind.parse().unwrap(), "/livez"), url);
        }
    }
}
