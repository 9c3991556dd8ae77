//! The address of a vault: which hosts are vaults, and what a token for one is issued for.

use std::fmt;

use url::Url;

use super::reference::SecretReference;
use crate::config::Environment;
use crate::identity::is_loopback;

/// The domains of Key Vault in the public cloud, in China and for the government of the United States.
const DOMAINS: [&str; 3] = [
    "vault.azure.net",
    "vault.azure.cn",
    "vault.usgovcloudapi.net",
];

/// Every cloud has it.
const API_VERSION: &str = "api-version=7.4";

/// Where a vault is. Prints as its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VaultAddress {
    url: Url,
    domain: &'static str,
}

/// Which hosts may stand for a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emulators {
    /// One on this machine too; in dev and test.
    Allowed,
    Refused,
}

impl Emulators {
    pub(crate) const fn of(environment: Environment) -> Self {
        if environment.is_local() {
            Emulators::Allowed
        } else {
            Emulators::Refused
        }
    }
}

impl VaultAddress {
    /// Takes the address of a vault.
    ///
    /// # Errors
    /// A sentence when it is none.
    ///
    /// # Security
    /// A vault is sent a token that reads every secret of this service. A host that is no vault, named by mistake or by
    /// somebody who may write settings but not read secrets, must not get it.
    pub(crate) fn parse(url: &Url, emulators: Emulators) -> Result<Self, String> {
        if url.scheme() != "https" {
            return Err("a vault is spoken to over https only".to_owned());
        }
        if url.path() != "/" {
            return Err(
                "the address of a vault has no path; which secret is read stands in key_vault.secrets"
                    .to_owned(),
            );
        }
        let host = url.host_str().unwrap_or_default();
        let in_azure = DOMAINS.into_iter().find(|domain| {
            let name = host
                .strip_suffix(domain)
                .and_then(|it| it.strip_suffix('.'));
            name.is_some_and(is_vault_name) && url.port().is_none()
        });
        match in_azure {
            Some(domain) => Ok(Self {
                url: url.clone(),
                domain,
            }),
            None if emulators == Emulators::Allowed && is_loopback(url) => Ok(Self {
                url: url.clone(),
                domain: DOMAINS[0],
            }),
            None => Err(format!("{host} is not the host of a vault")),
        }
    }

    /// Where a secret is read.
    pub(super) fn secret(&self, reference: &SecretReference) -> Url {
        let mut url = self.url.clone();
        let version = reference.version.as_deref().unwrap_or_default();
        url.set_path(&format!("secrets/{}/{version}", reference.name));
        url.set_query(Some(API_VERSION));
        url
    }

    /// What a token for this vault is issued for.
    pub(crate) fn audience(&self) -> String {
        format!("https://{}", self.domain)
    }
}

impl fmt::Display for VaultAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.url.host_str().unwrap_or_default())?;
        match self.url.port() {
            Some(port) => write!(formatter, ":{port}"),
            None => Ok(()),
        }
    }
}

/// Letters, digits and hyphens, one label.
fn is_vault_name(name: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (3..=24).contains(&name.len()) && name.bytes().all(is_good)
}

#[cfg(test)]
mod tests {
    use super::{Emulators, VaultAddress};

    #[test]
    fn a_token_for_the_vault_is_sent_to_vaults_only() {
        let table = [
            ("https://desk.vault.azure.net", true),
            ("https://desk-2.vault.azure.cn", true),
            ("https://desk.vault.usgovcloudapi.net", true),
            ("http://desk.vault.azure.net", false),
            ("https://desk.vault.azure.net:8443", false),
            ("https://desk.vault.azure.net/secrets/a", false),
            ("https://vault.azure.net", false),
            ("https://.vault.azure.net", false),
            ("https://desk.vault.azure.net.contoso.com", false),
            ("https://deskvault.azure.net", false),
            ("https://a.desk.vault.azure.net", false),
            ("https://evil.example/?desk.vault.azure.net", false),
            ("https://127.0.0.1:8443", false),
            ("https://localhost", false),
        ];
        for (url, is_good) in table {
            let parsed = VaultAddress::parse(&url.parse().unwrap(), Emulators::Refused);
            assert_eq!(parsed.is_ok(), is_good, "{url}: {parsed:?}");
        }
    }

    #[test]
    fn an_emulator_on_this_machine_is_a_vault_where_that_is_allowed() {
        for (url, is_good) in [
            ("https://127.0.0.1:8443", true),
            ("https://localhost:8443", true),
            ("https://[::1]:8443", true),
            ("http://127.0.0.1:8443", false),
            ("https://10.0.0.1:8443", false),
        ] {
            let parsed = VaultAddress::parse(&url.parse().unwrap(), Emulators::Allowed);
            assert_eq!(parsed.is_ok(), is_good, "{url}: {parsed:?}");
        }
    }

    #[test]
    fn a_token_is_issued_for_the_domain_of_the_vault() {
        let audience = |url: &str| {
            let address = VaultAddress::parse(&url.parse().unwrap(), Emulators::Allowed);
            address.unwrap().audience()
        };
        assert_eq!(
            audience("https://desk.vault.azure.cn"),
            "https://vault.azure.cn"
        );
        assert_eq!(audience("https://localhost:1"), "https://vault.azure.net");
    }
}
