//! Entra's own error codes, those that people meet on the way to a token for an API: what they mean here.
//!
//! Source: Microsoft's "Microsoft Entra authentication and authorization error codes"
//! (learn.microsoft.com/entra/identity-platform/reference-error-codes); 9010010, 650053 and 501051 are not listed there and
//! are told by the message that Entra sends with them. Microsoft may change codes: nothing is decided by them.

/// One code: sentences without a full stop.
pub(in crate::cli) struct EntraError {
    /// The digits behind `AADSTS`.
    pub(in crate::cli) code: &'static str,
    /// What Entra says.
    pub(in crate::cli) meaning: &'static str,
    /// What most often leads to it when the aim is a token for this API.
    pub(in crate::cli) cause: &'static str,
    /// What to do, and where.
    pub(in crate::cli) fix: &'static str,
}

/// Where every code can be looked up.
pub(in crate::cli) const LOOKUP_URL: &str = "https://login.microsoftonline.com/error?code=";

/// Finds what is known of a code.
pub(in crate::cli) fn find(code: &str) -> Option<&'static EntraError> {
    TABLE.iter().find(|entry| entry.code == code)
}

const fn entry(
    code: &'static str,
    meaning: &'static str,
    cause: &'static str,
    fix: &'static str,
) -> EntraError {
    EntraError {
        code,
        meaning,
        cause,
        fix,
    }
}

