//! What `dev` prints once it is ready: addresses, what to click, and lines that can be pasted into a shell.

use std::fmt::{self, Write as _};

use portcullis_api_spec::{CallerKind, Decision, decide};
use portcullis_dev_issuer::{DevIssuer, IssuerError};
use url::Url;

use super::accounts::DevAccount;
use super::{ApiFacts, healthcheck, sample};
use crate::config::{Config, DocsAccess};

/// What the text is made from.
pub(super) struct Parts<'a> {
    pub(super) facts: &'a ApiFacts,
    pub(super) config: &'a Config,
    pub(super) public_url: &'a Url,
    pub(super) issuer: &'a DevIssuer,
    /// How this program is called, for lines that call it again.
    pub(super) program: String,
    /// Sentences about ports that are not the usual ones.
    pub(super) notes: Vec<String>,
}

/// One person or service that can call, with a token of its own.
struct Credential<'a> {
    account: &'a DevAccount,
    token: String,
    /// Where a request of this caller is answered.
    url: String,
}

/// Renders the text.
///
/// # Errors
/// A token cannot be made, because the tenant does not hold the account.
pub(super) fn render(parts: &Parts<'_>) -> Result<String, IssuerError> {
    let credentials = make_credentials(parts)?;
    let mut text = String::new();
    write_text(&mut text, parts, &credentials).expect("writing to a String cannot fail");
    Ok(text)
}

fn write_text(text: &mut String, parts: &Parts<'_>, credentials: &[Credential<'_>]) -> fmt::Result {
    let title = parts.facts.title;
    writeln!(
        text,
        "\n{title} is running, with a local issuer in place of Microsoft Entra ID.\n"
    )?;
    write_addresses(text, parts)?;
    let notes = notes(parts);
    if !notes.is_empty() {
        writeln!(text, "\n{}", notes.join("\n"))?;
    }
    if !parts.config.authentication.required {
        writeln!(
            text,
            "\nAuthentication is OFF (AUTH_REQUIRED=false): every request is admitted, tokens are ignored."
        )?;
    }
    write_clicks(text, parts)?;
    write_requests(text, parts, credentials)?;
    write_mcp(text, parts, credentials)?;
    write_smoke(text, parts, credentials)?;
    writeln!(text, "\nCtrl-C stops everything.")
}

fn write_addresses(text: &mut String, parts: &Parts<'_>) -> fmt::Result {
    let base = base(parts);
    writeln!(text, "  API         {base}/api/v1")?;
    if has_docs(parts) {
        writeln!(text, "  Swagger UI  {base}/docs")?;
        writeln!(text, "  OpenAPI     {base}/openapi.json")?;
    }
    if parts.config.mcp.enabled {
        writeln!(text, "  MCP         {}", mcp_url(parts))?;
    }
    let probe = healthcheck::probe_url(parts.config.server.management_bind, "/livez");
    writeln!(text, "  Probes      {probe}, /readyz")?;
    writeln!(text, "  Issuer      {}", parts.issuer.issuer())
}

/// What else there is to know of the addresses.
fn notes(parts: &Parts<'_>) -> Vec<String> {
    let server = &parts.config.server;
    let listeners = [
        ("API listens", server.bind),
        ("probes listen", server.management_bind),
    ];
    let open = listeners
        .iter()
        .filter(|(_, bind)| bind.ip().is_unspecified());
    let open = open.map(|(what, bind)| {
        format!("The {what} on every address of this machine ({bind}): whoever is on its networks can connect.")
    });
    parts.notes.iter().cloned().chain(open).collect()
}

fn write_clicks(text: &mut String, parts: &Parts<'_>) -> fmt::Result {
    if !has_docs(parts) || parts.config.docs.swagger_client_id.is_none() {
        return Ok(());
    }
    let accounts = &parts.issuer.settings().accounts;
    let names: Vec<&str> = accounts
        .iter()
        .map(|account| account.name.as_str())
        .collect();
    writeln!(
        text,
        "\nTo click: open {}/docs, press Authorize, and Authorize again in the dialog. Choose an account\n\
         ({}; no password), then \"Try it out\" on any operation.",
        base(parts),
        names.join(", ")
    )
}

