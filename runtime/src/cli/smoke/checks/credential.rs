//! The token: the one that was given, or one that `az` gets with the explicit scope.

use std::time::{Duration, SystemTime};

use super::super::azure_cli;
use super::super::bearer::BearerToken;
use super::super::ledger::{Checked, Finding};
use super::super::target::Target;
use super::{Metadata, list};
use crate::microsoft_resource::MicrosoftResource;

/// Where the token comes from.
pub(in super::super) enum TokenWish<'a> {
    /// It was given.
    Given(BearerToken),
    /// `az` gets one with this scope, or with the one that the metadata names.
    FromAzureCli {
        scope: Option<&'a str>,
        metadata: Option<&'a Metadata>,
        timeout: Duration,
    },
}

pub(in super::super) async fn check(target: &Target, wish: TokenWish<'_>) -> Checked<BearerToken> {
    if !target.may_see_tokens() {
        return Err(Finding::failed(
            "no token is sent over http, where anybody on the way could take it",
            format!(
                "name the https address: {}",
                target.as_str().replacen("http:", "https:", 1)
            ),
        ));
    }
    let (token, from) = match wish {
        TokenWish::Given(token) => (token, "given".to_owned()),
        TokenWish::FromAzureCli {
            scope,
            metadata,
            timeout,
        } => {
            let scope = choose_scope(target, scope, metadata)?;
            let tenant_id = metadata.and_then(|metadata| metadata.tenant_id);
            let token = azure_cli::get_token(&scope, tenant_id, timeout).await?;
            (token, format!("from az for {scope}"))
        }
    };
    judge(&token)?;
    let found = format!(
        "{from}; roles {}; scopes {}",
        list(&token.roles),
        list(&token.scopes)
    );
    Ok((Finding::passed(found), token))
}

/// The scope that `az` is asked for. What the deployment names is not believed blindly: a false one would make `az` hand out
/// a token of another API, to be sent to whoever named it.
pub(in super::super) fn choose_scope(
    target: &Target,
    given: Option<&str>,
    metadata: Option<&Metadata>,
) -> Result<String, Finding> {
    if let Some(scope) = given {
        return Ok(scope.to_owned());
    }
    let named = metadata
        .map(|metadata| metadata.scopes.as_slice())
        .unwrap_or_default();
    let Some(scope) = named.first() else {
        return Err(Finding::not_run(
            "no scope to ask az for: the deployment names none",
            "name it with --scope \"<App ID URI>/user_impersonation\", or give a token with --token -",
        ));
    };
    match is_own_scope(target, scope) {
        true => Ok(scope.clone()),
        false => Err(Finding::failed(
            format!(
                "the deployment names {scope}, a scope that is not below api:// or its own address: az is not asked for it"
            ),
            "correct auth.app_id_uris; if it is right, repeat it with --scope",
        )),
    }
}

fn is_own_scope(target: &Target, scope: &str) -> bool {
    let Some((resource, name)) = scope.rsplit_once('/') else {
        return false;
    };
    // A leading `-` would be an option of az.
    let is_plain = !name.is_empty() && scope.chars().all(|character| character.is_ascii_graphic());
    let is_own = resource.starts_with("api://")
        || url::Url::parse(resource).is_ok_and(|url| target.is_origin_of(&url));
    is_plain && is_own && MicrosoftResource::of_audience(resource).is_none()
}

fn judge(token: &BearerToken) -> Result<(), Finding> {
    if let Some(api) = token.microsoft_api() {
        return Err(Finding::failed(
            format!("the token is for {api} and not for this API; it is not sent"),
            "ask for one with the scope of this API: az account get-access-token --scope \"<App ID URI>/user_impersonation\"",
        ));
    }
    if token.is_expired(SystemTime::now()) {
        return Err(Finding::failed(
            "the token has expired",
            "ask for a new one; if it is new, compare the clock of this machine",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The attack: a deployment that names a scope of Azure itself, and reads the token that comes with the next request.
    #[test]
    fn a_deployment_cannot_choose_a_token_of_another_api() {
        let target = Target::parse("https://api.contoso.com").unwrap();
        for (scope, is_own) in [
            (
                "api://8bed58a6-d985-83cf-9d53-bd40542d8917/user_impersonation",
                true,
            ),
            (
                "https://api.contoso.com/api/v1/mcp/user_impersonation",
                true,
            ),
            ("https://management.azure.com/user_impersonation", false),
            ("https://graph.microsoft.com/User.Read", false),
            (
                "api://00000003-0000-0000-c000-000000000000/User.Read",
                false,
            ),
            (
                "https://api.contoso.com.evil.example/user_impersonation",
                false,
            ),
            ("user_impersonation", false),
            ("--help/user_impersonation", false),
            (
                "api://x/user_impersonation https://graph.microsoft.com/User.Read",
                false,
            ),
        ] {
            let metadata = Metadata {
                scopes: vec![scope.to_owned()],
                tenant_id: None,
            };
            let chosen = choose_scope(&target, None, Some(&metadata));
            assert_eq!(chosen.is_ok(), is_own, "{scope}");
        }
        let by_hand = choose_scope(&target, Some("https://other.contoso.com/x"), None);
        assert_eq!(by_hand.unwrap(), "https://other.contoso.com/x");
    }
}
