//! What must hold of any bytes whatever, for fuzzers and for property tests: the same functions for both (decision 0030).
//!
//! Each takes what an attacker chooses, runs the real code over it, and panics when the answer is none of the listed
//! ones. Not part of the kit that applications use.

mod resource_uri;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::response::IntoResponse;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use portcullis_api_spec::{Access, Assignable, CallerKind, Rights, RoleDef, ScopeDef, Vocabulary};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::key::{TENANT_KEY, encode};
use super::tenant::{CLIENT_ID, TENANT_ID, Tenant};
use super::token::Token;
use crate::Caller;
use crate::config::{Config, ConfigSources, Flag};
use crate::gate;
use crate::identity::{Authentication, Authenticator};
use crate::mcp;
use crate::server::ClientAddress;

pub use resource_uri::ResourceReader;

const ROLES: &[RoleDef] = &[RoleDef {
    name: "Reader",
    description: "",
    assignable: Assignable::Users,
}];
const SCOPES: &[ScopeDef] = &[ScopeDef {
    name: "Notes.Read",
    description: "",
}];

/// A validator with the keys of a tenant of this process, and tokens that the tenant signed.
pub struct Validator {
    runtime: Runtime,
    tenant: Tenant,
    genuine: Token,
    authenticator: Arc<Authenticator>,
}

impl Validator {
    /// Loads the keys; no network.
    ///
    /// # Panics
    /// When this process cannot run it at all.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "it generates a key and starts a runtime"
    )]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime of one thread starts");
        let vocabulary = Vocabulary {
            roles: ROLES,
            scopes: SCOPES,
        };
        let config = config(vocabulary);
        let tenant = Tenant::of(&config);
        let built = Authenticator::build_in_process(&config, vocabulary, tenant.documents());
        let authenticator = runtime.block_on(built);
        let genuine = tenant.token(&Rights {
            kind: CallerKind::User,
            roles: [ROLES[0].name.to_owned()].into(),
            scopes: [SCOPES[0].name.to_owned()].into(),
            contexts: [].into(),
        });
        let validator = Self {
            runtime,
            tenant,
            genuine,
            authenticator,
        };
        let token = format!("Bearer {}", validator.genuine.sign());
        let answer = validator.ask(token.as_bytes());
        assert!(answer.is_some(), "the genuine token opens the door");
        validator
    }

    /// The whole value of `Authorization`. Who has no key gets in by no bytes.
    ///
    /// # Panics
    /// When the property does not hold.
    pub fn check_authorization(&self, value: &[u8]) {
        assert!(self.ask(value).is_none(), "nobody signed this");
    }

    /// The header of a token, signed by the tenant over good claims: RS256 and nothing that changes the meaning.
    ///
    /// # Panics
    /// When the property does not hold.
    pub fn check_signed_header(&self, header: &[u8]) {
        let claims = self.genuine.signing_input();
        let (_, claims) = claims.split_once('.').unwrap_or_default();
        if self.ask_signed(&encode(header), claims).is_some() {
            let header: BTreeMap<String, Value> =
                serde_json::from_slice(header).expect("an accepted header is a JSON object");
            assert_eq!(header["alg"], "RS256");
            assert_eq!(header["kid"], TENANT_KEY.key_id);
            for member in ["crit", "b64", "zip"] {
                assert!(!header.contains_key(member), "{member} was accepted");
            }
        }
    }

    /// The claims of a token, signed by the tenant: whoever gets in is of this tenant, and holds what the claims say.
    ///
    /// # Panics
    /// When the property does not hold.
    pub fn check_signed_claims(&self, claims: &[u8]) {
        let header = self.genuine.signing_input();
        let (header, _) = header.split_once('.').unwrap_or_default();
        if let Some(caller) = self.ask_signed(header, &encode(claims)) {
            let claims: Value =
                serde_json::from_slice(claims).expect("accepted claims are a JSON object");
            assert_eq!(claims["iss"], self.tenant.issuer.as_str());
            assert_eq!(claims["aud"], self.tenant.client_id.as_str());
            assert_eq!(claims["tid"], self.tenant.tenant_id.as_str());
            assert!(claims["exp"].is_u64() && claims["nbf"].is_u64());
            let words = |name: &str| match &claims[name] {
                Value::String(text) => text.split(' ').map(str::to_owned).collect(),
                Value::Array(items) => items
                    .iter()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect::<Vec<_>>(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
            };
            let (roles, scopes) = (words("roles"), words("scp"));
            assert!(caller.roles().iter().all(|role| roles.contains(role)));
            assert!(caller.scopes().iter().all(|scope| scopes.contains(scope)));
        }
    }

    /// The genuine header and claims, to begin with.
    #[must_use]
    pub fn samples(&self) -> [Vec<u8>; 2] {
        let [header, claims] = self.genuine.parts();
        [header.into_bytes(), claims.into_bytes()]
    }

    fn ask_signed(&self, header: &str, claims: &str) -> Option<Caller> {
        let input = format!("{header}.{claims}");
        let signature = TENANT_KEY.sign_rs256(&input);
        self.ask(format!("Bearer {input}.{signature}").as_bytes())
    }

    /// Who gets in with this header, if anybody. Whoever does not is answered as `docs/http-status.md` lists.
    fn ask(&self, value: &[u8]) -> Option<Caller> {
        let value = HeaderValue::from_bytes(value).ok()?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
        let asked = self
            .authenticator
            .authenticate_unless(&headers, None::<Infallible>);
        let authentication = match self.runtime.block_on(asked) {
            Ok(authentication) => authentication,
            Err(never) => match never {},
        };
        if let Authentication::Verified(caller) = authentication {
            return Some(caller);
        }
        assert!(!matches!(authentication, Authentication::KeysUnavailable));
        let mut extensions = Extensions::new();
        extensions.insert(authentication);
        let refusal = gate::admit(&Access::SignedIn, &extensions);
        let refusal = refusal.expect_err("nobody was verified").into_response();
        let status = refusal.status();
        assert!(matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST
        ));
        assert!(refusal.headers().contains_key(WWW_AUTHENTICATE));
        None
    }
}

