//! The sealed `requestState`: what a client carries from a question to its answer, and cannot make or change.
//!
//! AES-256-GCM-SIV over the time until which an answer counts; service, caller, tool and arguments are bound to it as
//! associated data. Under one key a state means one thing: that this caller was asked by this service about this very
//! call. Nothing is remembered here, so that any replica with the key can take the answer.
//!
//! Layout, in base64url: id of the key (4 bytes), nonce (12), sealed expiry (8), tag (16).

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Caller;
use crate::config::Key256;
use crate::mcp::canonical;

const KEY_ID_BYTES: usize = 4;
const EXPIRY_BYTES: usize = 8;
const TAG_BYTES: usize = 16;
const STATE_BYTES: usize = KEY_ID_BYTES + NONCE_LEN + EXPIRY_BYTES + TAG_BYTES;

/// Keeps what is sealed here apart from anything else that the same secret may be used for.
const KEY_LABEL: &[u8] = b"portcullis mcp confirmation key";
const KEY_ID_LABEL: &[u8] = b"portcullis mcp confirmation key id";
const CALL_LABEL: &[u8] = b"portcullis mcp confirmation call";

/// Seals and opens states.
pub(super) struct Seal {
    key: RandomizedNonceKey,
    key_id: [u8; KEY_ID_BYTES],
}

/// The service that asks. All its replicas have the same one; another API that uses the same key, or the same API in
/// another environment, has another, so that a yes to one is none to the other.
pub(in crate::mcp) struct ServiceIdentity {
    /// `auth.client_id`
    pub(in crate::mcp) client_id: Uuid,
    /// The resource identifier (RFC 8707): `mcp.resource`, or the public address of the endpoint.
    pub(in crate::mcp) resource: String,
}

/// The call that a state belongs to: of which service, who makes it, by which client, of which tool, with which arguments.
pub(super) struct CallDigest([u8; 32]);

/// Why a state lets no answer count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SealError {
    #[error("not a state of this server")]
    Malformed,
    /// A replica that draws its own key, or one from before a change of the key.
    #[error("sealed under another key")]
    OfAnotherKey,
    /// Changed on the way, or sealed for another service, caller, tool or other arguments.
    #[error("not the state of this call")]
    OfAnotherCall,
    #[error("expired")]
    Expired,
}

impl Seal {
    /// Without a secret a key is drawn, which this process alone has.
    pub(super) fn new(secret: Option<&Key256>) -> Self {
        const UNBROKEN: &str = "the system has randomness, and AES takes 32 bytes";
        let mut drawn = [0; 32];
        let secret = match secret {
            Some(Key256(secret)) => secret,
            None => {
                rand::fill(&mut drawn).expect(UNBROKEN);
                &drawn
            }
        };
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&secret, KEY_LABEL);
        let mut key_id = [0; KEY_ID_BYTES];
        key_id.copy_from_slice(&hmac::sign(&secret, KEY_ID_LABEL).as_ref()[..KEY_ID_BYTES]);
        Self {
            key: RandomizedNonceKey::new(&AES_256_GCM_SIV, key.as_ref()).expect(UNBROKEN),
            key_id,
        }
    }

    /// A state that says: the caller was asked about this call, and an answer counts until then.
    pub(super) fn seal(&self, call: &CallDigest, expires_at_unix_seconds: u64) -> String {
        let mut sealed = expires_at_unix_seconds.to_be_bytes().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(call.0), &mut sealed)
            .expect("a few bytes are not too long, and the system has randomness");
        let mut state = Vec::with_capacity(STATE_BYTES);
        state.extend(self.key_id);
        state.extend(nonce.as_ref());
        state.extend(sealed);
        URL_SAFE_NO_PAD.encode(state)
    }

    /// Checks that a state was sealed for this call and still counts.
    pub(super) fn open(
        &self,
        state: &str,
        call: &CallDigest,
        now_unix_seconds: u64,
    ) -> Result<(), SealError> {
        let state = URL_SAFE_NO_PAD
            .decode(state)
            .map_err(|_| SealError::Malformed)?;
        let state: [u8; STATE_BYTES] = state.try_into().map_err(|_| SealError::Malformed)?;
        let (key_id, state) = state.split_at(KEY_ID_BYTES);
        let (nonce, sealed) = state.split_at(NONCE_LEN);
        if key_id != self.key_id {
            return Err(SealError::OfAnotherKey);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Malformed)?;
        let mut sealed = sealed.to_vec();
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(call.0), &mut sealed)
            .map_err(|_| SealError::OfAnotherCall)?;
        let expiry = (&*opened).try_into().map_err(|_| SealError::Malformed)?;
        match now_unix_seconds < u64::from_be_bytes(expiry) {
            true => Ok(()),
            false => Err(SealError::Expired),
        }
    }
}

