//! The token: the one that was given, or one that `az` gets with the explicit scope.

use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::super::azure_cli;
use super::super::bearer::{BearerToken, registration_of};
use super::super::ledger::{Checked, Finding};
use super::super::target::{self, Target};
use super::{Metadata, list};
use crate::microsoft_resource::MicrosoftResource;

/// Where the token comes from.
pub(in super::super) enum TokenWish<'a> {
    /// It was given.
    Given(BearerToken),
    /// `az` gets one with this scope, or with the one that the metadata names.
    FromAzureCli {
        scope: Option<&'a str>,
        /// The app registration of the API, as the operator knows it.
        client_id: Option<Uuid>,
        timeout: Duration,
    },
}

pub(in super::super) async fn check(
    target: &Target,
    metadata: Option<&Metadata>,
    wish: TokenWish<'_>,
) -> Checked<BearerToken> {
    check_target(target, metadata)?;
    let (token, from) = match wish {
        TokenWish::Given(token) => {
            judge(&token)?;
            compare_registration(&token, metadata)?;
            (token, "given".to_owned())
        }
        TokenWish::FromAzureCli {
            scope,
            client_id,
            timeout,
        } => {
            let scope = match scope {
                Some(scope) => check_explicit(scope.to_owned())?,
                None => choose_scope(target, client_id, metadata)?,
            };
            let tenant_id = metadata.and_then(|metadata| metadata.tenant_id);
            let token = azure_cli::get_token(&scope, tenant_id, timeout).await?;
            judge(&token)?;
            (token, format!("from az for {scope}"))
        }
    };
    let found = format!(
        "{from}; roles {}; scopes {}",
        list(&token.roles),
        list(&token.scopes)
    );
    Ok((Finding::passed(found), token))
}

/// Makes sure that a token may be sent there, whoever it is for.
fn check_target(target: &Target, metadata: Option<&Metadata>) -> Result<(), Finding> {
    if !target.may_see_tokens() {
        return Err(Finding::failed(
            "no token is sent over http, where anybody on the way could take it",
            format!(
                "name the https address: {}",
                target.as_str().replacen("http:", "https:", 1)
            ),
        ));
    }
    // A forwarded port of this machine is another address than the public one.
    let is_its_own = |metadata: &Metadata| target.is_origin_of(&metadata.resource);
    if !target.is_local() && !metadata.is_none_or(is_its_own) {
        return Err(Finding::failed(
            "the metadata is that of another address: no token is sent, and az is asked for none",
            "name the address that clients use with --url, or set server.public_url to it",
        ));
    }
    Ok(())
}

/// The scope in the metadata that `az` is asked for.
///
/// It is not believed. The attack: a look-alike address that names the scope of the real API, for which `az` has a token, and
/// which opens that API to whoever reads it. A scope below `api://` therefore must be of the registration that the operator
/// knows, unless the deployment runs on this machine; one below the deployment's own address is a domain that the tenant
/// has verified.
fn choose_scope(
    target: &Target,
    client_id: Option<Uuid>,
    metadata: Option<&Metadata>,
) -> Result<String, Finding> {
    let named = metadata
        .map(|metadata| metadata.scopes.as_slice())
        .unwrap_or_default();
    let Some(scope) = named.first() else {
        return Err(Finding::not_run(
            "no scope to ask az for: the deployment names none",
            "name it with --scope \"<App ID URI>/user_impersonation\", or give a token with --token -",
        ));
    };
    let Some((resource, _)) = scope.rsplit_once('/').filter(|_| target::is_plain(scope)) else {
        return Err(Finding::failed(
            "the deployment names a scope of another form than `<App ID URI>/<scope>`: az is not asked for it",
            "correct auth.app_id_uris and the scopes of the deployment",
        ));
    };
    let scope = check_explicit(scope.clone())?;
    let is_of_address = url::Url::parse(resource).is_ok_and(|url| target.is_origin_of(&url));
    let is_below_api = resource.starts_with("api://");
    if !(is_below_api || is_of_address) || MicrosoftResource::of_audience(resource).is_some() {
        return Err(Finding::failed(
            format!(
                "the deployment names {scope}, a scope that is not below api:// or its own address: az is not asked for it"
            ),
            "correct auth.app_id_uris; if it is right, name it with --scope",
        ));
    }
    let is_known = client_id.is_some() && registration_of(resource) == client_id;
    match is_of_address || is_known || target.is_local() {
        true => Ok(scope),
        false => Err(Finding::not_run(
            format!(
                "the deployment names {scope}, and nothing here says that this is its scope: az is not asked for it"
            ),
            "set AZURE_AD_CLIENT_ID to the client id of the API's registration, or name the scope with --scope; take both from the registration in Entra and not from here",
        )),
    }
}