fn write_requests(
    text: &mut String,
    parts: &Parts<'_>,
    credentials: &[Credential<'_>],
) -> fmt::Result {
    writeln!(
        text,
        "\nTo paste: each token is valid for an hour, and until this process ends. Why one is refused says\n\
         `token explain --dev={}`, which reads it from standard input.",
        parts.issuer.address().port()
    )?;
    for credential in credentials {
        let kind = match credential.account.kind {
            CallerKind::User => "",
            CallerKind::Application => " (application)",
        };
        writeln!(
            text,
            "\n# {}{kind}\ncurl -i -H 'Authorization: Bearer {}' {}",
            credential.account.name, credential.token, credential.url
        )?;
    }
    let settings = parts.issuer.settings();
    for application in &settings.applications {
        writeln!(
            text,
            "\n# A fresh token for {}\ncurl {}{}/oauth2/v2.0/token -d grant_type=client_credentials -d client_id={} -d client_secret={} -d scope={}/.default",
            application.name,
            parts.issuer.authority(),
            settings.tenant_id,
            application.client_id,
            application.secret,
            settings.app_id_uris.first().map_or("", String::as_str),
        )?;
    }
    Ok(())
}

fn write_mcp(text: &mut String, parts: &Parts<'_>, credentials: &[Credential<'_>]) -> fmt::Result {
    let Some(credential) = credentials.first() else {
        return Ok(());
    };
    if !parts.config.mcp.enabled {
        return Ok(());
    }
    writeln!(
        text,
        "\n# MCP: the tools that {} may call (fastmcp is on PyPI)\nfastmcp list {} --auth '{}'",
        credential.account.name,
        mcp_url(parts),
        credential.token
    )?;
    let Some(client_id) = parts.issuer.settings().native_client else {
        return Ok(());
    };
    writeln!(
        text,
        "\n# MCP: clients that sign in by themselves need the address only; they register, and open a browser.\n\
         # One that asks for a client id gets {client_id}, without a secret.\nfastmcp list {} --auth oauth",
        mcp_url(parts)
    )
}

/// The smoke test of this very service, as the person who may do least: he sees the most refusals.
fn write_smoke(
    text: &mut String,
    parts: &Parts<'_>,
    credentials: &[Credential<'_>],
) -> fmt::Result {
    let facts = parts.facts;
    let least = credentials.iter().min_by_key(|credential| {
        let rights = sample::rights_of(credential.account, &facts.vocabulary);
        let opened = facts
            .endpoints
            .iter()
            .filter(|endpoint| decide(&endpoint.access, Some(&rights)) == Decision::Allow);
        let is_application = credential.account.kind == CallerKind::Application;
        (is_application, opened.count())
    });
    let Some(credential) = least else {
        return Ok(());
    };
    writeln!(
        text,
        "\n# The smoke test, as {}: what an operator runs against a deployment\necho '{}' | {} smoke --url {} --token -",
        credential.account.name,
        credential.token,
        parts.program,
        base(parts)
    )
}

/// Makes a token for each account.
fn make_credentials<'a>(parts: &Parts<'a>) -> Result<Vec<Credential<'a>>, IssuerError> {
    let facts = parts.facts;
    let scopes: Vec<&str> = facts
        .vocabulary
        .scopes
        .iter()
        .map(|scope| scope.name)
        .collect();
    let make = |account: &'a DevAccount| {
        let token = match account.kind {
            CallerKind::User => parts.issuer.token_for(&account.name, &scopes)?,
            CallerKind::Application => parts.issuer.token_for_application(&account.name)?,
        };
        let rights = sample::rights_of(account, &facts.vocabulary);
        let path = sample::choose_path(&facts.endpoints, &rights);
        Ok(Credential {
            account,
            token,
            url: format!("{}{}", base(parts), path.unwrap_or_default()),
        })
    };
    facts.accounts.iter().map(make).collect()
}

fn base<'a>(parts: &Parts<'a>) -> &'a str {
    parts.public_url.as_str().trim_end_matches('/')
}

fn mcp_url(parts: &Parts<'_>) -> String {
    format!("{}/api/v1/mcp", base(parts))
}

fn has_docs(parts: &Parts<'_>) -> bool {
    match parts.config.docs.access {
        DocsAccess::Public | DocsAccess::SignedIn => true,
        DocsAccess::Off => false,
    }
}
