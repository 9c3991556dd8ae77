//! `token explain`: the binary says of a token what the service does with it, and prints nothing of it.

use serde_json::{Value, json};

use crate::harness::{
    CLIENT_ID, Finished, Program, Service, TENANT_ID, Tenant, eventually, foreign_key, tenant_key,
};

/// A program of this tenant; it opens no port.
fn program(tenant: &Tenant) -> Program {
    Service::program_for(tenant)
}

/// Explains a token as JSON, and checks that nothing of it is printed.
async fn explain(program: &Program, arguments: &[&str], token: &str) -> (Finished, Value) {
    let arguments = [&["token", "explain", "--format", "json"], arguments].concat();
    let finished = program.run_with_input(&arguments, token).await;
    let signature = token.rsplit('.').next().unwrap_or_default();
    assert!(
        !finished.output().contains(signature),
        "the signature is printed"
    );
    assert!(!finished.output().contains(token), "the token is printed");
    let value = serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", finished.output()));
    (finished, value)
}

/// The codes of the checks that failed.
fn reasons(explanation: &Value) -> Vec<&str> {
    let checks = explanation["checks"].as_array().expect("checks are a list");
    let failed = checks.iter().filter(|check| check["result"] == "failed");
    failed
        .filter_map(|check| check["reason"].as_str())
        .collect()
}

#[tokio::test]
async fn it_ends_with_0_for_what_the_service_accepts_and_1_for_what_it_refuses() {
    let tenant = Tenant::start().await;
    let service = Service::start(&tenant).await;
    service.wait_until_ready().await;
    let program = program(&tenant);
    let user = tenant.user(&["Viewer"]);
    let graph = "00000003-0000-0000-c000-000000000000";
    let version_1 = user
        .clone()
        .claim("iss", format!("https://sts.windows.net/{TENANT_ID}/"))
        .claim("ver", "1.0");
    let table = [
        ("good", user.to_string(), vec![]),
        (
            "expired",
            user.clone().expired().to_string(),
            vec!["token_expired"],
        ),
        ("v1", version_1.to_string(), vec!["token_version_1"]),
        (
            "ID token for Graph",
            user.clone().without("scp").claim("aud", graph).to_string(),
            vec!["token_for_microsoft_graph", "id_token_not_access_token"],
        ),
        (
            "foreign key",
            user.clone().signed_by(foreign_key()).to_string(),
            vec!["signing_key_unknown"],
        ),
    ];
    for (name, token, expected) in table {
        let request = service
            .request(reqwest::Method::GET, "/api/v1/me")
            .bearer_auth(&token);
        let status = request.send().await.expect("the service answers").status();
        let (finished, explanation) = explain(&program, &[], &token).await;
        assert_eq!(reasons(&explanation), expected, "{name}");
        let is_accepted = expected.is_empty();
        assert_eq!(status.is_success(), is_accepted, "{name}: {status}");
        assert_eq!(explanation["accepted"], is_accepted, "{name}");
        assert_eq!(finished.exit_code, Some(i32::from(!is_accepted)), "{name}");
    }
}

