//! Protected resource metadata (RFC 9728), at both well-known paths: what clients learn, and whose address it names.

use url::Url;
use uuid::Uuid;

use super::super::answer::Answer;
use super::super::ledger::{Checked, Finding};
use super::super::probe::{Probe, Question};

const AT_THE_ROOT: &str = "/.well-known/oauth-protected-resource";
const AT_THE_ENDPOINT: &str = "/.well-known/oauth-protected-resource/api/v1/mcp";

/// What later checks need of it.
pub(in super::super) struct Metadata {
    /// Whose metadata it is, as it says itself: clients send tokens nowhere else (RFC 9728 section 3.3).
    pub(in super::super) resource: Url,
    /// Fully qualified, as a client must ask for them.
    pub(in super::super) scopes: Vec<String>,
    /// The tenant of the authorization server, when its address names one.
    pub(in super::super) tenant_id: Option<Uuid>,
}

pub(in super::super) async fn check(probe: &Probe) -> Checked<Metadata> {
    let root = probe.ask(Question::get(AT_THE_ROOT)).await?;
    let endpoint = probe.ask(Question::get(AT_THE_ENDPOINT)).await?;
    if root.status == 404 && endpoint.status == 404 {
        return Err(Finding::skipped(
            "404 at both well-known paths: mcp.enabled is off there; without them `az` needs --scope",
        ));
    }
    for (path, answer) in [(AT_THE_ROOT, &root), (AT_THE_ENDPOINT, &endpoint)] {
        if answer.status != 200 || answer.json().is_none() {
            return Err(Finding::failed(
                format!("{path}: {} in place of the metadata", answer.describe()),
                "route both well-known paths to the API: clients read them without a token",
            ));
        }
    }
    if root.json() != endpoint.json() {
        return Err(Finding::failed(
            "the two well-known paths do not tell the same",
            "more than one deployment answers at this address: look at what the ingress routes where",
        ));
    }
    judge(probe, &endpoint)
}

fn judge(probe: &Probe, answer: &Answer) -> Checked<Metadata> {
    let document = answer.json().unwrap_or_default();
    let texts = |member: &str| -> Vec<String> {
        let items = document[member].as_array().into_iter().flatten();
        items
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    let resource = document["resource"]
        .as_str()
        .and_then(|text| Url::parse(text).ok());
    let Some(resource) = resource else {
        return Err(Finding::failed(
            "`resource` is missing or no address",
            "set server.public_url, from which it is made",
        ));
    };
    let issuers = texts("authorization_servers");
    let Some(issuer) = issuers.iter().find_map(|text| Url::parse(text).ok()) else {
        return Err(Finding::failed(
            "`authorization_servers` names none: clients do not learn where to sign in",
            "set auth.authority and AZURE_TENANT_ID",
        ));
    };
    let scopes = texts("scopes_supported");
    let metadata = Metadata {
        resource: resource.clone(),
        tenant_id: tenant_of(&issuer),
        scopes: scopes.clone(),
    };
    if let Some(scope) = scopes.iter().find(|scope| !scope.contains("://")) {
        return Ok((
            Finding::failed(
                format!(
                    "the scope {scope} is not qualified: Entra would look for it at Microsoft Graph"
                ),
                "update the deployment, or correct auth.app_id_uris",
            ),
            metadata,
        ));
    }
    let found = format!(
        "both paths; resource {resource}; sign-in at {}; scopes {}",
        issuer.host_str().unwrap_or("?"),
        match scopes.is_empty() {
            true => "none".to_owned(),
            false => scopes.join(", "),
        }
    );
    let finding = judge_origin(probe, &resource, "`resource`");
    Ok((finding.unwrap_or_else(|| Finding::passed(found)), metadata))
}

/// Compares an address that the deployment gives as its own with the one it is asked at. `None`: they agree.
///
/// MCP clients compare them byte for byte and refuse to send a token elsewhere (RFC 9728 section 3.3).
pub(super) fn judge_origin(probe: &Probe, address: &Url, what: &str) -> Option<Finding> {
    if probe.target.is_origin_of(address) && address.as_str().starts_with(probe.target.as_str()) {
        return None;
    }
    let asked = probe.target.as_str();
    let found = format!("{what} is {address}, and {asked} was asked");
    Some(match probe.target.is_local() {
        // A forwarded port, or `localhost` for 127.0.0.1.
        true => Finding::warned(
            found,
            "clients must use the address that is named; to test it, name it with --url",
        ),
        false => Finding::failed(
            found,
            format!(
                "set server.public_url to {asked} if that is what clients use, else name the public address with --url"
            ),
        ),
    })
}

fn tenant_of(issuer: &Url) -> Option<Uuid> {
    let mut segments = issuer.path_segments()?;
    segments.find_map(|segment| Uuid::parse_str(segment).ok())
}
