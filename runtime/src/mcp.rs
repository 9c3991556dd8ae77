//! The MCP endpoint: the same operations, called by agents. Streamable HTTP without sessions, at `/api/v1/mcp`.
//!
//! `authenticate -> front (signed in? readable? scope?) -> rmcp (protocol, both eras) -> server -> an http::Request
//! into the operations router`, in process. A plain tool call goes past rmcp's transport and its tasks (`direct`). Beside it
//! stand the public documents of RFC 9728.
//!
//! Tools, resources and prompts are operations: each is asked for by such a request.
//!
//! Invariant: no access logic of its own. Lists are filtered by `decide`, and the guard of each operation decides again
//! about every call.

mod accept;
mod admission;
mod answer;
mod audit;
mod call;
mod canonical;
mod completion;
mod confirmation;
mod direct;
mod front;
mod hosts;
mod job;
mod message;
mod metadata;
mod offer;
mod prompts;
mod read;
mod relay;
mod resources;
mod rpc;
mod server;
mod tool_server;
mod tools;
mod visibility;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use portcullis_api_spec::{Access, Requirements, ScopeDef};
use url::Url;

use crate::api::Facts;
use crate::config::Config;
use crate::gate::Gate;
use crate::identity::Clock;
use audit::AuditTrail;
use call::Dispatcher;
use confirmation::{Confirmations, ServiceIdentity};
use front::{Front, FrontSettings};
use server::{McpServer, ServerParts};

#[cfg(any(test, feature = "testing"))]
pub(crate) use rpc::read_outline;

pub(crate) use offer::Offer;

/// Where the endpoint is mounted.
pub(crate) const PATH: &str = "/api/v1/mcp";

/// What the endpoint is built from.
pub(crate) struct McpParts<'a> {
    pub(crate) facts: Facts,
    pub(crate) offer: Offer,
    /// Every endpoint behind its guard; tool calls enter here.
    pub(crate) operations: Router,
    pub(crate) gate: Arc<Gate>,
    pub(crate) config: &'a Config,
    pub(crate) public_url: &'a Url,
}

/// Builds the MCP endpoint, unless `mcp.enabled` is false, and the metadata documents.
pub(crate) fn router(parts: McpParts<'_>) -> Router {
    let scopes = scopes_of(&parts.offer);
    let documents = metadata::router(&metadata::Resource {
        name: parts.facts.title,
        url: resource_url(parts.config, parts.public_url),
        issuer: &parts.config.authentication.issuer,
        scopes: qualify(scopes, &scope_prefix(parts.config, parts.public_url)),
    });
    if !parts.config.mcp.enabled {
        return documents;
    }
    let gate = Arc::clone(&parts.gate);
    let dispatcher = Dispatcher {
        operations: parts.operations,
        telemetry: parts.gate.telemetry.clone(),
        wait_timeout: parts.config.mcp.wait_timeout,
        result_limit_bytes: parts.config.mcp.result_limit_bytes,
    };
    let audit_key = parts.config.telemetry.audit_key.as_ref();
    let audit = AuditTrail::new(audit_key, parts.gate.telemetry.clone());
    let identity = ServiceIdentity {
        client_id: parts.config.authentication.client_id,
        resource: resource_url(parts.config, parts.public_url),
    };
    let server = McpServer::new(ServerParts {
        facts: parts.facts,
        offer: parts.offer,
        dispatcher,
        audit,
        confirmations: Confirmations::new(&parts.config.mcp, identity, Clock::system()),
    });
    let front = Front::new(
        server,
        hosts::transport_config(parts.config, parts.public_url),
        challenge_access(scopes),
        FrontSettings {
            read_timeout: parts.config.server.request_timeout,
            gate,
        },
    );
    Router::new()
        .route(PATH, post(front::answer))
        .with_state(Arc::new(front))
        .merge(documents)
}

/// The resource identifier of the API (RFC 8707): `mcp.resource`, or the endpoint's public address.
pub(crate) fn resource_url(config: &Config, public_url: &Url) -> String {
    match &config.mcp.resource {
        Some(url) => url.as_str().to_owned(),
        None => format!("{}{PATH}", public_url.as_str().trim_end_matches('/')),
    }
}

/// What stands before a scope's short name in requests to Entra, without the slash.
///
/// Entra wants the `resource` that a client sends and the scopes it asks for to be made from one identifier URI: the
/// resource itself where it is one of the registration's, else the first of `auth.app_id_uris`.
pub(crate) fn scope_prefix(config: &Config, public_url: &Url) -> String {
    let resource = resource_url(config, public_url);
    let app_id_uris = &config.authentication.app_id_uris;
    if app_id_uris.contains(&resource) {
        return resource;
    }
    app_id_uris.first().cloned().unwrap_or_default()
}

/// Every scope that something on offer asks for, once, in the order of tools, resources and prompts.
fn scopes_of(offer: &Offer) -> &'static [ScopeDef] {
    let mut scopes: Vec<ScopeDef> = Vec::new();
    for scope in offer
        .endpoints()
        .flat_map(|endpoint| endpoint.access.scopes())
    {
        if !scopes.contains(scope) {
            scopes.push(*scope);
        }
    }
    // Built once a service, and access rules hold static lists: it lives as long as the process.
    scopes.leak()
}

fn qualify(scopes: &[ScopeDef], prefix: &str) -> Vec<String> {
    let qualified = scopes.iter().map(|scope| match prefix {
        "" => scope.name.to_owned(),
        prefix => format!("{prefix}/{}", scope.name),
    });
    qualified.collect()
}

/// What a 401 of this endpoint asks a client to obtain. Only for the challenge: any verified caller may connect.
fn challenge_access(scopes: &'static [ScopeDef]) -> Access {
    Access::Restricted(Requirements {
        roles: &[],
        scopes,
        applications: &[],
        context: None,
    })
}

#[cfg(test)]
mod tests;
