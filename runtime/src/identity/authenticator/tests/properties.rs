//! Whatever stands in the header: one of the listed answers, and never a panic.
//!
//! Three generators, from far to near: bytes that know nothing of tokens; parts that look like a token's; and a header and
//! claims that the right key has signed.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runner, TestCaseError, TestRunner};
use serde_json::Map;
use tokio::runtime::Runtime;

use super::*;
use crate::identity::testing::encode;

/// An authenticator with key A, and the runtime that it needs.
struct Bench {
    runtime: Runtime,
    issuer: TestIssuer,
    authenticator: Arc<Authenticator>,
}

impl Bench {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (issuer, authenticator) = runtime.block_on(loaded());
        Self {
            runtime,
            issuer,
            authenticator,
        }
    }

    fn authenticate(&self, value: &[u8]) -> Option<Authentication> {
        let value = HeaderValue::from_bytes(value).ok()?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        let authentication = self.authenticator.authenticate(&headers);
        Some(self.runtime.block_on(authentication))
    }

    /// Runs a property with a fixed seed, so that a failure is there the next time too.
    fn check<S: Strategy>(
        &self,
        cases: u32,
        strategy: &S,
        property: impl Fn(&Self, S::Value) -> Result<(), TestCaseError>,
    ) {
        let runner = Runner {
            failure_persistence: None,
            ..Runner::with_cases(cases)
        };
        let mut runner = TestRunner::new_with_rng(
            runner,
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        );
        let outcome = runner.run(strategy, |value| property(self, value));
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }
}

fn is_refused(authentication: Option<&Authentication>) -> bool {
    match authentication {
        // No header value at all, no credential, or a refused one.
        None | Some(Authentication::Absent | Authentication::Rejected(_)) => true,
        Some(Authentication::Verified(_) | Authentication::KeysUnavailable) => false,
    }
}

/// JSON of any shape, with the names and values that the validator looks at among it.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(vec![NOW - 10, NOW, NOW + 3600, 0, u64::MAX]).prop_map(Value::from),
        select(vec![
            "",
            "RS256",
            "none",
            "HS256",
            "key-a",
            "2.0",
            "app",
            "Admin",
            "user_impersonation"
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((".{0,8}", inner), 0..4).prop_map(|members| Value::from(Map::from_iter(members))),
        ]
    })
}

/// Changes to an object: a member of a known or any name becomes something else, or goes.
fn changes(names: &'static [&'static str]) -> impl Strategy<Value = Vec<(String, Option<Value>)>> {
    let name = prop_oneof![
        4 => select(names).prop_map(str::to_owned),
        1 => "[a-z_]{1,8}",
    ];
    vec((name, proptest::option::weighted(0.8, json())), 0..4)
}

fn apply(object: &mut Value, changes: Vec<(String, Option<Value>)>) {
    let members = object.as_object_mut().unwrap();
    for (name, value) in changes {
        match value {
            Some(value) => members.insert(name, value),
            None => members.remove(&name),
        };
    }
}

#[test]
fn any_bytes_in_the_header_are_refused_or_no_credential() {
    let prefix = select(vec![
        "", "Bearer ", "bearer  ", "Bearer\t", "Basic ", "Bearer ,",
    ]);
    let strategy = (prefix, vec(any::<u8>(), 0..300));
    Bench::start().check(4000, &strategy, |bench, (prefix, bytes)| {
        let value = [prefix.as_bytes(), &bytes].concat();
        let authentication = bench.authenticate(&value);
        prop_assert!(is_refused(authentication.as_ref()));
        Ok(())
    });
}

#[test]
fn any_parts_that_look_like_a_token_are_refused() {
    let part = prop_oneof![
        json().prop_map(|json| encode(json.to_string())),
        vec(any::<u8>(), 0..60).prop_map(encode),
        "[A-Za-z0-9_=.~+/-]{0,40}",
    ];
    let strategy = vec(part, 1..6);
    Bench::start().check(4000, &strategy, |bench, parts| {
        let authentication = bench.authenticate(format!("Bearer {}", parts.join(".")).as_bytes());
        prop_assert!(is_refused(authentication.as_ref()), "{parts:?}");
        Ok(())
    });
}

#[test]
fn whatever_the_right_key_has_signed_makes_no_caller_who_holds_more_than_the_claims_say() {
    const HEADER: &[&str] = &[
        "alg", "kid", "typ", "crit", "b64", "zip", "cty", "jwk", "x5c",
    ];
    const CLAIMS: &[&str] = &[
        "iss",
        "aud",
        "exp",
        "nbf",
        "iat",
        "tid",
        "oid",
        "sub",
        "ver",
        "scp",
        "roles",
        "azp",
        "idtyp",
        "acct",
        "idp",
        "groups",
        "_claim_names",
        "uti",
    ];
    let strategy = (changes(HEADER), changes(CLAIMS));
    let verified = Cell::new(0);
    Bench::start().check(600, &strategy, |bench, (header_changes, claim_changes)| {
        let mut header = json!({"alg": "RS256", "typ": "JWT", "kid": "key-a"});
        let mut claims = bench.issuer.claims();
        apply(&mut header, header_changes);
        apply(&mut claims, claim_changes);
        let token = sign_parts(&KEY_A, header.to_string(), claims.to_string());
        let authentication = bench.authenticate(format!("Bearer {token}").as_bytes());
        if let Some(Authentication::Verified(caller)) = &authentication {
            verified.set(verified.get() + 1);
            prop_assert_eq!(&header["alg"], "RS256");
            prop_assert!(header.get("crit").is_none());
            prop_assert_eq!(&claims["iss"], &bench.issuer.claims()["iss"]);
            prop_assert_eq!(&claims["aud"], &bench.issuer.claims()["aud"]);
            prop_assert!(claims["exp"].as_u64().unwrap() + 60 > NOW);
            prop_assert_eq!(&claims["tid"], &json!(caller.tenant_id().to_string()));
            let says = |name: &str, value: &str| match &claims[name] {
                Value::String(text) => text.split(' ').any(|word| word == value),
                Value::Array(items) => items.iter().any(|item| item == value),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
            };
            prop_assert!(caller.roles().iter().all(|role| says("roles", role)));
            prop_assert!(caller.scopes().iter().all(|scope| says("scp", scope)));
        } else {
            prop_assert!(is_refused(authentication.as_ref()), "{header} {claims}");
        }
        Ok(())
    });
    assert!(verified.get() > 50, "{} callers were made", verified.get());
}
