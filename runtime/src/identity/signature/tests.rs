//! Project Wycheproof's signatures, against the keys we would load and the one function that verifies.

use std::sync::Arc;

use serde_json::json;
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{Test, TestGroup, TestName, TestSet};

use super::*;
use crate::identity::keys::{KeySet, SigningKey};
use crate::identity::testing::encode;

/// The group's key as a key document lists it, where our rules for keys let it load.
fn load(group: &TestGroup) -> Option<Arc<SigningKey>> {
    let without_zeros = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        encode(&bytes[zeros..])
    };
    let entry = json!({
        "kty": "RSA", "use": "sig", "kid": "key",
        "n": without_zeros(&group.key.n),
        "e": without_zeros(&group.key.e),
    });
    let keys = KeySet::of_entries(&[entry], "", None, None);
    keys.find("key").cloned()
}

/// Our answer to every vector of a set whose key we would load.
fn answers(set: TestName) -> Vec<(Test, bool)> {
    let mut answers = Vec::new();
    for group in TestSet::load(set).unwrap().test_groups {
        let Some(key) = load(&group) else {
            continue;
        };
        let key = key.decoding_key();
        let answer = |test: Test| {
            let is_verified = verify_rs256(&test.msg, &encode(&test.sig), key);
            (test, is_verified)
        };
        answers.extend(group.tests.into_iter().map(answer));
    }
    answers
}

#[test]
fn the_wycheproof_vectors_of_rs256_get_the_right_answers() {
    for set in [
        TestName::Rsa2048Sha256,
        TestName::Rsa3072Sha256,
        TestName::Rsa4096Sha256,
        TestName::Rsa8192Sha256,
    ] {
        let answers = answers(set);
        for (test, is_verified) in &answers {
            // "Acceptable" are sloppy encodings that some signers made once. Entra does not.
            let expected = test.result == TestResult::Valid;
            assert_eq!(
                *is_verified, expected,
                "{set:?} {}: {}",
                test.tc_id, test.comment
            );
        }
        let verified = answers
            .iter()
            .filter(|(_, is_verified)| *is_verified)
            .count();
        assert!(verified > 5 && answers.len() > 200, "{set:?}: {verified}");
    }
}

#[test]
fn no_good_wycheproof_signature_with_another_hash_verifies() {
    for set in [
        TestName::Rsa2048Sha224,
        TestName::Rsa2048Sha384,
        TestName::Rsa2048Sha512,
        TestName::Rsa2048Sha512_256,
        TestName::Rsa2048Sha3_256,
    ] {
        let answers = answers(set);
        let good = || {
            answers
                .iter()
                .filter(|(test, _)| test.result == TestResult::Valid)
        };
        assert!(good().count() > 5, "{set:?}");
        for (test, is_verified) in good() {
            assert!(!is_verified, "{set:?} {}: {}", test.tc_id, test.comment);
        }
    }
}
