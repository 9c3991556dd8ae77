//! The deployment that is asked: its base address, and what may be sent there.

use url::Url;

use crate::identity::is_loopback;

/// Endings of addresses that people copy in place of the base address.
const KNOWN_PATHS: [&str; 8] = [
    "/api/v1/mcp",
    "/api/v1/me",
    "/api/v1",
    "/health",
    "/docs",
    "/openapi.json",
    "/openapi.yaml",
    "/.well-known/oauth-protected-resource",
];

/// Says whether text that a server names holds only what addresses and scopes are made of.
///
/// The attack it stops: `$(..)`, a quote or a semicolon in a line that an operator pastes into a shell.
pub(super) fn is_plain(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._~:/-".contains(&byte);
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(is_allowed)
}

/// The base address of a deployment: `http` or `https`, no credentials, query or fragment, no slash at its end.
#[derive(Debug, Clone)]
pub(super) struct Target {
    base: Url,
}

impl Target {
    /// Parses what an operator wrote.
    ///
    /// # Errors
    /// A sentence with the fix.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "write the whole address, such as https://api.contoso.com";
        let mut base = Url::parse(text.trim()).map_err(|_| EXPECTED.to_owned())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none_or(str::is_empty) {
            return Err(EXPECTED.to_owned());
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err("leave user name and password out of the address".to_owned());
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err("leave query and fragment out: the base address is asked for".to_owned());
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        for known in KNOWN_PATHS {
            if let Some(rest) = path.strip_suffix(known) {
                base.set_path(rest);
                return Err(format!(
                    "leave {known} out: the base address is {}",
                    base.as_str().trim_end_matches('/')
                ));
            }
        }
        Ok(Self { base })
    }

    /// The address of a path of the API, such as `/health`.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// Without a slash at its end.
    pub(super) fn as_str(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Says whether the deployment runs on this machine, or is reached through a port of it.
    pub(super) fn is_local(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Says whether a token may be sent there: over http anybody on the way could take it.
    pub(super) fn may_see_tokens(&self) -> bool {
        self.base.scheme() == "https" || self.is_local()
    }

    /// Says whether an address lies at the same scheme, host and port.
    pub(super) fn is_origin_of(&self, url: &Url) -> bool {
        self.base.origin() == url.origin()
    }

    /// Says whether there is no TLS on the way, which only loopback has.
    pub(super) fn is_plain_loopback(&self) -> bool {
        self.base.scheme() == "http" && self.is_local()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_api_stands_below_the_base_address() {
        for (base, url) in [
            ("https://api.contoso.com", "https://api.contoso.com/health"),
            ("https://api.contoso.com/", "https://api.contoso.com/health"),
            (
                "https://contoso.com/desk/",
                "https://contoso.com/desk/health",
            ),
            ("http://[::1]:8080", "http://[::1]:8080/health"),
        ] {
            assert_eq!(Target::parse(base).unwrap().url("/health").as_str(), url);
        }
    }

    #[test]
    fn what_is_no_base_address_is_refused_with_the_fix() {
        for (text, fix) in [
            ("api.contoso.com", "https://api.contoso.com"),
            ("localhost:8080", "https://api.contoso.com"),
            ("ftp://api.contoso.com", "https://api.contoso.com"),
            ("https://user:secret@api.contoso.com", "user name"),
            ("https://api.contoso.com?x=1", "query"),
            (
                "https://a.example/desk/api/v1/mcp/",
                "https://a.example/desk",
            ),
            ("https://a.example/health", "is https://a.example"),
        ] {
            let error = Target::parse(text).unwrap_err();
            assert!(error.contains(fix), "{text}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_token_goes_over_tls_or_to_this_machine_only() {
        for (base, may) in [
            ("https://api.contoso.com", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://api.contoso.com", false),
            ("http://10.0.0.7:8080", false),
            ("http://localhost.evil.example", false),
        ] {
            assert_eq!(Target::parse(base).unwrap().may_see_tokens(), may, "{base}");
        }
    }
}
