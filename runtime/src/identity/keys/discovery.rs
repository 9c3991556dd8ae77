//! The discovery document: does it speak for the expected issuer, and may its key document be fetched?
//!
//! Invariant: key material is only ever asked from the authority's own origin. A discovery answer that points
//! elsewhere would let whoever controls "elsewhere" sign tokens for us.

use url::{Host, Url};

use crate::config::Environment;
use crate::identity::json::{Json, Object};

/// What a discovery document says about keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Discovery {
    pub(super) keys_url: Url,
    pub(super) cloud_instance_name: Option<String>,
}

/// Why a discovery document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DiscoveryError {
    #[error("not a discovery document")]
    NotADiscoveryDocument,
    #[error("its issuer is not the expected one")]
    IssuerMismatch,
    #[error("its jwks_uri is not on the authority's origin over https")]
    KeysUrlElsewhere,
}

/// Reads the v2 discovery document.
pub(super) fn parse_discovery(
    document: &Json,
    issuer: &str,
    authority: &Url,
    environment: Environment,
) -> Result<Discovery, DiscoveryError> {
    let document = object_of(document)?;
    if text_of(document, "issuer")? != issuer {
        return Err(DiscoveryError::IssuerMismatch);
    }
    let cloud_instance_name = match document.get("cloud_instance_name") {
        None => None,
        Some(_) => Some(text_of(document, "cloud_instance_name")?.to_owned()),
    };
    Ok(Discovery {
        keys_url: parse_keys_url(text_of(document, "jwks_uri")?, authority, environment)?,
        cloud_instance_name,
    })
}

/// Reads the issuer of the v1 discovery document. It differs by cloud, so it cannot be written here;
/// it must be a URL that has the tenant's id as a segment of its path.
pub(super) fn parse_v1_issuer(document: &Json, tenant_id: &str) -> Result<String, DiscoveryError> {
    let issuer = text_of(object_of(document)?, "issuer")?;
    let names_tenant = Url::parse(issuer).is_ok_and(|url| {
        url.path_segments()
            .is_some_and(|mut segments| segments.any(|segment| segment == tenant_id))
    });
    match names_tenant {
        true => Ok(issuer.to_owned()),
        false => Err(DiscoveryError::IssuerMismatch),
    }
}

fn object_of(document: &Json) -> Result<&Object, DiscoveryError> {
    match document {
        Json::Object(object) if !object.has_duplicate() => Ok(object),
        Json::Object(_)
        | Json::Null
        | Json::Bool(_)
        | Json::Whole(_)
        | Json::OtherNumber
        | Json::String(_)
        | Json::Array(_) => Err(DiscoveryError::NotADiscoveryDocument),
    }
}

fn text_of<'a>(document: &'a Object, name: &str) -> Result<&'a str, DiscoveryError> {
    document
        .get(name)
        .and_then(Json::as_str)
        .ok_or(DiscoveryError::NotADiscoveryDocument)
}

fn parse_keys_url(
    text: &str,
    authority: &Url,
    environment: Environment,
) -> Result<Url, DiscoveryError> {
    let url = Url::parse(text).map_err(|_| DiscoveryError::KeysUrlElsewhere)?;
    let is_safe = url.scheme() == "https" || is_local_http(&url, environment);
    let has_user = !url.username().is_empty() || url.password().is_some();
    if is_safe && !has_user && url.origin() == authority.origin() {
        Ok(url)
    } else {
        Err(DiscoveryError::KeysUrlElsewhere)
    }
}

fn is_local_http(url: &Url, environment: Environment) -> bool {
    environment.is_local() && url.scheme() == "http" && is_loopback(url)
}

