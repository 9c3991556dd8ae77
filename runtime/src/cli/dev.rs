//! `dev`: the service on this machine, with a local issuer in place of Entra and with example data. Needs no setting.
//!
//! Order: reserve addresses -> configuration, with the issuer as authority -> service -> issuer -> wait until ready ->
//! print what to click and what to paste. The validator is the one of production; only its authority differs.
//! Invariant: the environment is `dev`, and a shell that is set up for a higher one is refused, so that none trusts
//! this issuer.

mod accounts;
mod addresses;
mod banner;
mod sample;

use std::collections::BTreeMap;
use std::future::pending;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use portcullis_api_spec::{EndpointDef, Vocabulary};
use portcullis_dev_issuer::{DEV_TENANT_ID, DevIssuer, object_id_of};
use uuid::Uuid;

use super::{CommandError, Overrides, block_on, healthcheck, load, serve, sources};
use crate::application::Application;
use crate::background;
use crate::config::{Config, ConfigSources, Flag};
use crate::error_chain::on_one_line;
use crate::mcp;
use crate::server::{self, ListenerLimits, Service};

use accounts::DevAccount;
use addresses::{PortWish, Reservation};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Where the issuer listens when the port is free, so that pasted addresses outlive a restart.
const ISSUER_PORT: u16 = 9101;

/// How long the first fetch of signing keys may take before the addresses are printed all the same.
const READY_DEADLINE: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub(super) struct DevArguments {
    /// Port of the API [default: that of server.bind, or a free one when it is taken].
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Port of the local issuer [default: 9101, or a free one when it is taken].
    #[arg(long, value_name = "PORT")]
    issuer_port: Option<u16>,
}

pub(super) fn run(
    application: Application,
    arguments: &DevArguments,
    overrides: &Overrides,
) -> Result<(), CommandError> {
    let mut sources = sources(&application, overrides);
    check_environment(&sources.variables)?;
    let issuer_wish = PortWish::of(arguments.issuer_port, ISSUER_PORT, "--issuer-port");
    let issuer = addresses::reserve(LOOPBACK, &issuer_wish)?;
    point_to_issuer(&mut sources, issuer.address());

    let server = Config::load(&sources)?.config.server;
    let bind_wish = PortWish::of(arguments.port, server.bind.port(), "--port");
    let bind = addresses::reserve(server.bind.ip(), &bind_wish)?;
    let management_wish = PortWish::of(
        None,
        server.management_bind.port(),
        "--set server.management_bind",
    );
    let management = addresses::reserve(server.management_bind.ip(), &management_wish)?;
    sources.flags.push(flag("server.bind", bind.address()));
    sources
        .flags
        .push(flag("server.management_bind", management.address()));
    add_mcp_resource(&mut sources, bind.address())?;
    let config = Arc::new(load(&sources)?);

    let facts = ApiFacts {
        title: application.facts.title,
        vocabulary: application.endpoints.vocabulary,
        accounts: accounts::list(&application.endpoints.vocabulary),
        endpoints: application
            .endpoints
            .entries
            .iter()
            .map(|entry| entry.endpoint)
            .collect(),
    };
    block_on(serve_with_issuer(
        application,
        config,
        facts,
        [bind, management, issuer],
    ))
}

/// Judges tokens as `dev` does, with its issuer on this port.
pub(super) fn judge_as_dev(sources: &mut ConfigSources, port: u16) -> Result<(), CommandError> {
    check_environment(&sources.variables)?;
    point_to_issuer(sources, SocketAddr::new(LOOPBACK, port));
    Ok(())
}

/// What is needed of the application after the service has taken it.
struct ApiFacts {
    title: &'static str,
    vocabulary: Vocabulary,
    endpoints: Vec<&'static EndpointDef>,
    accounts: Vec<DevAccount>,
}

/// Refuses a shell or a container that is set up for a higher environment: whoever runs `dev` there has lost his way,
/// and a local issuer is the last thing that deployment should trust (PC07).
fn check_environment(variables: &BTreeMap<String, String>) -> Result<(), CommandError> {
    match variables.get("APP_ENV").map(String::as_str) {
        None | Some("dev" | "test") => Ok(()),
        Some(other) => Err(CommandError::Refused(format!(
            "PC07: the dev issuer is for dev and test, and APP_ENV is {other:?}\n    fix:  unset APP_ENV to work on this \
             machine, or run `serve`"
        ))),
    }
}

