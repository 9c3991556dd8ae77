//! Why a secret could not be read.

use super::Words;
use crate::config::key_vault::plan::{Entry, Plan};
use crate::key_vault::{Identity, NoAnswer, SecretFailure};

const NO_VAULT: &str = "something else may stand there, or between, such as a proxy";
const REACH_THE_VAULT: &str = "correct key_vault.url, or let this host reach the vault directly";

pub(super) fn describe(plan: &Plan, entry: &Entry, failure: &SecretFailure) -> Words {
    let (vault, secret) = (&plan.address, &entry.reference);
    match failure {
        SecretFailure::NotAllowed(codes) => Words::new(
            format!(
                "{} may not read secret {secret} in vault {vault}",
                plan.identity
            ),
            format!("the vault answers 403 ({codes})"),
            grant(&plan.identity),
        ),
        SecretFailure::NotFound => Words::new(
            format!("secret {secret} is not in vault {vault}"),
            "a key that is mapped must have its value",
            format!(
                "create it (az keyvault secret set --vault-name <vault> --name {} --file <file>), correct its name in \
                 key_vault.secrets, or put a `?` behind it if it may be absent",
                secret.name
            ),
        ),
        SecretFailure::Disabled => Words::new(
            format!("secret {secret} in vault {vault} is disabled"),
            "somebody has taken this version out of use",
            "enable it, or set a new version",
        ),
        SecretFailure::Empty => Words::new(
            format!("secret {secret} in vault {vault} is empty"),
            "an empty password is nobody's intention",
            "set a new version with the value, or take the key out of key_vault.secrets",
        ),
        SecretFailure::Unreadable => Words::new(
            format!("what {vault} answers for secret {secret} is no secret"),
            NO_VAULT,
            REACH_THE_VAULT,
        ),
        SecretFailure::Oversized => Words::new(
            format!("what {vault} answers for secret {secret} is too large for a secret"),
            "a secret has at most 25 KiB",
            REACH_THE_VAULT,
        ),
        SecretFailure::NoAnswer(cause) => describe_no_answer(plan, cause),
        SecretFailure::Firewall => Words::new(
            format!("vault {vault} does not let this host in"),
            "its network rules list who may connect, and this host is not among them",
            "connect by the vault's private endpoint, or add this network to its firewall",
        ),
        SecretFailure::TokenRefused(codes) => Words::new(
            format!("vault {vault} does not take the token of {}", plan.identity),
            format!("the vault answers 401 ({codes}); usually it belongs to another tenant"),
            "use an identity of the vault's tenant, or correct key_vault.url",
        ),
        SecretFailure::ForeignChallenge => Words::new(
            format!("{vault} asks for a token that is for no vault"),
            "it would use that token elsewhere, so it gets none",
            "correct key_vault.url, and find out what answers there",
        ),
        SecretFailure::Refused(status) => Words::new(
            format!("{vault} answers {status}, as no vault does"),
            NO_VAULT,
            REACH_THE_VAULT,
        ),
    }
}

fn describe_no_answer(plan: &Plan, cause: &NoAnswer) -> Words {
    let (vault, timeout) = (&plan.address, plan.timeout);
    match cause {
        NoAnswer::UnknownHost => Words::new(
            format!("the host of vault {vault} is unknown"),
            "its name has no address here",
            "correct key_vault.url; a vault with a private endpoint is found from its own network only",
        ),
        NoAnswer::Certificate => Words::new(
            format!("the certificate of vault {vault} is not trusted"),
            "something between may have answered, such as a proxy that looks into connections",
            "leave the vault out of that proxy, or name its root certificate in SSL_CERT_FILE",
        ),
        NoAnswer::Unreachable(words) => Words::new(
            format!("vault {vault} cannot be reached"),
            words,
            "let this host reach it on port 443, directly or by HTTPS_PROXY",
        ),
        NoAnswer::Busy(status) => Words::new(
            format!("vault {vault} gives no secret within {timeout:?}"),
            format!("its last answer is {status}"),
            "the next start or reading asks again; if it goes on, raise key_vault.timeout, or give this service a vault of its own",
        ),
        NoAnswer::Silent => Words::new(
            format!("vault {vault} does not answer within {timeout:?}"),
            "each secret has this long, repetitions included",
            "let this host reach it on port 443, or raise key_vault.timeout",
        ),
    }
}

fn grant(identity: &Identity) -> String {
    let assignee = match identity.client_id() {
        Some(client_id) => client_id.to_string(),
        None => "<its object id>".to_owned(),
    };
    format!(
        "grant it Key Vault Secrets User: az role assignment create --role \"Key Vault Secrets User\" --assignee {assignee} \
         --scope <resource id of the vault>; it takes effect within minutes"
    )
}
