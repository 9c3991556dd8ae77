//! APIs that are called for users: their keys, their scopes, and the credential that all of them need.

use super::sources::valid;
use crate::config::sections::ClientCredentialConfig as Credential;
use crate::config::sections::Environment::{self, Dev, Prod, Test};
use crate::config::{ConfigSources, DownstreamApi, render_check};

const IDENTITY: &str = "5b7c9d1e-2f3a-4b5c-8d6e-7f8091a2b3c4";
const SCOPES: &str = "APP_DOWNSTREAM__BILLING__SCOPES";

fn calling_billing(environment: Environment) -> ConfigSources {
    let mut sources = valid(environment).with(SCOPES, "api://billing/Invoices.Read");
    sources.downstream_apis = &[DownstreamApi {
        name: "billing",
        doc: "Scopes of the billing API.",
    }];
    sources
}

#[test]
fn a_declared_api_has_a_key_and_an_undeclared_one_does_not() {
    let sources = calling_billing(Prod).with("APP_AUTH__CLIENT_SECRET", "s");
    let config = sources.loaded().config;
    let scopes = &config.downstream.scopes["billing"];
    assert_eq!(*scopes, ["api://billing/Invoices.Read"]);
    let undeclared = valid(Prod).with(SCOPES, "api://billing/Invoices.Read");
    assert_eq!(undeclared.ids(), ["PC10"]);
    let unset = calling_billing(Prod)
        .with("APP_AUTH__CLIENT_SECRET", "s")
        .without(SCOPES);
    assert_eq!(unset.ids(), ["MISSING"]);
}

#[test]
fn scopes_are_of_one_api_and_written_in_full() {
    let table = [
        ("api://billing/Read, api://billing/Write", true),
        ("https://graph.microsoft.com/User.Read", true),
        ("api://billing/.default", true),
        ("", false),
        ("User.Read", false),
        ("api://billing/", false),
        ("api://billing/Read, api://payroll/Read", false),
        ("api://billing/Read, User.Read", false),
    ];
    for (scopes, is_good) in table {
        let sources = calling_billing(Prod)
            .with("APP_AUTH__CLIENT_SECRET", "s")
            .with(SCOPES, scopes);
        let expected: &[&str] = if is_good { &[] } else { &["VALUE"] };
        assert_eq!(sources.ids(), expected, "{scopes:?}");
    }
}

#[test]
fn without_a_credential_a_service_for_real_users_does_not_start() {
    assert_eq!(calling_billing(Prod).ids(), ["MISSING"]);
    assert_eq!(calling_billing(Test).ids(), ["MISSING?"]);
    let nobody_signs_in = calling_billing(Dev).with("AUTH_REQUIRED", "false");
    assert_eq!(nobody_signs_in.ids(), Vec::<String>::new());
    assert_eq!(valid(Prod).ids(), Vec::<String>::new(), "none is needed");
    let chosen = calling_billing(Dev)
        .with("APP_AUTH__CLIENT_SECRET", "s")
        .with("APP_AUTH__CLIENT_CREDENTIAL", "certificate");
    assert_eq!(chosen.ids(), ["MISSING"], "the chosen one is not there");
}

#[test]
fn the_credential_with_the_fewest_lasting_secrets_is_preferred_unless_one_is_chosen() {
    let name = |sources: &ConfigSources| match sources.loaded().config.downstream.credential {
        Some(Credential::FederatedToken(_)) => "federated_token",
        Some(Credential::ManagedIdentity { .. }) => "managed_identity",
        Some(Credential::Certificate(_)) => "certificate",
        Some(Credential::Secret(_)) => "secret",
        None => "none",
    };
    let all = calling_billing(Prod)
        .with("APP_AUTH__CLIENT_SECRET", "s")
        .with("APP_AUTH__CLIENT_CERTIFICATE", "c")
        .with("AZURE_CLIENT_ID", IDENTITY)
        .with("AZURE_FEDERATED_TOKEN_FILE", "/var/run/token");
    let fewer = all.clone().without("AZURE_FEDERATED_TOKEN_FILE");
    let lasting = fewer.clone().without("AZURE_CLIENT_ID");
    let secret = lasting.clone().without("APP_AUTH__CLIENT_CERTIFICATE");
    let preferred = [&all, &fewer, &lasting, &secret].map(name);
    let order = [
        "federated_token",
        "managed_identity",
        "certificate",
        "secret",
    ];
    assert_eq!(preferred, order);
    for choice in order {
        let chosen = all.clone().with("APP_AUTH__CLIENT_CREDENTIAL", choice);
        assert_eq!(name(&chosen), choice);
    }
}

#[test]
fn credentials_are_never_shown() {
    let sources = calling_billing(Prod)
        .with("APP_AUTH__CLIENT_SECRET", "hunter2")
        .with("APP_AUTH__CLIENT_CERTIFICATE", "hunter2")
        .with("IDENTITY_HEADER", "hunter2");
    let (loaded, inspection) = (sources.loaded(), sources.inspected());
    let report = render_check(&inspection);
    for text in [report, format!("{loaded:?}"), format!("{inspection:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}