/// Says whether a URL's host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://login.example/t/v2.0";

    fn parse(
        authority: &str,
        environment: Environment,
        document: &str,
    ) -> Result<Discovery, DiscoveryError> {
        let document = Json::parse(document.as_bytes()).unwrap();
        parse_discovery(
            &document,
            ISSUER,
            &Url::parse(authority).unwrap(),
            environment,
        )
    }

    #[test]
    fn the_key_document_must_lie_on_the_authoritys_origin() {
        use Environment::{Dev, Prod, Test};
        let https = "https://login.example";
        let http = "http://127.0.0.1:9100";
        let table = [
            (
                "same host",
                https,
                Prod,
                "https://login.example/t/keys",
                true,
            ),
            (
                "explicit default port",
                https,
                Prod,
                "https://login.example:443/keys",
                true,
            ),
            (
                "another host",
                https,
                Prod,
                "https://evil.example/keys",
                false,
            ),
            (
                "a longer host",
                https,
                Prod,
                "https://login.example.evil.example/keys",
                false,
            ),
            (
                "a subdomain",
                https,
                Prod,
                "https://keys.login.example/keys",
                false,
            ),
            (
                "another port",
                https,
                Prod,
                "https://login.example:8443/keys",
                false,
            ),
            (
                "user trick",
                https,
                Prod,
                "https://login.example@evil.example/keys",
                false,
            ),
            (
                "user information",
                https,
                Prod,
                "https://a:b@login.example/keys",
                false,
            ),
            (
                "plain http",
                https,
                Prod,
                "http://login.example/keys",
                false,
            ),
            (
                "plain http in dev",
                https,
                Dev,
                "http://login.example/keys",
                false,
            ),
            ("a file", https, Prod, "file:///etc/keys", false),
            ("relative", https, Prod, "/keys", false),
            (
                "loopback http in test",
                http,
                Test,
                "http://127.0.0.1:9100/keys",
                true,
            ),
            (
                "loopback http in prod",
                http,
                Prod,
                "http://127.0.0.1:9100/keys",
                false,
            ),
            (
                "loopback, another port",
                http,
                Test,
                "http://127.0.0.1:9200/keys",
                false,
            ),
            (
                "loopback by name",
                http,
                Test,
                "http://localhost:9100/keys",
                false,
            ),
        ];
        for (name, authority, environment, url, accepted) in table {
            let document = format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{url}"}}"#);
            let result = parse(authority, environment, &document);
            match accepted {
                true => assert!(result.is_ok(), "{name}"),
                false => assert_eq!(result, Err(DiscoveryError::KeysUrlElsewhere), "{name}"),
            }
        }
    }

    #[test]
    fn the_discovery_issuer_must_be_the_expected_one() {
        let keys = r#""jwks_uri":"https://login.example/keys""#;
        let table = [
            (
                "another",
                format!(r#"{{"issuer":"https://evil.example/",{keys}}}"#),
            ),
            (
                "trailing slash",
                format!(r#"{{"issuer":"{ISSUER}/",{keys}}}"#),
            ),
            (
                "template",
                format!(r#"{{"issuer":"https://login.example/{{tenantid}}/v2.0",{keys}}}"#),
            ),
        ];
        for (name, document) in table {
            let result = parse("https://login.example", Environment::Prod, &document);
            assert_eq!(result, Err(DiscoveryError::IssuerMismatch), "{name}");
        }
        let table = [
            ("absent", format!("{{{keys}}}")),
            ("list", format!(r#"{{"issuer":["{ISSUER}"],{keys}}}"#)),
            (
                "twice",
                format!(r#"{{"issuer":"{ISSUER}","issuer":"{ISSUER}",{keys}}}"#),
            ),
            ("no object", "[]".to_owned()),
        ];
        for (name, document) in table {
            let result = parse("https://login.example", Environment::Prod, &document);
            assert_eq!(result, Err(DiscoveryError::NotADiscoveryDocument), "{name}");
        }
    }

    #[test]
    fn the_v1_issuer_must_name_the_tenant() {
        let read = |issuer: &str| {
            let document = Json::parse(format!(r#"{{"issuer":"{issuer}"}}"#).as_bytes()).unwrap();
            parse_v1_issuer(&document, "11111111-1111-4111-8111-111111111111")
        };
        assert!(read("https://sts.windows.net/11111111-1111-4111-8111-111111111111/").is_ok());
        assert!(read("https://sts.windows.net/22222222-1111-4111-8111-111111111111/").is_err());
        assert!(read("https://sts.windows.net/{tenantid}/").is_err());
        assert!(read("11111111-1111-4111-8111-111111111111").is_err());
    }
}
