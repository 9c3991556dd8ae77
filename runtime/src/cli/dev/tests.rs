//! What `dev` makes of an application's vocabulary and of what the shell already holds.

mod step_up;

use std::collections::BTreeMap;

use portcullis_api_spec::{
    Access, Assignable, EndpointDef, Method, Mount, Requirements, RoleDef, ScopeDef, Vocabulary,
};

use portcullis_dev_issuer::ApiCredential;
use url::Url;

use super::*;
use crate::config::{DownstreamApi, Environment};

const fn role(name: &'static str, assignable: Assignable) -> RoleDef {
    RoleDef {
        name,
        description: "",
        assignable,
    }
}

const VIEWER: RoleDef = role("Viewer", Assignable::Users);
const OPERATOR: RoleDef = role("Operator", Assignable::UsersAndApplications);
const INGEST: RoleDef = role("Ingest", Assignable::Applications);
const USE: ScopeDef = ScopeDef {
    name: "use",
    description: "",
};

const VOCABULARY: Vocabulary = Vocabulary {
    roles: &[INGEST, VIEWER, OPERATOR],
    scopes: &[USE],
};

const fn get(path: &'static str, access: Access) -> EndpointDef {
    EndpointDef {
        operation_id: "read",
        method: Method::Get,
        path,
        mount: Mount::Api,
        access,
        doc: "",
        ..EndpointDef::CLOSED
    }
}

const HEALTH: EndpointDef = get("/health", Access::Public { reason: "probes" });
const ME: EndpointDef = get("/me", Access::SignedIn);
const ITEMS: EndpointDef = get("/items", FOR_VIEWERS);
const ITEM: EndpointDef = get("/items/{id}", FOR_VIEWERS);
const FOR_VIEWERS: Access = Access::Restricted(Requirements {
    roles: &[VIEWER],
    scopes: &[USE],
    applications: &[],
    context: None,
});

fn issuer() -> SocketAddr {
    SocketAddr::new(LOOPBACK, 9101)
}

