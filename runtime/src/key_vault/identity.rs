//! As whom the vault is asked, and the token that proves it.
//!
//! Which identity it is follows from the configuration alone, and none stands in for another: an identity that is tried
//! because the first one failed is how a service reads with rights that nobody gave it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, Transport};
use azure_identity::{
    AzureCliCredential, ClientAssertionCredentialOptions, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};
use url::Url;
use uuid::Uuid;

use super::failure::IdentityFailure;
use super::wire::{Last, Trouble, Wire};
use crate::config::{SecretText, read_secret_file};
use crate::managed_identity::{ManagedIdentity, ManagedIdentityError};

/// The first pause between two attempts, and the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

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

/// A pod with a projected service-account token, and the identity that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pod {
    pub(crate) tenant_id: Uuid,
    pub(crate) client_id: Uuid,
    pub(crate) token_file: PathBuf,
    pub(crate) authority_host: Url,
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
        client: &reqwest::Client,
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
            Identity::Workload(pod) => pod.exchange(audience, timeout, client).await,
            Identity::Developer => {
                let credential =
                    AzureCliCredential::new(None).map_err(|_| IdentityFailure::Client)?;
                ask(&*credential, audience, timeout)
                    .await
                    .map_err(|error| match error {
                        Some(error) => IdentityFailure::Developer(judge_az(&error.to_string())),
                        None => IdentityFailure::TimedOut,
                    })
            }
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

impl Pod {
    async fn exchange(
        &self,
        audience: &str,
        timeout: Duration,
        client: &reqwest::Client,
    ) -> Result<SecretText, IdentityFailure> {
        read_secret_file(&self.token_file).map_err(IdentityFailure::TokenFile)?;
        let wire = Arc::new(Wire::new(client.clone()));
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = self.authority_host.to_string();
        let credential_options = ClientAssertionCredentialOptions {
            client_options: ClientOptions {
                transport: Some(Transport::new(wire.clone())),
                cloud: Some(Arc::new(cloud.into())),
                ..ClientOptions::default()
            },
        };
        // Everything is said here: what is left out the SDK would take from the process's environment.
        let options = WorkloadIdentityCredentialOptions {
            credential_options,
            client_id: Some(self.client_id.to_string()),
            tenant_id: Some(self.tenant_id.to_string()),
            token_file_path: Some(self.token_file.clone()),
        };
        let credential =
            WorkloadIdentityCredential::new(Some(options)).map_err(|_| IdentityFailure::Client)?;
        ask(&*credential, audience, timeout)
            .await
            .map_err(|error| judge_exchange(error, &wire.last()))
    }
}

/// Asks until there is an answer that will not change, or until the time is over.
async fn ask_managed(
    identity: &ManagedIdentity,
    timeout: Duration,
) -> Result<SecretText, IdentityFailure> {
    let mut last = None;
    let asking = async {
        let mut pause = PAUSE;
        loop {
            match identity.token().await {
                Err(error) if error.may_pass() => last = Some(error),
                other => return other,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    };
    let answer = tokio::time::timeout(timeout, asking).await;
    match answer {
        Ok(answer) => answer.map_err(IdentityFailure::Managed),
        Err(_) => Err(match last {
            Some(ManagedIdentityError::TimedOut) | None => IdentityFailure::TimedOut,
            Some(error) => IdentityFailure::Managed(error),
        }),
    }
}

/// `None` when the time is over.
async fn ask(
    credential: &dyn TokenCredential,
    audience: &str,
    timeout: Duration,
) -> Result<SecretText, Option<azure_core::Error>> {
    let scope = format!("{audience}/.default");
    let scopes = [scope.as_str()];
    let asking = credential.get_token(&scopes, None);
    match tokio::time::timeout(timeout, asking).await {
        Ok(Ok(token)) => Ok(SecretText(token.token.secret().to_owned())),
        Ok(Err(error)) => Err(Some(error)),
        Err(_) => Err(None),
    }
}

fn judge_exchange(error: Option<azure_core::Error>, last: &Last) -> IdentityFailure {
    match (error, last) {
        (_, Last::Trouble(Trouble::UnknownHost)) => {
            IdentityFailure::AuthorityUnreachable("its host is unknown".to_owned())
        }
        (_, Last::Trouble(Trouble::Certificate)) => {
            IdentityFailure::AuthorityUnreachable("its certificate is not trusted".to_owned())
        }
        (_, Last::Trouble(Trouble::Unreachable(words))) => {
            IdentityFailure::AuthorityUnreachable(words.clone())
        }
        (Some(error), Last::Answer { .. } | Last::Nothing | Last::Oversized) => {
            IdentityFailure::Exchange(find_entra_code(&error.to_string()))
        }
        (None, Last::Answer { status, .. }) => {
            IdentityFailure::AuthorityUnreachable(format!("its last answer is {status}"))
        }
        (None, Last::Nothing | Last::Oversized) => IdentityFailure::TimedOut,
    }
}

/// `AADSTS700016` of a long sentence.
fn find_entra_code(text: &str) -> Option<String> {
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
    let known = [
        ("not found on PATH", "it is not on PATH"),
        ("az login", "nobody is signed in"),
        ("2.54.0 or newer", "it is older than 2.54.0"),
    ];
    let known = known.iter().find(|(sign, _)| text.contains(sign));
    known.map_or("it fails", |(_, words)| words).to_owned()
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
        let text = "WorkloadIdentityCredential authentication failed. AADSTS700016: Application ..";
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
            ("az not found on PATH", "it is not on PATH"),
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
            let said = format!("AzureCliCredential authentication failed. {said}");
            assert_eq!(judge_az(&said), told, "{said}");
        }
    }
}