/// The body of an MCP request: the front reads of it what any other reader does, or refuses it with 400.
///
/// # Panics
/// When the property does not hold.
pub fn check_envelope(body: &[u8]) {
    match mcp::read_outline(body) {
        Ok((tool, id)) => {
            let message: Value =
                serde_json::from_slice(body).expect("an accepted message is one JSON value");
            assert!(message.is_object());
            let is_call = message["method"] == "tools/call";
            let named = message["params"]["name"].as_str().filter(|_| is_call);
            assert_eq!(tool.as_deref(), named);
            assert!(id.is_null() || id == message["id"]);
        }
        Err(status) => assert_eq!(status, StatusCode::BAD_REQUEST),
    }
}

/// What a client puts into `X-Forwarded-For` before the one trusted proxy appends its address: it moves nothing.
///
/// # Panics
/// When the property does not hold.
pub fn check_forwarded_for(sent: &[u8]) {
    let Ok(line) = HeaderValue::from_bytes(&[sent, b",192.0.2.7"].concat()) else {
        return;
    };
    let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-forwarded-for"), line)]);
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let of = |hops| ClientAddress::of(peer, &headers, hops).to_string();
    assert_eq!(of(0), "127.0.0.1");
    assert_eq!(of(1), "192.0.2.7");
    for hops in 2..=10 {
        assert!(of(hops).parse::<std::net::IpAddr>().is_ok());
    }
}

fn config(vocabulary: Vocabulary) -> Config {
    let variables = [
        ("AZURE_TENANT_ID", TENANT_ID.to_string()),
        ("AZURE_AD_CLIENT_ID", CLIENT_ID.to_string()),
    ];
    let sources = ConfigSources {
        variables: variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        shipped_layers: &[],
        config_dir: None,
        flags: vec![Flag {
            key: "environment".to_owned(),
            value: "test".to_owned(),
            flag: "the property test".to_owned(),
        }],
        vocabulary,
        app_settings: &[],
        downstream_apis: &[],
    };
    match Config::load(&sources) {
        Ok(loaded) => loaded.config,
        Err(error) => panic!("the configuration is refused\n{error}"),
    }
}

#[cfg(test)]
mod tests;
