//! The two pages of the tenant: choose an account, and what is wrong with the request.
//!
//! Invariant: all text that came from outside passes through [`escape`], and the policy allows no script at all.

use aws_lc_rs::digest::{SHA256, digest};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, header};

use crate::oauth_error::{NO_STORE, OAuthError};
use crate::parameters::Parameters;

const STYLE: &str = include_str!("page/style.css");

/// Renders one link an account; its text is the account's name and nothing else.
///
/// Links, not a form: browsers apply `form-action` to the redirect as well, and each client has another redirect URI.
pub(crate) fn render_accounts(
    account_names: &[&str],
    parameters: &Parameters,
    contexts: &[String],
) -> Response {
    let mut items = String::new();
    for name in account_names {
        let query = parameters.render_with("account", name);
        items.push_str(&format!(
            "      <li><a href=\"?{}\">{}</a></li>\n",
            escape(&query),
            escape(name)
        ));
    }
    let client = escape(parameters.get("client_id").unwrap_or_default());
    let scope = escape(parameters.get("scope").unwrap_or_default());
    let context = match contexts {
        [] => String::new(),
        contexts => format!(
            "<dt>Authentication context</dt><dd>{} (met by picking an account)</dd>",
            escape(&contexts.join(" "))
        ),
    };
    let body = format!(
        "<h1>Pick an account</h1>\n    <ul>\n{items}    </ul>\n    <p>A local sign-in without passwords, for dev and tests only.</p>\n    \
         <dl><dt>Client</dt><dd>{client}</dd><dt>Scope</dt><dd>{scope}</dd>{context}</dl>"
    );
    render("Sign in", &body)
}

/// Renders what cannot be sent to the client, because it is not known or its address is not its own.
pub(crate) fn render_error(error: &OAuthError) -> Response {
    let body = format!(
        "<h1>Sign-in is not possible</h1>\n    <p role=\"alert\">{}</p>",
        escape(&error.description())
    );
    (error.status, render("Sign-in is not possible", &body)).into_response()
}

fn render(title: &str, body: &str) -> Response {
    let document = format!(
        "<!doctype html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\">\n    \
         <meta name=\"viewport\" content=\"width=device-width\">\n    <title>{title}</title>\n    \
         <link rel=\"icon\" href=\"data:,\">\n    <style>{STYLE}</style>\n  </head>\n  <body>\n  <main>\n    {body}\n  </main>\n  </body>\n</html>\n"
    );
    let style_hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style_hash}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).expect("the policy is ASCII");
    // No Cross-Origin-Opener-Policy: it would cut `window.opener`, through which a popup hands the code back.
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (NO_STORE, headers, Html(document)).into_response()
}

/// Escapes text for element content and for quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
