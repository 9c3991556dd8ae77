//! The APIs that are called for users: can their tokens be asked for at all?

use crate::config::build::build_client_credential;
use crate::config::downstream_api;
use crate::config::finding::{Finding, FindingId};
use crate::config::key::Key;
use crate::config::keys;
use crate::config::merge::{Outcome, RawConfig, Setting};
use crate::config::value::FromValue;

/// Checks the scopes of each API, and the credential that all of them need.
pub(super) fn check(raw: &RawConfig) -> Vec<Finding> {
    let apis: Vec<&Setting> = raw
        .settings()
        .iter()
        .filter(|setting| downstream_api::name_in_key(&setting.key.name).is_some())
        .collect();
    let credential = check_credential(raw, !apis.is_empty());
    let scopes = apis.into_iter().filter_map(check_scopes);
    credential.into_iter().chain(scopes).collect()
}

/// A credential that was chosen must be there; without a choice there must be one where real users sign in.
fn check_credential(raw: &RawConfig, has_apis: bool) -> Option<Finding> {
    let is_chosen = !raw.is_unset(&keys::CLIENT_CREDENTIAL);
    let is_needed = has_apis && raw.get(&keys::REQUIRED) == Some(true);
    let is_unread =
        is_unread(raw, &keys::CLIENT_CERTIFICATE) || is_unread(raw, &keys::CLIENT_SECRET);
    if build_client_credential(raw).is_some() || is_unread || !(is_chosen || is_needed) {
        return None;
    }
    let finding = if is_chosen {
        let what = "the chosen auth.client_credential is not there";
        Finding::error(FindingId::Missing, what).from(raw.source(&keys::CLIENT_CREDENTIAL))
    } else if raw.environment.is_local() {
        Finding::warning(FindingId::Missing, NO_CREDENTIAL)
    } else {
        Finding::error(FindingId::Missing, NO_CREDENTIAL)
    };
    let finding = finding
        .why("the authority exchanges tokens only for an API that proves who it is")
        .fix(
            "set AZURE_FEDERATED_TOKEN_FILE or AZURE_CLIENT_ID with a federated credential on the app registration, \
             or APP_AUTH__CLIENT_CERTIFICATE_FILE, or APP_AUTH__CLIENT_SECRET_FILE",
        );
    Some(finding)
}

/// Key Vault has it, and was not asked.
fn is_unread<T>(raw: &RawConfig, key: &Key<T>) -> bool {
    raw.setting(key).outcome == Outcome::Unread
}

const NO_CREDENTIAL: &str = "downstream APIs are declared, and this API has no credential";

/// One exchange is for one resource: its scopes begin with the same identifier.
fn check_scopes(setting: &Setting) -> Option<Finding> {
    let scopes = match &setting.outcome {
        Outcome::Value(value) => Vec::<String>::from_value(value)?,
        Outcome::Unset | Outcome::Invalid | Outcome::Unread => return None,
    };
    let mut resources = scopes.iter().map(|scope| match scope.rsplit_once('/') {
        Some((resource, name)) if !resource.is_empty() && !name.is_empty() => Some(resource),
        Some(_) | None => None,
    });
    let first = resources.next().flatten();
    if first.is_some() && resources.all(|resource| resource == first) {
        return None;
    }
    let what = format!("{} names no resource, or several", setting.key.name);
    let finding = Finding::error(FindingId::Value, what)
        .why("a token is for one API, and its scopes say which")
        .from(setting.source())
        .fix("write scopes of one API in full, such as api://<client id>/Invoices.Read");
    Some(finding)
}
