//! `Host`: once, and a host (RFC 9112 section 3.2).
//!
//! Two of them are how a request reaches somebody else than the proxy in front has judged: each may read another one.
//! Which host it names decides nothing here; the MCP endpoint compares it with the hosts that are accepted.

use axum::extract::Request;
use http::uri::Authority;
use http::{HeaderValue, StatusCode, Version, header};

use crate::Problem;

/// Checks that a request has one `Host` header that names a host, and gives it that of the request's target where the target is
/// a whole URL: whatever the header says is then to be ignored (RFC 9112 section 3.2.2).
///
/// # Errors
/// 400 `bad_request` when it is missing in HTTP/1.1, sent twice, or names none; or when the URL names none.
pub(super) fn settle_host(request: &mut Request) -> Result<(), Problem> {
    check_host(request)?;
    let Some(target) = request.uri().authority() else {
        return Ok(());
    };
    let host = HeaderValue::try_from(target.as_str()).ok();
    let host = host.filter(|host| names_a_host(host.as_bytes()));
    let host = host.ok_or_else(names_none)?;
    request.headers_mut().insert(header::HOST, host);
    Ok(())
}

fn check_host(request: &Request) -> Result<(), Problem> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_sound = match (hosts.next(), hosts.next()) {
        (Some(host), None) => names_a_host(host.as_bytes()),
        // HTTP/1.0 did without.
        (None, _) => request.version() < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    };
    is_sound.then_some(()).ok_or_else(names_none)
}

fn names_none() -> Problem {
    let detail = "send one Host header, with the host of the URL and its port";
    Problem::of_status(StatusCode::BAD_REQUEST).with_detail(detail)
}

/// RFC 9110 section 7.2: a host and perhaps a port, nobody's name and password in front of it.
fn names_a_host(value: &[u8]) -> bool {
    let authority = Authority::try_from(value);
    authority
        .is_ok_and(|authority| !authority.as_str().contains('@') && !authority.host().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sound(version: Version, hosts: &[&str]) -> bool {
        let mut request = Request::new(axum::body::Body::empty());
        *request.version_mut() = version;
        for host in hosts {
            let value = host.parse().unwrap();
            request.headers_mut().append(header::HOST, value);
        }
        check_host(&request).is_ok()
    }

    #[test]
    fn a_request_names_one_host() {
        for (hosts, expected) in [
            (&["localhost"][..], true),
            (&["api.contoso.com:443"], true),
            (&["my_service:8080"], true),
            (&["127.0.0.1:8080"], true),
            (&["[::1]:8080"], true),
            (&["localhost", "localhost"], false),
            (&["localhost", "evil.example"], false),
            (&[""], false),
            (&[":8080"], false),
            (&["a b"], false),
            (&["a, b"], false),
            (&["user@localhost"], false),
            (&["localhost/path"], false),
            (&["localhost:port:1"], false),
        ] {
            assert_eq!(is_sound(Version::HTTP_11, hosts), expected, "{hosts:?}");
        }
    }

    #[test]
    fn the_host_of_a_whole_url_stands_for_the_header() {
        let host = |target: &str, hosts: &[&str]| {
            let mut request = Request::new(axum::body::Body::empty());
            *request.uri_mut() = target.parse().unwrap();
            for host in hosts {
                let value = host.parse().unwrap();
                request.headers_mut().append(header::HOST, value);
            }
            settle_host(&mut request).ok()?;
            let host = request.headers().get(header::HOST)?.to_str();
            host.ok().map(str::to_owned)
        };
        for (target, hosts, expected) in [
            ("/path", &["localhost"][..], Some("localhost")),
            (
                "http://evil.example/path",
                &["localhost"],
                Some("evil.example"),
            ),
            (
                "http://localhost:8080/path",
                &["evil.example"],
                Some("localhost:8080"),
            ),
            ("http://user@localhost/path", &["localhost"], None),
            ("http://localhost/path", &["localhost", "localhost"], None),
            ("http://localhost/path", &[], None),
        ] {
            assert_eq!(
                host(target, hosts).as_deref(),
                expected,
                "{target} {hosts:?}"
            );
        }
    }

    #[test]
    fn only_http_1_0_does_without() {
        assert!(!is_sound(Version::HTTP_11, &[]));
        assert!(is_sound(Version::HTTP_10, &[]));
        assert!(!is_sound(Version::HTTP_10, &["a", "b"]));
    }
}
