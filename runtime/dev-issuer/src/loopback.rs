//! What counts as this machine in `Host` and `Origin`.
//!
//! Stops DNS rebinding: a page of the open web that made its own name point here is neither answered nor, as an
//! `Origin`, allowed to read a token.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::uri::Authority;
use http::{HeaderValue, StatusCode, header};
use url::{Host, Url};

use crate::oauth_error::OAuthError;

/// Answers only requests whose `Host` is a loopback one.
pub(crate) async fn refuse_foreign_hosts(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    if host.is_some_and(is_loopback_host) {
        return next.run(request).await;
    }
    let sentence = "The dev issuer answers at its loopback address only.";
    OAuthError::new("invalid_request", 900_023, sentence)
        .with_status(StatusCode::MISDIRECTED_REQUEST)
        .into_response()
}

/// Says whether an `Origin` belongs to a page served from this machine.
pub(crate) fn is_loopback_origin(origin: &HeaderValue) -> bool {
    let url = origin
        .to_str()
        .ok()
        .and_then(|origin| Url::parse(origin).ok());
    url.is_some_and(|url| is_loopback(url.host()))
}

/// Says whether codes sent there stay on this machine: RFC 8252 section 7.3, where the port is whatever was free.
pub(crate) fn is_redirect_uri(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    url.scheme() == "http"
        && is_loopback(url.host())
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
}

fn is_loopback_host(host: &HeaderValue) -> bool {
    let authority = host
        .to_str()
        .ok()
        .and_then(|host| host.parse::<Authority>().ok());
    let host = authority.and_then(|authority| Host::parse(authority.host()).ok());
    is_loopback(host)
}

fn is_loopback(host: Option<Host<impl AsRef<str>>>) -> bool {
    match host {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.as_ref() == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_take_codes_of_native_clients() {
        for uri in [
            "http://127.0.0.1:49152/callback",
            "http://localhost/",
            "http://[::1]:8/a?b=c",
        ] {
            assert!(is_redirect_uri(uri), "{uri}");
        }
        for uri in [
            "https://localhost:3000/callback",
            "http://localhost.rebound.test/",
            "http://127.0.0.1@rebound.test/",
            "http://user@127.0.0.1/",
            "http://127.0.0.1/#fragment",
            "cursor://callback",
            "javascript:alert(1)",
            "/callback",
        ] {
            assert!(!is_redirect_uri(uri), "{uri}");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in ["127.0.0.1:9101", "localhost", "LOCALHOST:80", "[::1]:9101"] {
            assert!(is_loopback_host(&HeaderValue::from_static(host)), "{host}");
        }
        for host in [
            "rebound.test",
            "localhost.rebound.test:9101",
            "127.0.0.1.rebound.test",
            "192.0.2.1",
            "",
            "@",
        ] {
            assert!(!is_loopback_host(&HeaderValue::from_static(host)), "{host}");
        }
        assert!(is_loopback_origin(&HeaderValue::from_static(
            "http://localhost:5173"
        )));
        assert!(!is_loopback_origin(&HeaderValue::from_static(
            "https://localhost.rebound.test"
        )));
        assert!(!is_loopback_origin(&HeaderValue::from_static("null")));
    }
}
