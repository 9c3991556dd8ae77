//! No change of a good token verifies, and none panics.

use super::*;
use crate::identity::testing::TENANT;

/// A small deterministic generator (splitmix64), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }
}

fn mutate(token: &mut Vec<u8>, random: &mut Random) {
    let alphabet = b"ABCDEFabcdef0123456789-_.~+/=,\t\x7f\xff\"{}[]:";
    let at = random.below(token.len());
    let byte = alphabet[random.below(alphabet.len())];
    match random.below(6) {
        0 => token[at] = byte,
        1 => token.insert(at, byte),
        2 if token.len() > 1 => {
            token.remove(at);
        }
        3 => token.truncate(at.max(1)),
        4 => token[at] ^= 1 << random.below(8),
        _ => {
            let other = random.below(token.len());
            token.swap(at, other);
        }
    }
}

#[tokio::test]
async fn no_mutation_of_a_good_token_verifies_or_panics() {
    let (issuer, authenticator) = loaded().await;
    let good = KEY_A.sign(&issuer.claims());
    let mut random = Random(20_261_122);
    for round in 0..5_000 {
        let mut token = good.clone().into_bytes();
        for _ in 0..=random.below(3) {
            mutate(&mut token, &mut random);
        }
        let value = HeaderValue::from_bytes(&[b"Bearer ".as_slice(), &token].concat());
        let Ok(value) = value else {
            continue;
        };
        if token == good.as_bytes() {
            continue;
        }
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        let result = authenticator.authenticate(&headers).await;
        let is_rejected = matches!(result, Authentication::Rejected(_));
        assert!(is_rejected, "round {round}: {}", word(&result));
    }
}

#[tokio::test]
async fn no_mutation_of_signed_claims_panics_or_grants_more() {
    let (issuer, authenticator) = loaded().await;
    let claims = issuer.claims().to_string();
    let header = r#"{"alg":"RS256","kid":"key-a"}"#;
    let mut random = Random(7);
    for _ in 0..300 {
        let mut changed = claims.clone().into_bytes();
        mutate(&mut changed, &mut random);
        let token = sign_parts(&KEY_A, header, &changed);
        let result = authenticator.authenticate(&bearer(&token)).await;
        if let Authentication::Verified(caller) = result {
            let text = String::from_utf8(changed).unwrap();
            assert_eq!(caller.tenant_id(), TENANT, "{text}");
            assert!(caller.roles().iter().all(|role| role == "Viewer"), "{text}");
            assert!(text.contains(r#""ver":"2.0""#), "{text}");
        }
    }
}
