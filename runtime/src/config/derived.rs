//! Keys that no layer needs to set: what they come to, made from other keys.
//!
//! The finished configuration and everything that explains it ask here, so that both say the same.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use uuid::Uuid;

use super::build;
use super::keys;
use super::merge::RawConfig;
use super::sections::ClientCredentialConfig;
use super::value::Value;

/// What an unset key comes to; `None` when other keys are missing, or when only the running service knows.
pub(super) fn derive(raw: &RawConfig, name: &str) -> Option<Value> {
    if name == keys::ISSUER.def.name {
        raw.get(&keys::TENANT_ID)?;
        issuer(raw).map(Value::Text)
    } else if name == keys::APP_ID_URIS.def.name {
        raw.get(&keys::CLIENT_ID)
            .map(|client_id| Value::List(app_id_uris(client_id)))
    } else if name == keys::PUBLIC_URL.def.name {
        local_public_url(raw).map(Value::Text)
    } else if name == keys::MCP_RESOURCE.def.name {
        let public_url = raw.get(&keys::PUBLIC_URL).map(String::from);
        let public_url = public_url.or_else(|| local_public_url(raw))?;
        let base = public_url.trim_end_matches('/');
        Some(Value::Text(format!("{base}/api/v1/mcp")))
    } else if name == keys::CLIENT_CREDENTIAL.def.name {
        let choice = match build::build_client_credential(raw)? {
            ClientCredentialConfig::FederatedToken(_) => "federated_token",
            ClientCredentialConfig::ManagedIdentity { .. } => "managed_identity",
            ClientCredentialConfig::Certificate(_) => "certificate",
            ClientCredentialConfig::Secret(_) => "secret",
        };
        Some(Value::Text(choice.to_owned()))
    } else if name == keys::MAX_CONNECTIONS_PER_ADDRESS.def.name {
        max_connections_per_address(raw).map(Value::Count)
    } else {
        None
    }
}

/// `auth.issuer` where no layer sets it; `None` without an authority.
pub(super) fn issuer(raw: &RawConfig) -> Option<String> {
    let authority = raw.get(&keys::AUTHORITY)?;
    let tenant_id = raw.get(&keys::TENANT_ID).unwrap_or(Uuid::nil());
    let base = authority.as_str().trim_end_matches('/');
    Some(format!("{base}/{tenant_id}/v2.0"))
}

/// `auth.app_id_uris` where no layer sets it.
pub(super) fn app_id_uris(client_id: Uuid) -> Vec<String> {
    vec![format!("api://{client_id}")]
}

/// `server.max_connections_per_address` where no layer sets it: a client has room, and cannot take all of it. `None` behind
/// a proxy, from which every connection comes.
pub(super) fn max_connections_per_address(raw: &RawConfig) -> Option<u64> {
    const FLOOR: u64 = 64;
    let is_direct = raw.get(&keys::TRUSTED_HOPS)? == 0;
    let quarter = raw.get(&keys::MAX_CONNECTIONS)? / 4;
    is_direct.then(|| quarter.max(FLOOR))
}

/// Where this machine reaches a listener: one on every address (`0.0.0.0`, `[::]`) answers on loopback, and no client can
/// open what it was bound to.
pub(crate) fn reachable_at(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// `server.public_url` where no layer sets it; a port of 0 is known only once it is bound.
fn local_public_url(raw: &RawConfig) -> Option<String> {
    let address = raw.get(&keys::BIND)?;
    (raw.environment.is_local() && address.port() != 0)
        .then(|| format!("http://{}", reachable_at(address)))
}