/// Puts the issuer under the operator's own flags, and the environment over them.
fn point_to_issuer(sources: &mut ConfigSources, issuer: SocketAddr) {
    let authority = format!("http://{issuer}");
    let given = std::mem::take(&mut sources.flags);
    sources.flags = vec![
        flag("auth.tenant_id", DEV_TENANT_ID),
        flag("auth.client_id", object_id_of("API of dev")),
        flag("auth.authority", &authority),
        flag("auth.issuer", format!("{authority}/{DEV_TENANT_ID}/v2.0")),
        flag(
            "docs.swagger_client_id",
            object_id_of("documentation of dev"),
        ),
    ];
    sources.flags.extend(given);
    if !sources.downstream_apis.is_empty() {
        // The issuer is told the same one. What the shell holds for Entra means nothing to it.
        sources.flags.push(flag("auth.client_credential", "secret"));
        sources
            .flags
            .push(flag("auth.client_secret", Uuid::new_v4()));
    }
    sources.flags.push(flag("environment", "dev"));
}

/// Makes the MCP endpoint's address one of the API's identifier URIs, as the recipe for Entra does: clients that sign in by
/// themselves name it as the resource, and ask for scopes that are made from it.
fn add_mcp_resource(sources: &mut ConfigSources, bind: SocketAddr) -> Result<(), CommandError> {
    let config = Config::load(sources)?.config;
    let resource = mcp::resource_url(&config, &server::public_url(&config, bind));
    let mut uris = config.authentication.app_id_uris;
    if !uris.contains(&resource) {
        uris.push(resource);
        sources.flags.push(flag("auth.app_id_uris", uris.join(",")));
    }
    Ok(())
}

fn flag(key: &str, value: impl ToString) -> Flag {
    Flag {
        key: key.to_owned(),
        value: value.to_string(),
        flag: "dev".to_owned(),
    }
}

async fn serve_with_issuer(
    application: Application,
    config: Arc<Config>,
    facts: ApiFacts,
    reservations: [Reservation; 3],
) -> Result<(), CommandError> {
    let notes = reservations.iter().filter_map(Reservation::note).collect();
    let [bind, management, issuer] = reservations;
    let issuer_address = issuer.release();
    let management_address = management.release();
    bind.release();

    let service = Service::build(application, Arc::clone(&config), true).await?;
    let settings = accounts::build_settings(issuer_address, &facts, &config, service.public_url());
    let issuer = DevIssuer::bind(settings).await.map_err(failed)?;
    let text = banner::render(&banner::Parts {
        facts: &facts,
        config: &config,
        public_url: service.public_url(),
        issuer: &issuer,
        program: program(),
        notes,
    })
    .map_err(failed)?;

    let limits = ListenerLimits::beside(&config.server);
    let (listener, router) = issuer.into_parts().map_err(failed)?;
    let issuing = background::spawn(async move {
        server::serve(listener, router, limits, Box::pin(pending())).await;
    });
    let announcing = background::spawn(async move {
        wait_until_ready(management_address).await;
        super::print(&text);
    });
    let served = serve::serve_until_stopped(service).await;
    announcing.abort();
    issuing.abort();
    served
}

/// How this program is called in a shell, also when it is not on the path.
fn program() -> String {
    let called = std::env::args_os().next();
    let called = called.map(|called| called.to_string_lossy().into_owned());
    let called = called.unwrap_or_else(|| "app".to_owned());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte);
    match called.bytes().all(is_plain) {
        true => called,
        false => format!("'{}'", called.replace('\'', r"'\''")),
    }
}

/// Waits for the signing keys, so that what is pasted at once does not meet a 503.
async fn wait_until_ready(management: SocketAddr) {
    let url = healthcheck::probe_url(management, "/readyz");
    let deadline = Instant::now() + READY_DEADLINE;
    while Instant::now() < deadline {
        match healthcheck::ask(&url, READY_DEADLINE).await {
            Ok(()) => return,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn failed(error: impl std::error::Error + 'static) -> CommandError {
    CommandError::Failed(on_one_line(&error))
}

#[cfg(test)]
mod tests;
