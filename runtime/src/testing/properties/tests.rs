//! The properties that the fuzz targets run without end, for a moment on every run of the tests, by a fixed seed.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runner, RngAlgorithm, TestRng, TestRunner};

use super::*;

fn run<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value)) {
    let runner = Runner {
        failure_persistence: None,
        ..Runner::with_cases(cases)
    };
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(runner, seed);
    let outcome = runner.run(strategy, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// A text with some of its bytes replaced, doubled or gone.
fn bent(text: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let alphabet = select(b"{}[]\",:\\ \t\x00\xff09azAZ_-.=+/%".to_vec());
    let change = (any::<prop::sample::Index>(), 0..3_u8, alphabet);
    vec(change, 0..4).prop_map(move |changes| {
        let mut text = text.clone();
        for (at, kind, byte) in changes {
            let at = at.index(text.len());
            match kind {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => {
                    text.remove(at);
                }
            }
        }
        text
    })
}

#[test]
fn no_authorization_value_gets_in_or_panics() {
    let validator = Validator::new();
    let scheme = select(vec!["", "Bearer ", "bearer  ", "Basic ", "Bearer\t"]);
    let strategy = (scheme, vec(any::<u8>(), 0..300));
    run(2000, &strategy, |(scheme, rest)| {
        validator.check_authorization(&[scheme.as_bytes(), &rest].concat());
    });
}

#[test]
fn no_signed_header_means_more_than_it_says() {
    let validator = Validator::new();
    let [header, _] = validator.samples();
    run(300, &bent(header), |header| {
        validator.check_signed_header(&header);
    });
}

#[test]
fn no_signed_claims_open_more_than_they_say() {
    let validator = Validator::new();
    let [_, claims] = validator.samples();
    run(300, &bent(claims), |claims| {
        validator.check_signed_claims(&claims);
    });
}

#[test]
fn the_front_reads_of_any_body_what_another_reader_does() {
    let call = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"id":"x"}}}"#;
    run(3000, &bent(call.to_vec()), |body| check_envelope(&body));
    run(1000, &vec(any::<u8>(), 0..200), |body| {
        check_envelope(&body)
    });
}

#[test]
fn no_forwarded_address_moves_what_a_proxy_wrote() {
    let list = b"203.0.113.9:80, [2001:db8::1]:443, 198.51.100.1".to_vec();
    run(2000, &bent(list), |sent| check_forwarded_for(&sent));
}

#[test]
fn no_uri_of_a_resource_leads_to_another_place() {
    let reader = ResourceReader::new();
    for sample in ResourceReader::samples() {
        run(1000, &bent(sample.as_bytes().to_vec()), |uri| {
            reader.check(&uri);
        });
    }
    let spelled = "notes://notes/[a-zA-Z0-9%./\\\\?#é]{0,12}(/pages/[0-9%./a-f]{0,6})?";
    run(3000, &spelled, |uri| reader.check(uri.as_bytes()));
}

/// A property that never fails proves nothing.
#[test]
#[should_panic(expected = "nobody signed this")]
fn a_token_that_somebody_signed_breaks_the_property() {
    let validator = Validator::new();
    let token = format!("Bearer {}", validator.genuine.sign());
    validator.check_authorization(token.as_bytes());
}