const TABLE: &[EntraError] = &[
    entry(
        "65001",
        "neither the user nor an administrator has consented to this client for this API",
        "the client is not among the API's authorized clients, and asked without showing the consent page; for the Azure CLI \
         this is the usual state of a new registration",
        "API's registration, Expose an API, Authorized client applications: add the client with the scope (the Azure CLI is \
         04b07795-8ddb-461a-bbee-02f9e1bf7b46; `entra-manifest` contains it); or grant consent under the client's API permissions",
    ),
    entry(
        "65004",
        "the user declined consent",
        "Cancel was pressed on the consent page",
        "sign in again and accept, or have an administrator consent",
    ),
    entry(
        "90094",
        "an administrator has to consent",
        "the tenant does not let users consent, or the scope is for administrators",
        "an administrator grants consent under the client's API permissions; or add the client to the API's authorized clients",
    ),
    entry(
        "500011",
        "the API that the scope names is not in this tenant",
        "the App ID URI is misspelt or not set, the sign-in went to another tenant, or the API's registration has no service principal",
        "compare the scope with Expose an API, Application ID URI; name the tenant in the sign-in (`az login --tenant <tenant>`); \
         create the service principal (`az ad sp create --id <client id of the API>`)",
    ),
    entry(
        "9010010",
        "the `resource` parameter does not match the requested scopes",
        "an MCP client sends its server's address as `resource` (RFC 8707), and no App ID URI of the API is that address",
        "add the value of `mcp.resource`, letter by letter, to the API's Application ID URIs and to `auth.app_id_uris` \
         (`entra-manifest --identifier-uri <mcp.resource>`), and advertise scopes below that URI",
    ),
    entry(
        "650053",
        "the client asked for a scope that does not exist on the resource",
        "the scope was sent without the App ID URI, so Entra looked for it at Microsoft Graph \
         (00000003-0000-0000-c000-000000000000), or it is misspelt or disabled",
        "ask for `<App ID URI of this API>/<scope>`; compare the name with Expose an API",
    ),
    entry(
        "650057",
        "the client asked for an API that its registration does not list",
        "the API is missing among the client's API permissions",
        "client's registration, API permissions, Add a permission, My APIs: choose this API and its scope",
    ),
    entry(
        "650056",
        "the client is misconfigured: no permission is listed, or none consented to",
        "the client's API permissions do not name this API, or no administrator has consented",
        "add the permission to the client's registration and grant consent",
    ),
    entry(
        "900144",
        "a parameter is missing from the request's body; the message names it",
        "a request written by hand lacks `grant_type`, `client_id` or `scope`, or sent the body as JSON",
        "send the body as application/x-www-form-urlencoded with the parameter that is named; or leave the request to MSAL or `az`",
    ),
    entry(
        "70011",
        "a scope in the request is not valid",
        "the scope is misspelt, or scopes of several APIs stand in one request",
        "ask for scopes of one API at a time, as `<App ID URI of this API>/<scope>`",
    ),
    entry(
        "28000",
        "the request names scopes of more than one API",
        "scopes of this API and of Microsoft Graph stand in one request",
        "ask for one token for each API",
    ),
    entry(
        "1002012",
        "the scope of a client-credentials request is not valid",
        "an application asked for a delegated scope by name",
        "ask for `<App ID URI of this API>/.default`; what the application gets are the app roles granted to it",
    ),
    entry(
        "501051",
        "the application is not assigned to a role of the API",
        "the API demands an assignment, and this application has none",
        "grant an app role: the application's API permissions, Application permissions, with admin consent; for a managed \
         identity an app-role assignment through Microsoft Graph",
    ),
    entry(
        "50105",
        "the user is not assigned to a role of the API",
        "the API demands an assignment, and this person has none",
        "Enterprise applications, the API, Users and groups: assign the person or a group, with a role",
    ),
    entry(
        "50011",
        "the redirect address is not registered",
        "the address in the request differs from those of the client's registration, in one letter, the port or the platform",
        "client's registration, Authentication: add the address exactly as it is sent, under the platform that is used",
    ),
    entry(
        "50020",
        "the account does not exist in this tenant",
        "somebody signed in with an account of another tenant",
        "sign in with an account of this tenant, or invite the person as a guest",
    ),
    entry(
        "50076",
        "multifactor authentication is needed",
        "a policy asks for it, and the token was asked for silently",
        "sign in anew with the scope (`az login --tenant <tenant> --scope <App ID URI of this API>/.default`)",
    ),
    entry(
        "53003",
        "a Conditional Access policy forbids the token",
        "device, place or client do not meet a policy of the tenant",
        "find the policy in the sign-in log of the tenant, under Conditional Access",
    ),
    entry(
        "50194",
        "the registration is for one tenant, and `/common` was asked",
        "the client's authority is `common` or `organizations`",
        "set the client's authority to `<authority>/<tenant>`",
    ),
    entry(
        "90002",
        "there is no such tenant in this cloud",
        "the tenant id is mistyped, or it lives in another national cloud",
        "compare `AZURE_TENANT_ID` with the tenant's overview page, and `auth.authority` with its cloud",
    ),
    entry(
        "700016",
        "the client's registration is not in this tenant",
        "the client id is mistyped, or the sign-in went to another tenant",
        "compare client id and tenant; a client of another tenant needs a service principal in this one",
    ),
    entry(
        "7000215",
        "the client secret is wrong",
        "the secret's id was copied in place of its value, or it was replaced",
        "make a new secret and copy its value; better, use a managed identity or a federated credential",
    ),
    entry(
        "7000222",
        "the client secret has expired",
        "secrets end after at most two years",
        "make a new one; better, use a managed identity or a federated credential",
    ),
    entry(
        "700082",
        "the refresh token has expired",
        "nobody used it for a long time",
        "sign in again (`az login --tenant <tenant>`)",
    ),
    entry(
        "500133",
        "the token that was handed on has expired",
        "an on-behalf-of request was made with a token that had ended",
        "ask for a new token before handing it on",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_stands_once_and_says_cause_and_fix() {
        let codes: BTreeSet<_> = TABLE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes.len(), TABLE.len());
        for entry in TABLE {
            assert!(entry.code.bytes().all(|byte| byte.is_ascii_digit()));
            for sentence in [entry.meaning, entry.cause, entry.fix] {
                assert!(
                    sentence.len() > 8 && !sentence.ends_with('.'),
                    "{}",
                    entry.code
                );
            }
        }
        for code in ["65001", "500011", "9010010", "650053", "900144"] {
            assert!(find(code).is_some(), "{code}");
        }
        assert!(find("1").is_none());
    }
}