/// Refuses `.default`: it hides which scope is missing, and asks for all that was ever consented to.
fn check_explicit(scope: String) -> Result<String, Finding> {
    match scope.ends_with("/.default") || scope == ".default" {
        true => Err(Finding::not_run(
            "`.default` is no scope of its own: az is not asked for it",
            "name one scope, such as --scope \"<App ID URI>/user_impersonation\"; an application gives its token with --token -",
        )),
        false => Ok(scope),
    }
}

/// Compares the registration that a token is for with that of the scope in the metadata, where both are named by their id.
fn compare_registration(token: &BearerToken, metadata: Option<&Metadata>) -> Result<(), Finding> {
    let scope = metadata.and_then(|metadata| metadata.scopes.first());
    let resource = scope.and_then(|scope| scope.rsplit_once('/'));
    let named = resource.and_then(|(resource, _)| registration_of(resource));
    match (token.audience_id(), named) {
        (Some(audience), Some(named)) if audience != named => Err(Finding::failed(
            format!(
                "the token is for the registration {audience}, and the deployment's scope is of {named}; it is not sent"
            ),
            "ask for a token of this deployment's API, or compare AZURE_AD_CLIENT_ID and auth.app_id_uris there",
        )),
        (Some(_) | None, Some(_) | None) => Ok(()),
    }
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
    use super::super::super::ledger::Outcome;
    use super::*;

    const CLIENT_ID: &str = "8bed58a6-d985-83cf-9d53-bd40542d8917";

    fn metadata(resource: &str, scope: &str) -> Metadata {
        Metadata {
            resource: resource.parse().unwrap(),
            scopes: vec![scope.to_owned()],
            tenant_id: None,
        }
    }

    fn choose(base: &str, client_id: Option<&str>, scope: &str) -> Result<String, Finding> {
        let target = Target::parse(base).unwrap();
        let client_id = client_id.map(|text| Uuid::parse_str(text).unwrap());
        choose_scope(&target, client_id, Some(&metadata(base, scope)))
    }

    /// The attack: a deployment that names a scope of Azure itself, and reads the token that comes with the next request.
    #[test]
    fn a_deployment_cannot_choose_a_token_of_another_api() {
        for (scope, is_own) in [
            (
                "api://8bed58a6-d985-83cf-9d53-bd40542d8917/user_impersonation",
                true,
            ),
            (
                "api://8BED58A6-D985-83CF-9D53-BD40542D8917/user_impersonation",
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
                "api://11111111-1111-4111-8111-111111111111/user_impersonation",
                false,
            ),
            ("api://desk/user_impersonation", false),
            (
                "https://api.contoso.com.evil.example/user_impersonation",
                false,
            ),
            ("user_impersonation", false),
            ("--help/user_impersonation", false),
            ("api://8bed58a6-d985-83cf-9d53-bd40542d8917/.default", false),
            ("https://api.contoso.com/.default", false),
        ] {
            let chosen = choose("https://api.contoso.com", Some(CLIENT_ID), scope);
            assert_eq!(chosen.is_ok(), is_own, "{scope}");
        }
    }

    /// The attack: a scope that becomes a command in the line that is offered for pasting.
    #[test]
    fn a_deployment_cannot_put_shell_text_into_a_line_to_paste() {
        for scope in [
            "api://x/$(id)",
            "api://x/`id`",
            "api://x/\";id;\"",
            "api://x/user_impersonation https://graph.microsoft.com/id",
            "api://x/a&id",
            "api://$(id)/user_impersonation",
        ] {
            let finding = choose("http://localhost:8080", None, scope).unwrap_err();
            let told = format!("{} {}", finding.found, finding.fix.unwrap_or_default());
            assert!(
                !told.contains("id)") && !told.contains("id;") && !told.contains("`id"),
                "{told}"
            );
            assert_eq!(finding.outcome, Outcome::Failed, "{scope}");
        }
    }

    /// The attack: `desk-contoso.com` names the scope of the API at `desk.contoso.com`.
    #[test]
    fn az_is_asked_for_a_scope_below_api_only_where_the_operator_knows_the_registration() {
        let scope = format!("api://{CLIENT_ID}/user_impersonation");
        let other = "11111111-1111-4111-8111-111111111111";
        for (base, client_id, is_asked) in [
            ("https://desk-contoso.com", None, false),
            ("https://desk-contoso.com", Some(other), false),
            ("https://desk.contoso.com", Some(CLIENT_ID), true),
            ("http://localhost:8080", None, true),
        ] {
            let chosen = choose(base, client_id, &scope);
            assert_eq!(chosen.is_ok(), is_asked, "{base} {client_id:?}");
        }
        let refused = choose("https://desk-contoso.com", None, &scope).unwrap_err();
        assert_eq!(refused.outcome, Outcome::NotRun);
    }

    #[test]
    fn default_is_not_asked_for_even_when_it_is_given() {
        for (scope, is_explicit) in [
            ("api://x/user_impersonation", true),
            ("https://other.contoso.com/x", true),
            ("api://x/.default", false),
            (".default", false),
        ] {
            assert_eq!(
                check_explicit(scope.to_owned()).is_ok(),
                is_explicit,
                "{scope}"
            );
        }
    }

    #[test]
    fn no_token_is_sent_to_an_address_whose_metadata_is_of_another() {
        let scope = "api://x/user_impersonation";
        for (base, resource, may) in [
            (
                "https://desk.contoso.com",
                "https://desk.contoso.com/api/v1/mcp",
                true,
            ),
            (
                "https://desk-contoso.com",
                "https://desk.contoso.com/api/v1/mcp",
                false,
            ),
            (
                "https://desk.contoso.com:8443",
                "https://desk.contoso.com/api/v1/mcp",
                false,
            ),
            (
                "http://localhost:8080",
                "https://desk.contoso.com/api/v1/mcp",
                true,
            ),
        ] {
            let target = Target::parse(base).unwrap();
            let checked = check_target(&target, Some(&metadata(resource, scope)));
            assert_eq!(checked.is_ok(), may, "{base} {resource}");
        }
        let target = Target::parse("https://desk.contoso.com").unwrap();
        assert!(check_target(&target, None).is_ok(), "MCP is off there");
    }

    #[test]
    fn a_token_of_another_registration_is_not_sent_and_both_are_named() {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let scope = format!("api://{CLIENT_ID}/user_impersonation");
        let other = "11111111-1111-4111-8111-111111111111";
        for (audience, is_sent) in [
            (CLIENT_ID.to_owned(), true),
            (format!("api://{CLIENT_ID}"), true),
            ("https://desk.contoso.com".to_owned(), true),
            (other.to_owned(), false),
            (format!("api://{other}"), false),
        ] {
            let claims = serde_json::json!({ "aud": audience }).to_string();
            let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
            let token = BearerToken::parse(&token).unwrap();
            let named = metadata("https://desk.contoso.com", &scope);
            match compare_registration(&token, Some(&named)) {
                Ok(()) => assert!(is_sent, "{audience}"),
                Err(finding) => {
                    assert!(!is_sent, "{audience}");
                    assert!(finding.found.contains(other) && finding.found.contains(CLIENT_ID));
                }
            }
        }
    }
}
