//! The page around Swagger UI: which service and which environment this is, and how to sign in.
//!
//! In POC mode it says, where nobody can overlook it, that nobody is authenticated.

use portcullis_api_spec::{escape_html, openapi};
use serde_json::{Value, json};

use super::DocsParts;
use crate::config::Environment;

/// Our own style sheet.
pub(super) const STYLE: &str = include_str!("page/page.css");
/// Our own initializer; `{{settings}}` is replaced by a JSON object.
const INITIALIZER: &str = include_str!("page/initializer.js");

/// What the page shows.
#[derive(Debug, Clone)]
pub(super) struct PageFacts {
    title: String,
    version: String,
    environment: Environment,
    is_bypassed: bool,
    /// Without a trailing slash.
    public_url: String,
    client_id: Option<String>,
    persist_token: bool,
    /// Fully qualified.
    scopes: Vec<String>,
}

impl PageFacts {
    pub(super) fn new(parts: &DocsParts<'_>) -> Self {
        let client_id = parts.config.docs.swagger_client_id;
        Self {
            title: parts.document.info.title.clone(),
            version: parts.document.info.version.clone(),
            environment: parts.config.environment,
            is_bypassed: !parts.config.authentication.required,
            public_url: parts.public_url.as_str().trim_end_matches('/').to_owned(),
            client_id: client_id.map(|id| id.to_string()),
            persist_token: parts.config.docs.persist_token,
            scopes: scopes_of(&openapi::render_value(parts.document)),
        }
    }
}

/// The scopes that the document offers: what it says and what the page asks for cannot differ.
fn scopes_of(document: &Value) -> Vec<String> {
    let pointer = "/components/securitySchemes/entra/flows/authorizationCode/scopes";
    let scopes = document.pointer(pointer).and_then(Value::as_object);
    scopes.map_or_else(Vec::new, |scopes| scopes.keys().cloned().collect())
}

/// Renders the page. Links are relative, so that it also works below a path prefix.
pub(super) fn render_html(facts: &PageFacts) -> String {
    // A title must never become markup.
    let title = escape_html(&facts.title);
    let version = escape_html(&facts.version);
    let environment = facts.environment.as_str();
    let banner = match facts.is_bypassed {
        true => POC_BANNER,
        false => "",
    };
    format!(
        r##"<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title} ({environment})</title>
  <link rel="stylesheet" href="docs/swagger-ui.css">
  <link rel="stylesheet" href="docs/page.css">
  <link rel="icon" type="image/png" sizes="32x32" href="docs/favicon-32x32.png">
  <link rel="icon" type="image/png" sizes="16x16" href="docs/favicon-16x16.png">
</head>
<body>
  <header class="service">
    <span class="service-name">{title} {version}</span>
    <span class="environment environment-{environment}">{environment}</span>
    <span class="service-links"><a href="openapi.json">openapi.json</a> <a href="openapi.yaml">openapi.yaml</a></span>
  </header>{banner}
  <p class="notice" id="other-origin" role="status" hidden>Signing in and trying operations work only at
    <a id="other-origin-link" href="docs">the public address of this service</a>.</p>
  <noscript><p class="notice">This page needs JavaScript; <a href="openapi.json">the document</a> does not.</p></noscript>
  <main id="swagger-ui"></main>
  <script src="docs/swagger-ui-bundle.js"></script>
  <script src="docs/initializer.js"></script>
</body>
</html>
"##
    )
}

const POC_BANNER: &str = r#"
  <div class="banner" id="poc-banner" role="alert"><strong>Authentication is switched off (POC mode).</strong>
    Nobody is authenticated: every request is answered as a synthetic caller, and tokens are ignored.
    Set <code>AUTH_REQUIRED=true</code> to switch it on.</div>"#;

/// Renders the script that starts Swagger UI.
pub(super) fn render_initializer(facts: &PageFacts) -> String {
    let settings = json!({
        "publicUrl": facts.public_url,
        "redirectUrl": format!("{}/docs/oauth2-redirect.html", facts.public_url),
        "clientId": facts.client_id,
        "persistToken": facts.persist_token,
        "appName": facts.title,
        "scopes": facts.scopes,
    });
    INITIALIZER.replace("{{settings}}", &format!("{settings:#}"))
}

/// The facts of a page, for tests.
#[cfg(test)]
pub(super) fn sample_facts() -> PageFacts {
    PageFacts {
        title: "Desk <script>&\"'".to_owned(),
        version: "1.0.0".to_owned(),
        environment: Environment::Dev,
        is_bypassed: false,
        public_url: "https://api.example.com".to_owned(),
        client_id: Some("11111111-2222-3333-4444-555555555555".to_owned()),
        persist_token: false,
        scopes: vec!["api://desk/user_impersonation".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_never_becomes_markup() {
        let html = render_html(&sample_facts());
        assert!(html.contains("Desk &lt;script&gt;&amp;&quot;&#39;"));
        assert!(!html.contains("Desk <script>"));
    }

    #[test]
    fn the_page_has_no_inline_script() {
        let html = render_html(&sample_facts());
        for tag in html.split("<script").skip(1) {
            assert!(tag.starts_with(" src=\"docs/"), "{tag}");
            assert!(tag.contains("></script>"), "{tag}");
        }
        assert!(!html.contains("javascript:"));
        assert!(!html.contains("onload="));
    }

    #[test]
    fn poc_mode_and_the_environment_are_visible() {
        let mut facts = sample_facts();
        assert!(!render_html(&facts).contains("switched off"));
        facts.is_bypassed = true;
        facts.environment = Environment::Test;
        let html = render_html(&facts);
        assert!(html.contains("Authentication is switched off (POC mode)"));
        assert!(html.contains("environment-test\">test<"));
    }

    #[test]
    fn the_initializer_signs_in_with_pkce_at_the_public_address() {
        let script = render_initializer(&sample_facts());
        assert!(script.contains("usePkceWithAuthorizationCodeGrant: true"));
        assert!(script.contains("\"https://api.example.com/docs/oauth2-redirect.html\""));
        assert!(script.contains("\"api://desk/user_impersonation\""));
        assert!(script.contains("\"11111111-2222-3333-4444-555555555555\""));
        assert!(!script.contains("{{settings}}"));
        assert!(!script.contains("clientSecret"));
    }

    #[test]
    fn a_token_outlives_the_page_only_where_the_configuration_says_so() {
        let mut facts = sample_facts();
        assert!(render_initializer(&facts).contains("\"persistToken\": false"));
        facts.persist_token = true;
        let script = render_initializer(&facts);
        assert!(script.contains("\"persistToken\": true"));
        assert!(script.contains("persistAuthorization: settings.persistToken"));
    }
}