#[tokio::test]
async fn with_a_file_of_keys_no_network_is_used() {
    let tenant = Tenant::start_unavailable().await;
    let keys = json!({ "keys": [tenant_key().render_jwk(&tenant.issuer())] }).to_string();
    let program = program(&tenant).with_file("keys.json", &keys);
    let token = format!("Bearer {}\n", tenant.user(&["Viewer"]));
    let arguments = ["token", "explain", "--keys", "keys.json"];
    let finished = program.run_with_input(&arguments, &token).await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert!(
        finished.stdout.contains("verdict  accepted"),
        "{}",
        finished.stdout
    );
    for told in [TENANT_ID, CLIENT_ID, tenant.authority(), "1 from keys.json"] {
        assert!(finished.stdout.contains(told), "{told}");
    }
    let finished = program
        .run_with_input(&["token", "explain", "--keys", "none.json"], &token)
        .await;
    assert_eq!(finished.exit_code, Some(2), "{}", finished.output());
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_one_row_and_the_others_are_shown() {
    let tenant = Tenant::start_unavailable().await;
    let token = tenant.user(&["Viewer"]).claim("aud", "other").to_string();
    let (finished, explanation) = explain(&program(&tenant), &[], &token).await;
    assert_eq!(finished.exit_code, Some(1));
    assert_eq!(
        reasons(&explanation),
        ["audience_not_accepted", "keys_unavailable"]
    );
    let keys = explanation["judged_by"]["keys"]
        .as_str()
        .unwrap_or_default();
    assert!(keys.contains("answered 503"), "{keys}");
    assert_eq!(explanation["signature_verified"], false);
}

#[tokio::test]
async fn an_operation_is_decided_as_the_guard_decides() {
    let tenant = Tenant::start().await;
    let program = program(&tenant);
    let viewer = tenant.user(&["Viewer"]);
    let other_scope = viewer.clone().claim("scp", "other");
    let application = tenant.application(&["Ingest"]);
    let table = [
        ("allowed", "list_reports", &viewer, None),
        ("role", "delete_report", &viewer, Some("missing_role")),
        ("scope", "list_reports", &other_scope, Some("missing_scope")),
        ("app-only", "list_reports", &application, Some("users_only")),
        ("user", "put_prices", &viewer, Some("applications_only")),
        ("application", "put_prices", &application, None),
        ("public", "health", &viewer, None),
    ];
    for (name, operation, token, reason) in table {
        let arguments = ["--operation", operation];
        let (finished, explanation) = explain(&program, &arguments, &token.to_string()).await;
        let told = &explanation["operation"];
        assert_eq!(told["allowed"], reason.is_none(), "{name}: {told}");
        assert_eq!(told["reason"].as_str(), reason, "{name}");
        assert_eq!(
            finished.exit_code,
            Some(i32::from(reason.is_some())),
            "{name}"
        );
    }
    let arguments = ["token", "explain", "--operation", "delete_reprot"];
    let finished = program
        .run_with_input(&arguments, &viewer.to_string())
        .await;
    assert_eq!(finished.exit_code, Some(2));
    assert!(
        finished.stderr.contains("did you mean delete_report?"),
        "{}",
        finished.stderr
    );
}

#[tokio::test]
async fn what_is_no_token_ends_with_2_and_says_what_to_paste() {
    let program = Program::bare();
    for (name, input) in [
        ("nothing", ""),
        ("words", "hello there"),
        ("scheme", "Bearer \n"),
    ] {
        let finished = program.run_with_input(&["token", "explain"], input).await;
        assert_eq!(finished.exit_code, Some(2), "{name}");
        assert!(
            finished.stderr.contains("az account get-access-token"),
            "{name}"
        );
    }
    let error = "AADSTS65001: The user or administrator has not consented to use the application";
    let finished = program.run_with_input(&["token", "explain"], error).await;
    assert_eq!(finished.exit_code, Some(2));
    assert!(
        finished.stdout.contains("authorized clients"),
        "{}",
        finished.stdout
    );
    let finished = program
        .run_with_input(&["token", "explain"], "AADSTS9999999: ?")
        .await;
    assert!(
        finished.stdout.contains("?code=9999999"),
        "{}",
        finished.stdout
    );
}

#[tokio::test]
async fn a_refused_configuration_is_named_before_anything_is_judged() {
    let program = Program::bare().set("APP_ENV", "prod");
    let finished = program
        .run_with_input(&["token", "explain"], "aa.bb.cc")
        .await;
    assert_eq!(finished.exit_code, Some(78), "{}", finished.output());
    assert!(finished.stderr.contains("PC03"), "{}", finished.stderr);
}

/// The token that `dev` prints is accepted by the command line that `dev` prints.
#[tokio::test]
async fn a_token_of_the_local_issuer_is_judged_as_dev_judges_it() {
    let program = Program::isolated().set("APP_TELEMETRY__LOG_FORMAT", "json");
    let arguments = ["dev", "--port", "0", "--issuer-port", "0"];
    let service = Service::start_command(program, &arguments).await;
    let banner = eventually("what dev prints when it is ready", async || {
        let text = service.log().text();
        text.contains("Ctrl-C stops everything").then_some(text)
    })
    .await;
    let between = |start: &str, end: char| {
        let (_, rest) = banner.split_once(start).expect("dev prints it");
        rest.split(end).next().unwrap_or_default().to_owned()
    };
    let issuer = format!("--dev={}", between("`token explain --dev=", '`'));
    let token = between("Authorization: Bearer ", '\'');
    let (finished, explanation) = explain(&Program::bare(), &[&issuer], &token).await;
    assert_eq!(finished.exit_code, Some(0), "{}", finished.output());
    assert_eq!(explanation["judged_by"]["environment"], "dev");
    let in_prod = Program::bare().set("APP_ENV", "prod");
    let finished = in_prod
        .run_with_input(&["token", "explain", &issuer], &token)
        .await;
    assert_eq!(finished.exit_code, Some(78), "{}", finished.output());
}
