//! `key_vault.refresh`: a new value is taken while the service runs, and whatever goes wrong, the old one stays.

use std::sync::{Arc, Mutex};

use super::fake::{Act, Fake};
use super::world::{PASSWORD, authorized, fail, host, program, secret, secret_with, vault};
use crate::harness::{Service, Tenant, eventually};

const TAKEN: &str = "a new value was taken";
const REFUSED: &str = "a new value was not taken; the old one stays, and this one is tried again";
const FAILED: &str = "a secret could not be read again; the value of the last reading stays";

const EXPIRED: &str = "a secret that is read again has expired";

/// A service on a database that the vault names, and what the vault answers now.
struct World {
    service: Service,
    answer: Arc<Mutex<Act>>,
    vault: Fake,
    _host: Fake,
    _tenant: Tenant,
}

impl World {
    /// A client secret is mapped beside the database, and nobody here uses it.
    async fn start() -> Self {
        let map = r#"{"app.database_url" = "desk-db", "auth.client_secret" = "unused"}"#;
        let (tenant, host) = (Tenant::start().await, host().await);
        let answer = Arc::new(Mutex::new(url_of("desk.db")));
        let now = Arc::clone(&answer);
        let vault = vault(move |name, _, _| match name {
            "desk-db" => now.lock().expect("no holder panics").clone(),
            other => secret(other, PASSWORD),
        })
        .await;
        let program = program(&host, &vault, map)
            .set("APP_AUTH__AUTHORITY", tenant.authority())
            .set("APP_KEY_VAULT__REFRESH", "100ms");
        let service = Service::start_ready(program).await;
        Self {
            service,
            answer,
            vault,
            _host: host,
            _tenant: tenant,
        }
    }

    fn now_answers(&self, act: Act) {
        *self.answer.lock().expect("no holder panics") = act;
    }

    /// How often the vault has been asked for a secret.
    fn readings_of(&self, name: &str) -> usize {
        let target = format!("/secrets/{name}");
        let asked = authorized(&self.vault);
        let of_secret = asked.iter().filter(|it| it.target.starts_with(&target));
        of_secret.count()
    }

    /// Waits until the vault has been asked several times more, so that what follows a reading has happened.
    async fn wait_for_readings(&self) {
        let before = self.readings_of("desk-db");
        eventually("three more readings", async || {
            (self.readings_of("desk-db") > before + 2).then_some(())
        })
        .await;
    }

    async fn count_of(&self, outcome: &str) -> bool {
        let metrics = self.service.manage("/metrics").await;
        let line = format!("portcullis_secret_refreshes_total{{outcome=\"{outcome}\"}}");
        metrics.text().lines().any(|it| it.starts_with(&line))
    }
}

/// The database in the program's own folder, in words of its own.
fn url_of(file: &str) -> Act {
    secret("desk-db", &format!("sqlite://{file}"))
}

#[tokio::test]
async fn a_new_url_of_the_same_database_is_taken_without_a_restart() {
    let world = World::start().await;
    let told = world.service.log();
    let begun = told.wait_for("secrets of Key Vault that may change").await;
    let begun = begun.to_string();
    assert!(begun.contains("auth.client_secret"), "{begun}");
    world.wait_for_readings().await;
    assert!(world.count_of("unchanged").await);
    world.now_answers(url_of("desk.db?mode=rw"));
    let taken = told.wait_for(TAKEN).await;
    assert_eq!(taken["key"], "app.database_url");
    assert_eq!(taken["version"], super::world::VERSION);
    world.wait_for_readings().await;
    assert_eq!(told.count(TAKEN), 1, "{}", told.text());
    assert!(world.count_of("taken").await);
    assert_eq!(
        world.readings_of("unused"),
        1,
        "what nobody can take is read at start only"
    );
    let text = told.text();
    assert!(
        !text.contains("mode=rw") && !text.contains(PASSWORD),
        "{text}"
    );
    world.service.get("/health").await.expect(200);
}

#[tokio::test]
async fn another_database_needs_a_restart_and_is_told_of_once() {
    let world = World::start().await;
    world.now_answers(url_of("other.db"));
    let log = world.service.log();
    let refused = log.wait_for(REFUSED).await;
    let reason = refused["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("restart"), "{refused}");
    world.wait_for_readings().await;
    assert_eq!(log.count(REFUSED), 1, "{}", log.text());
    assert!(world.count_of("refused").await);
    // What is tried again and is right by then is taken.
    world.now_answers(url_of("desk.db?mode=rwc"));
    log.wait_for(TAKEN).await;
    assert!(!log.text().contains("other.db"), "{}", log.text());
}

#[tokio::test]
async fn a_version_that_has_expired_is_taken_and_told_of_once() {
    let world = World::start().await;
    let log = world.service.log();
    let attributes = serde_json::json!({"enabled": true, "exp": 1_500_000_000});
    world.now_answers(secret_with(
        "desk-db",
        "sqlite://desk.db?mode=rw",
        attributes,
    ));
    log.wait_for(TAKEN).await;
    let warned = log.wait_for(EXPIRED).await;
    assert_eq!(warned["level"], "WARN");
    let finding = warned["finding"].as_str().unwrap_or_default();
    assert!(finding.contains(super::world::VERSION), "{warned}");
    assert!(finding.contains("app.database_url"), "{warned}");
    world.wait_for_readings().await;
    assert_eq!(log.count(EXPIRED), 1, "{}", log.text());
}

#[tokio::test]
async fn a_vault_that_fails_changes_nothing_and_is_told_of_once() {
    let world = World::start().await;
    let log = world.service.log();
    for (act, told) in [
        (
            fail(403, "Forbidden", Some("ForbiddenByRbac")),
            "may not read",
        ),
        (fail(404, "SecretNotFound", None), "is not in vault"),
    ] {
        let before = log.count(FAILED);
        world.now_answers(act);
        let warned = log
            .wait_for_event(told, |event| {
                let finding = event["finding"].as_str().unwrap_or_default();
                event["message"] == FAILED && finding.contains(told)
            })
            .await;
        assert_eq!(warned["level"], "WARN");
        world.wait_for_readings().await;
        assert_eq!(log.count(FAILED), before + 1, "{}", log.text());
        world.service.get("/health").await.expect(200);
        world.service.manage("/readyz").await.expect(200);
    }
    assert!(world.count_of("failed").await);
    world.now_answers(url_of("desk.db"));
    log.wait_for("secrets can be read again").await;
    assert_eq!(
        log.count(TAKEN),
        0,
        "it is the value that was there all along"
    );
    assert!(!log.text().contains(PASSWORD), "{}", log.text());
}
