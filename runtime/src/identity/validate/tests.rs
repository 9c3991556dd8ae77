//! Duties 3, 4, 5, 9, 10 and 11: claims of a token whose signature holds.

mod callers;
mod claims;
mod issuers;

use serde_json::{Value, json};

use super::*;
use crate::config::Config;
use crate::identity::json::Json;
use crate::identity::testing::{
    AUTHORITY, CLIENT, KEY_A, MANAGED_IDENTITY, NOW, OBJECT, TENANT, VOCABULARY, config,
};

const V1_ISSUER: &str = "https://sts.windows.net/a1111111-1111-4111-8111-111111111111/";

fn v2_issuer() -> String {
    format!("{AUTHORITY}/{TENANT}/v2.0")
}

/// Claims of a user's good token.
fn user() -> Value {
    json!({
        "iss": v2_issuer(),
        "aud": CLIENT.to_string(),
        "exp": NOW + 3600,
        "nbf": NOW - 10,
        "iat": NOW - 10,
        "tid": TENANT.to_string(),
        "oid": OBJECT,
        "sub": "pairwise",
        "ver": "2.0",
        "azp": "e5555555-5555-4555-8555-555555555555",
        "uti": "token-id",
        "scp": "user_impersonation",
        "roles": ["Viewer"],
    })
}

/// Claims of an application's good token.
fn application() -> Value {
    let mut claims = user();
    claims.as_object_mut().unwrap().remove("scp");
    claims["sub"] = json!(OBJECT);
    claims["idtyp"] = json!("app");
    claims["roles"] = json!(["Ingest"]);
    claims
}

/// Claims with members put in; `Value::Null` under the name `-x` takes `x` out.
fn with(mut claims: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else {
        panic!("changes are an object");
    };
    for (name, value) in changes {
        match name.strip_prefix('-') {
            Some(name) => {
                claims.as_object_mut().unwrap().remove(name);
            }
            None => claims[name] = value,
        }
    }
    claims
}

/// The whole of the pure checks, in the order of the authenticator.
fn judge_with(
    claims: &Value,
    adjust: impl FnOnce(&mut Config),
    key: &Value,
    cloud: Option<&str>,
) -> Result<CallerFacts, Reason> {
    judge_text(&claims.to_string(), adjust, key, cloud)
}

fn judge_text(
    claims: &str,
    adjust: impl FnOnce(&mut Config),
    key: &Value,
    cloud: Option<&str>,
) -> Result<CallerFacts, Reason> {
    let mut config = config();
    adjust(&mut config);
    let policy = Policy::new(&config, VOCABULARY);
    let Ok(Json::Object(claims)) = Json::parse(claims.as_bytes()) else {
        panic!("claims are an object: {claims}");
    };
    let claims = Claims::new(claims);
    let v1_issuer = policy.accepts_v1_tokens.then_some(V1_ISSUER);
    let keys = KeySet::of_entries(std::slice::from_ref(key), &v2_issuer(), v1_issuer, cloud);
    let validity = Validity::new(&policy, &claims, NOW, keys.v1_issuer());
    let signer = (&keys, keys.find("key-a").unwrap());
    let judged = validity
        .check()
        .and_then(|()| identify_caller(&validity, signer));
    judged.map_err(|fault| match fault.failure {
        Failure::Rejected(reason) => reason,
        Failure::UnknownKey | Failure::KeysUnavailable => panic!("there is a key"),
    })
}

fn judge(claims: &Value) -> Result<CallerFacts, Reason> {
    judge_with(claims, |_| {}, &KEY_A.jwk(), None)
}

fn outcome(result: Result<CallerFacts, Reason>) -> Result<(), Reason> {
    result.map(|_| ())
}

#[test]
fn a_good_token_gives_every_fact_of_its_caller() {
    let facts = judge(&user()).ok().unwrap();
    assert_eq!(facts.tenant_id, TENANT);
    assert_eq!(facts.object_id.to_string(), OBJECT);
    assert_eq!(facts.rights.kind, CallerKind::User);
    assert!(facts.rights.has_role("Viewer") && facts.rights.roles.len() == 1);
    assert!(facts.rights.has_scope("user_impersonation") && facts.rights.scopes.len() == 1);
    assert_eq!(
        facts.client_id.as_deref(),
        Some("e5555555-5555-4555-8555-555555555555")
    );
    assert_eq!(facts.token_id.as_deref(), Some("token-id"));
    let life = facts.token_life.unwrap();
    assert_eq!(life.expires_at_unix_seconds, NOW + 3600);
    assert!(!facts.is_guest && !facts.is_synthetic);
}
