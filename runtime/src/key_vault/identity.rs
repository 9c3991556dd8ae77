//! As whom the vault is asked, and the token that proves it.
//!
//! Which identity it is follows from the configuration alone, and none stands in for another: an identity that is tried
//! because the first one failed is how a service reads with rights that nobody gave it.

use std::fmt;
use std::io;
use std::process::Output;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::attempts::{Attempt, ask};
use super::failure::IdentityFailure;
use super::pod::Pod;
use super::wire::Wire;
use crate::azure_cli::{self, AzureCliError};
use crate::config::SecretText;
use crate::managed_identity::{ManagedIdentity, ManagedIdentityError};

/// Who this service is in Azure. Prints as an operator would name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The token of a pod is exchanged for one of its identity.
    Workload(Pod),
    /// `None` is the system-assigned one. Without an endpoint the metadata service is asked.
    Managed {
        client_id: Option<Uuid>,
        endpoint: Option<(Url, SecretText)>,
    },
    /// Whoever is signed in with `az login`.
    Developer,
}

impl Identity {
    /// Gets a token that is issued for `audience`.
    ///
    /// # Errors
    /// [`IdentityFailure`], at the latest after `timeout`.
    pub(super) async fn token(
        &self,
        audience: &str,
        timeout: Duration,
        wire: &Wire,
    ) -> Result<SecretText, IdentityFailure> {
        match self {
            Identity::Managed {
                client_id,
                endpoint,
            } => {
                let identity = ManagedIdentity::build(*client_id, endpoint.clone(), audience)
                    .map_err(|_| IdentityFailure::Client)?;
                ask_managed(&identity, timeout).await
            }
            Identity::Workload(pod) => pod.exchange(&scope_of(audience), timeout, wire).await,
            Identity::Developer => ask_developer(&scope_of(audience), timeout).await,
        }
    }

    /// The client id to grant roles to, where one is known.
    pub(crate) fn client_id(&self) -> Option<Uuid> {
        match self {
            Identity::Workload(pod) => Some(pod.client_id),
            Identity::Managed { client_id, .. } => *client_id,
            Identity::Developer => None,
        }
    }
}

fn scope_of(audience: &str) -> String {
    format!("{audience}/.default")
}

/// Asks until there is an answer that will not change, or until the time is over.
async fn ask_managed(
    identity: &ManagedIdentity,
    timeout: Duration,
) -> Result<SecretText, IdentityFailure> {
    ask(
        timeout,
        IdentityFailure::TimedOut,
        async || match identity.token().await {
            Err(error) if error.may_pass() => Attempt::MayPass {
                error: error.into(),
                wait: None,
            },
            Err(error) => Attempt::Final(Err(error.into())),
            Ok(token) => {
                let unreadable = IdentityFailure::Managed(ManagedIdentityError::Unreadable);
                Attempt::Final(accept_token(&token.0).ok_or(unreadable))
            }
        },
    )
    .await
}

async fn ask_developer(scope: &str, timeout: Duration) -> Result<SecretText, IdentityFailure> {
    match azure_cli::get_access_token(scope, timeout).await {
        Ok(output) => read_token(&output).map_err(IdentityFailure::Developer),
        Err(AzureCliError::NotStarted(error)) if error.kind() == io::ErrorKind::NotFound => {
            Err(IdentityFailure::Developer("it is not on PATH".to_owned()))
        }
        Err(AzureCliError::NotStarted(error)) => Err(IdentityFailure::Developer(format!(
            "it cannot be started: {}",
            error.kind()
        ))),
        Err(AzureCliError::TimedOut) => Err(IdentityFailure::TimedOut),
    }
}

/// # Errors
/// What `az` means, in words of our own.
fn read_token(output: &Output) -> Result<SecretText, String> {
    if !output.status.success() {
        return Err(judge_az(&String::from_utf8_lossy(&output.stderr)));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    accept_token(said.trim()).ok_or_else(|| "what it writes is no token".to_owned())
}

/// A text that can stand in a header (RFC 6750 section 2.1); anything else would be a fault of each request with it.
pub(super) fn accept_token(text: &str) -> Option<SecretText> {
    let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_token.then(|| SecretText(text.to_owned()))
}

/// `AADSTS700016` of a long sentence.
pub(super) fn find_entra_code(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("AADSTS")?;
    let digits: String = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .take(12)
        .collect();
    (!digits.is_empty()).then(|| format!("AADSTS{digits}"))
}

/// What `az` means, in words of our own: its sentences may name the person who is signed in.
fn judge_az(text: &str) -> String {
    if let Some(code) = find_entra_code(text) {
        return format!("Entra refuses with {code}");
    }
    match text.contains("az login") {
        true => "nobody is signed in".to_owned(),
        false => "it fails".to_owned(),
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identity::Workload(pod) => {
                write!(formatter, "the workload identity {}", pod.client_id)
            }
            Identity::Managed {
                client_id: Some(client_id),
                ..
            } => write!(formatter, "the identity {client_id}"),
            Identity::Managed {
                client_id: None, ..
            } => formatter.write_str(
                "the system-assigned identity of this host (AZURE_CLIENT_ID is not set)",
            ),
            Identity::Developer => formatter.write_str("whoever is signed in with `az login`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{find_entra_code, judge_az};

    #[test]
    fn the_code_of_entra_is_found_in_its_sentence() {
        let text = "{\"error_description\":\"AADSTS700016: Application ..\"}";
        assert_eq!(find_entra_code(text).as_deref(), Some("AADSTS700016"));
        assert_eq!(find_entra_code("AADSTS: none"), None);
        assert_eq!(find_entra_code("invalid_client"), None);
    }

    #[test]
    fn what_az_says_is_told_without_the_person_it_names() {
        let table = [
            (
                "Please run 'az login' to setup account.",
                "nobody is signed in",
            ),
            (
                "AADSTS50173: ada@contoso.com must sign in. Run az login --scope x",
                "Entra refuses with AADSTS50173",
            ),
            (
                "ERROR: ada@contoso.com has no subscription\nhunter2",
                "it fails",
            ),
        ];
        for (said, told) in table {
            assert_eq!(judge_az(said), told, "{said}");
        }
    }
}