fn sources_with(variables: &[(&str, &str)], flags: &[(&str, &str)]) -> ConfigSources {
    let text = |pair: &(&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
    ConfigSources {
        variables: variables.iter().map(text).collect::<BTreeMap<_, _>>(),
        shipped_layers: &[],
        config_dir: None,
        flags: flags.iter().map(|(key, value)| flag(key, value)).collect(),
        vocabulary: VOCABULARY,
        app_settings: &[],
        downstream_apis: &[],
    }
}

fn config_with(variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Config {
    let mut sources = sources_with(variables, flags);
    point_to_issuer(&mut sources, issuer());
    Config::load(&sources).unwrap().config
}

#[test]
fn the_issuer_knows_the_apis_that_are_called_for_users_and_the_secret_of_this_one() {
    let scopes = [
        (
            "APP_DOWNSTREAM__BILLING__SCOPES",
            "api://billing/Read,api://billing/Write",
        ),
        (
            "APP_DOWNSTREAM__GRAPH__SCOPES",
            "https://graph.microsoft.com/.default",
        ),
        // Of the developer's own shell, for Entra.
        ("AZURE_CLIENT_ID", "6c1f2a90-3f0b-4a53-9d3e-1f0f7a4b9c11"),
    ];
    let declared = |name| DownstreamApi { name, doc: "" };
    let mut sources = sources_with(&scopes, &[]);
    sources.downstream_apis = vec![declared("billing"), declared("graph")].leak();
    point_to_issuer(&mut sources, issuer());
    let config = Config::load(&sources).unwrap().config;
    let public_url = Url::parse("http://127.0.0.1:8080").unwrap();
    let settings = accounts::build_settings(issuer(), &facts(), &config, &public_url);
    assert!(matches!(
        &settings.api_credentials[..],
        [ApiCredential::Secret(_)]
    ));
    let apis = settings.downstream_apis.iter();
    let apis: Vec<_> = apis
        .map(|api| (api.app_id_uri.as_str(), api.scopes.clone()))
        .collect();
    let expected = [
        ("api://billing", vec!["Read".to_owned(), "Write".to_owned()]),
        (
            "https://graph.microsoft.com",
            vec!["user_impersonation".to_owned()],
        ),
    ];
    assert_eq!(apis, expected);
}

fn facts() -> ApiFacts {
    ApiFacts {
        title: "Items",
        vocabulary: VOCABULARY,
        endpoints: vec![&HEALTH, &ME, &ITEM, &ITEMS],
        accounts: accounts::list(&VOCABULARY),
    }
}

#[test]
fn dev_is_dev_whatever_the_shell_says() {
    let variables = [
        ("APP_ENV", "prod"),
        ("AZURE_TENANT_ID", "6c1f2a90-3f0b-4a53-9d3e-1f0f7a4b9c11"),
        ("APP_AUTH__AUTHORITY", "https://login.microsoftonline.com"),
    ];
    let config = config_with(&variables, &[("environment", "uat")]);
    assert_eq!(config.environment, Environment::Dev);
    assert_eq!(config.authentication.tenant_id, DEV_TENANT_ID);
    let issuer = format!("http://127.0.0.1:9101/{DEV_TENANT_ID}/v2.0");
    assert_eq!(config.authentication.issuer, issuer);
}

#[test]
fn each_role_has_an_account_and_each_application_role_a_client() {
    let config = config_with(&[], &[]);
    let public_url = Url::parse("http://127.0.0.1:8080").unwrap();
    let settings = accounts::build_settings(issuer(), &facts(), &config, &public_url);
    let accounts: Vec<_> = settings
        .accounts
        .iter()
        .map(|account| &account.name)
        .collect();
    assert_eq!(accounts, ["Viewer", "Operator"]);
    let applications = settings.applications.iter();
    let applications: Vec<_> = applications.map(|application| &application.name).collect();
    assert_eq!(applications, ["Ingest", "Operator application"]);
    assert_eq!(
        settings.public_clients[0].redirect_uris,
        ["http://127.0.0.1:8080/docs/oauth2-redirect.html"]
    );
    assert_eq!(settings.app_id_uris, config.authentication.app_id_uris);
}

#[test]
fn the_mcp_endpoint_is_an_identifier_uri_that_scopes_are_made_from() {
    let bind = SocketAddr::new(LOOPBACK, 8080);
    for (given, expected) in [
        ("api://desk", "api://desk,http://127.0.0.1:8080/api/v1/mcp"),
        (
            "http://127.0.0.1:8080/api/v1/mcp",
            "http://127.0.0.1:8080/api/v1/mcp",
        ),
    ] {
        let mut sources = sources_with(&[], &[("auth.app_id_uris", given)]);
        point_to_issuer(&mut sources, issuer());
        add_mcp_resource(&mut sources, bind).unwrap();
        let config = Config::load(&sources).unwrap().config;
        assert_eq!(config.authentication.app_id_uris.join(","), expected);
        let public_url = Url::parse("http://127.0.0.1:8080").unwrap();
        let prefix = mcp::scope_prefix(&config, &public_url);
        assert_eq!(prefix, "http://127.0.0.1:8080/api/v1/mcp");
    }
}

#[test]
fn clients_register_only_where_there_is_something_to_sign_in_to() {
    let public_url = Url::parse("http://127.0.0.1:8080").unwrap();
    for (enabled, is_open) in [("true", true), ("false", false)] {
        let config = config_with(&[], &[("mcp.enabled", enabled)]);
        let settings = accounts::build_settings(issuer(), &facts(), &config, &public_url);
        assert_eq!(settings.native_client.is_some(), is_open);
    }
}

#[test]
fn accounts_hold_the_entra_roles_that_the_configuration_maps() {
    let roles = r#"{"Desk.Read"="Viewer", "Desk.Run"="Operator", "Desk.Load"="Ingest"}"#;
    let config = config_with(&[], &[("auth.roles", roles)]);
    let public_url = Url::parse("http://127.0.0.1:8080").unwrap();
    let settings = accounts::build_settings(issuer(), &facts(), &config, &public_url);
    assert_eq!(settings.accounts[0].roles, ["Desk.Read"]);
    assert_eq!(settings.applications[0].roles, ["Desk.Load"]);
}

#[test]
fn the_sample_request_is_the_most_telling_one_that_is_allowed() {
    let facts = facts();
    let path_of = |name: &str| {
        let account = facts.accounts.iter().find(|account| account.name == name);
        let rights = sample::rights_of(account.unwrap(), &facts.vocabulary);
        sample::choose_path(&facts.endpoints, &rights)
    };
    assert_eq!(path_of("Viewer").as_deref(), Some("/api/v1/items"));
    assert_eq!(path_of("Operator").as_deref(), Some("/api/v1/me"));
    assert_eq!(path_of("Ingest").as_deref(), Some("/api/v1/me"));
}

/// What `dev` prints once everything listens.
async fn printed(config: &Config, public_url: &Url, program: &str, notes: &[&str]) -> String {
    let facts = facts();
    let bind = SocketAddr::new(LOOPBACK, 0);
    let settings = accounts::build_settings(bind, &facts, config, public_url);
    let issuer = DevIssuer::bind(settings).await.unwrap();
    let parts = banner::Parts {
        facts: &facts,
        config,
        public_url,
        issuer: &issuer,
        program: program.to_owned(),
        notes: notes.iter().map(|&note| note.to_owned()).collect(),
    };
    banner::render(&parts).unwrap()
}

#[tokio::test]
async fn what_is_printed_can_be_opened_and_says_who_else_can_connect() {
    let everywhere = [
        ("server.bind", "0.0.0.0:8080"),
        ("server.management_bind", "[::]:9090"),
    ];
    let config = config_with(&[], &everywhere);
    let public_url = server::public_url(&config, config.server.bind);
    let text = printed(&config, &public_url, "app", &[]).await;
    for address in ["http://127.0.0.1:8080/api/v1", "http://[::1]:9090/livez"] {
        assert!(text.contains(address), "{address} in {text}");
    }
    for nowhere in ["http://0.0.0.0", "http://[::]"] {
        assert!(!text.contains(nowhere), "{nowhere} in {text}");
    }
    for note in [
        "The API listens on every address of this machine (0.0.0.0:8080)",
        "The probes listen on every address of this machine ([::]:9090)",
    ] {
        assert!(text.contains(note), "{note} in {text}");
    }
}

#[tokio::test]
async fn what_is_printed_names_every_account_with_a_token_of_its_own() {
    let config = config_with(&[], &[("mcp.enabled", "false")]);
    let public_url = Url::parse("http://127.0.0.1:8080").unwrap();
    let notes = ["Port 8080 is taken."];
    let text = printed(&config, &public_url, "target/debug/app", &notes).await;
    for line in [
        "# Viewer",
        "# Operator",
        "# Ingest (application)",
        "# Operator application (application)",
        "# A fresh token for Ingest",
        "Port 8080 is taken.",
    ] {
        assert!(
            text.lines().any(|printed| printed == line),
            "{line} in {text}"
        );
    }
    assert_eq!(
        text.matches("\ncurl -i -H 'Authorization: Bearer eyJ")
            .count(),
        4
    );
    let smoke = " | target/debug/app smoke --url http://127.0.0.1:8080 --token -";
    assert!(
        text.lines()
            .any(|line| line.starts_with("echo 'eyJ") && line.ends_with(smoke)),
        "{text}"
    );
    // Viewer may read more than an operator without a rule of his own.
    assert!(text.contains("# The smoke test, as Operator: "), "{text}");
    assert!(!text.contains("MCP"), "it is switched off");
}
