//! APIs of Microsoft that stand where this API's own registration belongs.
//!
//! An audience says for whom a token is. Whoever accepts tokens for Microsoft Graph accepts what any application of the
//! tenant obtained for Graph, without ever having been admitted to this API.

use crate::config::finding::{Finding, FindingId};
use crate::config::keys;
use crate::config::merge::RawConfig;
use crate::microsoft_resource::MicrosoftResource;

/// Checks that every audience is this API's own.
pub(super) fn check(raw: &RawConfig) -> Vec<Finding> {
    let uris = raw.get(&keys::APP_ID_URIS).unwrap_or_default();
    let uris = uris.into_iter().filter_map(|uri| {
        let finding = refuse("auth.app_id_uris", &uri)?;
        Some(finding.from(raw.source(&keys::APP_ID_URIS)))
    });
    let client_id = raw.get(&keys::CLIENT_ID).and_then(|client_id| {
        let finding = refuse("auth.client_id", &client_id.to_string())?;
        Some(finding.from(raw.source(&keys::CLIENT_ID)))
    });
    uris.chain(client_id).collect()
}

fn refuse(key: &str, audience: &str) -> Option<Finding> {
    let resource = MicrosoftResource::of_audience(audience)?;
    let what = format!("{key} has {audience}, which is {}", resource.name());
    let finding = Finding::error(FindingId::Value, what)
        .why("every token that anybody in the tenant obtained for that API would be accepted here")
        .fix("set the id of this API's own registration, as Entra shows it under Expose an API");
    Some(finding)
}
