//! The headers that confine the documentation page. It handles access tokens, so a script from elsewhere must never run
//! in it, and it must never stand in someone else's frame.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use url::Url;

/// The page that the sign-in window ends on.
const REDIRECT_PAGE: &str = "/docs/oauth2-redirect.html";

/// What every answer of the documentation carries.
#[derive(Debug, Clone)]
pub(super) struct SecurityHeaders {
    content_security_policy: HeaderValue,
}

impl SecurityHeaders {
    /// `authority` is the one other place the page talks to: its token endpoint.
    pub(super) fn new(authority: &Url) -> Self {
        let authority = authority.origin().ascii_serialization();
        // Swagger UI sets styles through the object model, which the policy leaves alone: nothing inline is needed.
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self' {authority}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let content_security_policy = HeaderValue::try_from(policy)
            .expect("the origin of a URL is ASCII without control characters");
        Self {
            content_security_policy,
        }
    }
}

/// Writes the headers on every answer, refusals included.
pub(super) async fn add(
    State(security): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    // The sign-in window needs its opener to hand over the code. The page that opens it may keep such windows in its
    // group; the page that the window comes back to must not ask for a group of its own, or the opener is lost.
    let opener_policy = match request.uri().path() {
        REDIRECT_PAGE => "unsafe-none",
        _ => "same-origin-allow-popups",
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        security.content_security_policy,
    );
    let fixed = [
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            opener_policy,
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
