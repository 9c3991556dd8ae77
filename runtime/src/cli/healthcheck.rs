//! `healthcheck`: one request to the management listener, for container probes without a shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;

use super::{CommandError, block_on};
use crate::config::{Config, ConfigSources};

#[derive(Debug, Args)]
pub(super) struct HealthcheckArguments {
    /// What to ask [default: /livez at server.management_bind].
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// How long to wait for the answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
}

pub(super) fn run(
    arguments: &HealthcheckArguments,
    sources: &ConfigSources,
) -> Result<(), CommandError> {
    let url = match &arguments.url {
        Some(url) => url.clone(),
        None => probe_url(
            Config::load(sources)?.config.server.management_bind,
            "/livez",
        ),
    };
    block_on(ask(&url, Duration::from_secs(arguments.timeout)))
}

/// The address of a probe. A listener on every address answers on loopback.
pub(super) fn probe_url(management_bind: SocketAddr, path: &str) -> String {
    let ip = match management_bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V4(_) | IpAddr::V6(_) => management_bind.ip(),
    };
    let address = SocketAddr::new(ip, management_bind.port());
    format!("http://{address}{path}")
}

pub(super) async fn ask(url: &str, timeout: Duration) -> Result<(), CommandError> {
    let failed =
        |error: reqwest::Error| CommandError::Failed(format!("{url} did not answer: {error}"));
    crate::identity::install_crypto_provider();
    let client = reqwest::Client::builder()
        .timeout(timeout)
        .no_proxy()
        .build()
        .map_err(failed)?;
    let response = client.get(url).send().await.map_err(failed)?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(CommandError::Failed(format!("{url} answered {status}"))),
    }
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
            ("10.0.0.7:9090", "http://10.0.0.7:9090/livez"),
        ];
        for (bind, url) in table {
            assert_eq!(probe_url(bind.parse().unwrap(), "/livez"), url);
        }
    }
}
