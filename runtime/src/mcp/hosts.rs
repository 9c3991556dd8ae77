//! Which `Host` and `Origin` headers the endpoint accepts, against DNS rebinding and pages of other sites.
//!
//! CORS alone does not do: it lets the request run and only hides the answer from the page.

use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use url::{Host, Url};

use crate::config::Config;

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Configures rmcp's transport: no sessions, JSON answers, and only our own hosts and origins.
pub(super) fn transport_config(config: &Config, public_url: &Url) -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(config.server.body_limit_bytes)
        .with_allowed_hosts(allowed_hosts(config, public_url))
        .with_allowed_origins(allowed_origins(config, public_url))
        // Without this an empty list would mean any origin.
        .enforce_origin_validation()
}

/// The public URL's host. In dev and test, loopback on any port too.
fn allowed_hosts(config: &Config, public_url: &Url) -> Vec<String> {
    let mut hosts = Vec::new();
    if let Some(host) = public_url.host() {
        // A default port is left out of `Host`; an entry without a port accepts that form.
        hosts.push(match public_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        });
    }
    if config.environment.is_local() {
        hosts.extend(LOOPBACK.map(str::to_owned));
    }
    hosts
}

/// The configured origins and the service's own.
fn allowed_origins(config: &Config, public_url: &Url) -> Vec<String> {
    let configured = config.cors.allowed_origins.iter();
    let urls = configured.filter_map(|origin| Url::parse(origin).ok());
    urls.chain([public_url.clone()])
        .filter_map(|url| origin_with_port(&url))
        .collect()
}

/// rmcp takes an entry without a port for any port, so that each is written out.
fn origin_with_port(url: &Url) -> Option<String> {
    let host: Host<&str> = url.host()?;
    let port = url.port_or_known_default()?;
    Some(format!("{}://{host}:{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowed_origin_names_its_port() {
        let with_port = |text: &str| origin_with_port(&Url::parse(text).unwrap()).unwrap();
        assert_eq!(
            with_port("https://desk.example"),
            "https://desk.example:443"
        );
        assert_eq!(with_port("http://localhost:5173"), "http://localhost:5173");
        assert_eq!(with_port("http://[::1]:3000"), "http://[::1]:3000");
    }
}
