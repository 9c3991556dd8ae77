//! Why the identity got no token.

use super::Words;
use crate::config::key_vault::plan::Plan;
use crate::key_vault::{Identity, IdentityFailure};
use crate::managed_identity::ManagedIdentityError;

const OF_THE_PLATFORM: &str =
    "managed identities are handed out by the platform that the service runs on";

pub(super) fn describe(plan: &Plan, failure: &IdentityFailure) -> Words {
    let identity = &plan.identity;
    match failure {
        IdentityFailure::Managed(error) => describe_managed(plan, error),
        IdentityFailure::TimedOut => Words::new(
            format!("no token of {identity} within {:?}", plan.identity_timeout),
            "the vault is asked with a token of the identity",
            format!(
                "{}, or raise azure.identity_timeout",
                where_identities_are(plan)
            ),
        ),
        IdentityFailure::TokenFile(reason) => Words::new(
            format!("AZURE_FEDERATED_TOKEN_FILE: {reason}"),
            "the pod's token is exchanged for one of the identity",
            "mount the projected service-account token, readable for the user the server runs as",
        ),
        IdentityFailure::Exchange(code) => describe_exchange(identity, code.as_deref()),
        IdentityFailure::AuthorityUnreachable(reason) => Words::new(
            format!("azure.authority_host gives no token of {identity}: {reason}"),
            "the pod's token is exchanged there for one of the identity",
            "let the pod reach it, or correct AZURE_AUTHORITY_HOST",
        ),
        IdentityFailure::Developer(said) => Words::new(
            format!("`az` gives no token: {said}"),
            "azure.developer_credentials is on, and no managed or workload identity is set",
            "run `az login` with an account that may read the vault (`az account get-access-token --scope \
             https://vault.azure.net/.default` shows why it fails), or set the values by variables",
        ),
        IdentityFailure::Client => Words::new(
            "this machine cannot make HTTPS connections",
            "Key Vault is spoken to over HTTPS only",
            "install root certificates, or name them in SSL_CERT_FILE",
        ),
    }
}

fn describe_managed(plan: &Plan, error: &ManagedIdentityError) -> Words {
    let identity = &plan.identity;
    let no_token = format!("no token of {identity}: {error}");
    match error {
        ManagedIdentityError::NotAssigned => Words::new(
            format!("AZURE_CLIENT_ID names {identity}, which is not assigned to this host"),
            "a host gives tokens of its own identities only; the client id of an app registration is never one of them",
            "assign the user-assigned identity to this host, or set AZURE_CLIENT_ID to the client id of one that is; \
             unset it for the system-assigned identity",
        ),
        ManagedIdentityError::NoneAssigned => Words::new(
            "AZURE_CLIENT_ID is not set, and this host has no system-assigned identity",
            "without AZURE_CLIENT_ID the system-assigned identity is asked for",
            "set AZURE_CLIENT_ID to the client id of the host's user-assigned identity, or switch the system-assigned one on",
        ),
        ManagedIdentityError::Ambiguous => Words::new(
            "AZURE_CLIENT_ID is not set, and this host has several identities",
            "which of them is meant would be a guess",
            "set AZURE_CLIENT_ID to the client id of the one that may read the vault",
        ),
        ManagedIdentityError::Unreachable | ManagedIdentityError::TimedOut => {
            Words::new(no_token, OF_THE_PLATFORM, where_identities_are(plan))
        }
        ManagedIdentityError::Refused(_) => Words::new(
            no_token,
            OF_THE_PLATFORM,
            "look at the host's identities; 401 and 403 mean that IDENTITY_HEADER is not the platform's",
        ),
        ManagedIdentityError::Oversized | ManagedIdentityError::Unreadable => Words::new(
            no_token,
            "something else answers where the platform hands out managed identities",
            "leave IDENTITY_ENDPOINT and IDENTITY_HEADER to the platform",
        ),
    }
}

fn where_identities_are(plan: &Plan) -> &'static str {
    if plan.is_local {
        "on your own machine set azure.developer_credentials, unset AZURE_CLIENT_ID and IDENTITY_ENDPOINT, and run `az login`; \
         or set the values by variables"
    } else {
        "run where the platform gives the service an identity: Container Apps, App Service, a virtual machine, or AKS \
         with workload identity"
    }
}

fn describe_exchange(identity: &Identity, code: Option<&str>) -> Words {
    let fix = match code {
        Some("AADSTS700016") => {
            "set AZURE_CLIENT_ID to an identity of the tenant in AZURE_TENANT_ID; it is the identity's, never the app registration's"
        }
        Some("AADSTS70021" | "AADSTS700211" | "AADSTS700212" | "AADSTS700213") => {
            "give the identity a federated credential for this cluster's issuer and this service account"
        }
        Some("AADSTS90002") => "set AZURE_TENANT_ID to the tenant of the identity",
        Some(_) | None => {
            "look the code up at https://login.microsoftonline.com/error; compare the identity's federated credential with this \
             service account"
        }
    };
    let code = code.unwrap_or("no code");
    Words::new(
        format!("Entra does not exchange the pod's token for one of {identity} ({code})"),
        "a federated credential of the identity says which service account may stand for it",
        fix,
    )
}