impl CallDigest {
    pub(super) fn of(
        service: &ServiceIdentity,
        caller: &Caller,
        tool: &str,
        arguments: &Map<String, Value>,
    ) -> Self {
        let arguments = canonical::spell(arguments);
        let (tenant_id, object_id) = (caller.tenant_id(), caller.object_id());
        let (has_client, client_id) = match caller.client_id() {
            Some(client_id) => (&[1][..], client_id),
            None => (&[0][..], ""),
        };
        let parts: [&[u8]; 9] = [
            CALL_LABEL,
            service.client_id.as_bytes(),
            service.resource.as_bytes(),
            tenant_id.as_bytes(),
            object_id.as_bytes(),
            has_client,
            client_id.as_bytes(),
            tool.as_bytes(),
            &arguments,
        ];
        let mut context = digest::Context::new(&SHA256);
        for part in parts {
            // The length in front keeps parts from running into one another.
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        Self(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::confirmation::tests::{caller, service};
    use serde_json::json;

    fn call(tool: &str, arguments: Value) -> CallDigest {
        CallDigest::of(
            &service(7, "https://desk.example/mcp"),
            &caller(1, 2, Some("c")),
            tool,
            arguments.as_object().unwrap(),
        )
    }

    fn keyed(byte: u8) -> Seal {
        let mut secret = [byte; 32];
        secret[0] = 0;
        Seal::new(Some(&Key256(secret)))
    }

    #[test]
    fn a_state_opens_for_its_own_call_until_it_expires() {
        let seal = keyed(7);
        let state = seal.seal(&call("a", json!({"id": 1, "x": [2]})), 100);
        let same = call("a", json!({"x": [2], "id": 1}));
        assert_eq!(seal.open(&state, &same, 0), Ok(()));
        assert_eq!(seal.open(&state, &same, 99), Ok(()));
        assert_eq!(seal.open(&state, &same, 100), Err(SealError::Expired));
        assert_eq!(seal.open(&state, &same, u64::MAX), Err(SealError::Expired));
    }

    #[test]
    fn a_state_opens_for_no_other_call() {
        let seal = keyed(7);
        let own = || json!({"id": "a"});
        let state = seal.seal(&call("tool", own()), 100);
        let of = |tenant, object, client, tool, arguments: Value| {
            CallDigest::of(
                &service(7, "https://desk.example/mcp"),
                &caller(tenant, object, client),
                tool,
                arguments.as_object().unwrap(),
            )
        };
        let by = |service: &ServiceIdentity| {
            let arguments = own();
            CallDigest::of(
                service,
                &caller(1, 2, Some("c")),
                "tool",
                arguments.as_object().unwrap(),
            )
        };
        assert_eq!(
            seal.open(&state, &of(1, 2, Some("c"), "tool", own()), 0),
            Ok(())
        );
        for (row, other) in [
            (
                "another registration",
                by(&service(8, "https://desk.example/mcp")),
            ),
            (
                "the same registration at another address",
                by(&service(7, "https://staging.desk.example/mcp")),
            ),
            ("another tenant", of(9, 2, Some("c"), "tool", own())),
            ("another person", of(1, 9, Some("c"), "tool", own())),
            (
                "tenant and person the other way round",
                of(2, 1, Some("c"), "tool", own()),
            ),
            ("another client", of(1, 2, Some("d"), "tool", own())),
            ("no client", of(1, 2, None, "tool", own())),
            ("a client without a name", of(1, 2, Some(""), "tool", own())),
            (
                "client and tool run together",
                of(1, 2, Some("cto"), "ol", own()),
            ),
            ("another tool", of(1, 2, Some("c"), "tools", own())),
            (
                "other arguments",
                of(1, 2, Some("c"), "tool", json!({"id": "b"})),
            ),
            (
                "a further argument",
                of(1, 2, Some("c"), "tool", json!({"id": "a", "all": true})),
            ),
            (
                "an argument that is null",
                of(1, 2, Some("c"), "tool", json!({"id": "a", "x": null})),
            ),
            ("no arguments", of(1, 2, Some("c"), "tool", json!({}))),
        ] {
            assert_eq!(
                seal.open(&state, &other, 0),
                Err(SealError::OfAnotherCall),
                "{row}"
            );
        }
    }

    #[test]
    fn no_bit_of_a_state_can_be_changed() {
        let seal = keyed(7);
        let own = call("a", json!({}));
        let state = URL_SAFE_NO_PAD.decode(seal.seal(&own, 100)).unwrap();
        for bit in 0..state.len() * 8 {
            let mut changed = state.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(seal.open(&changed, &own, 0).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn what_is_no_state_is_told_from_one_of_another_key() {
        let (seal, own) = (keyed(7), call("a", json!({})));
        let state = seal.seal(&own, 100);
        let longer = format!("{state}-TAMPERED");
        let padded = format!("{state}==");
        for wrong in [
            "",
            "x",
            "é",
            &state[1..],
            &state[..state.len() - 1],
            &longer,
            &padded,
        ] {
            assert_eq!(
                seal.open(wrong, &own, 0),
                Err(SealError::Malformed),
                "{wrong}"
            );
        }
        assert_eq!(keyed(8).open(&state, &own, 0), Err(SealError::OfAnotherKey));
        assert_eq!(keyed(7).open(&state, &own, 0), Ok(()));
    }

    #[test]
    fn without_a_key_each_process_draws_its_own() {
        let own = call("a", json!({}));
        let (one, other) = (Seal::new(None), Seal::new(None));
        let state = one.seal(&own, 100);
        assert_eq!(one.open(&state, &own, 0), Ok(()));
        assert_eq!(other.open(&state, &own, 0), Err(SealError::OfAnotherKey));
        assert_ne!(
            state,
            one.seal(&own, 100),
            "a state says nothing of its call"
        );
    }
}
