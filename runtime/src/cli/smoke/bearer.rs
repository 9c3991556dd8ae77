//! The token that the test is made with: where it comes from, and what it says of itself.
//!
//! Nothing is verified here, as that is what the deployment is there for. Invariant: the token is in no `Debug` output and in
//! no message, and a token of another API is not sent.

use std::collections::BTreeSet;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis_api_spec::{CallerKind, Rights};
use serde_json::Value;
use uuid::Uuid;

use crate::cli::CommandError;
use crate::cli::token::input::{self, Pasted};
use crate::microsoft_resource::MicrosoftResource;

/// What stands behind `--token`.
#[derive(Clone)]
pub(super) enum GivenToken {
    /// `-`: it comes on standard input.
    OnStandardInput,
    /// The token itself.
    Text(String),
}

/// An access token, and what can be read in it.
#[derive(Clone)]
pub(super) struct BearerToken {
    text: String,
    /// `roles`, as Entra calls them.
    pub(super) roles: BTreeSet<String>,
    /// `scp`.
    pub(super) scopes: BTreeSet<String>,
    pub(super) kind: CallerKind,
    contexts: BTreeSet<String>,
    audience: String,
    expires_at: Option<u64>,
}

impl fmt::Debug for GivenToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GivenToken(..)")
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BearerToken(..)")
    }
}

impl GivenToken {
    /// Parses the value of `--token`. Never fails here: clap would repeat the value in its message.
    pub(super) fn parse(text: &str) -> Result<Self, std::convert::Infallible> {
        Ok(match text {
            "-" => Self::OnStandardInput,
            text => Self::Text(text.to_owned()),
        })
    }

    /// Reads the token.
    ///
    /// # Errors
    /// A sentence when there is none, or it is no token; the text itself is not repeated.
    pub(super) fn read(&self) -> Result<BearerToken, CommandError> {
        let pasted = match self {
            Self::OnStandardInput => input::read()
                .map_err(|error| CommandError::Unreadable(format!("no standard input: {error}")))?,
            Self::Text(text) => text.clone(),
        };
        let token = match input::recognise(&pasted) {
            Pasted::Token(token) => BearerToken::parse(token),
            Pasted::EntraErrors(_) => {
                Err("an error of Entra and no token: `token explain` says what it means")
            }
            Pasted::Nothing => Err("empty"),
            Pasted::Unknown => Err(NO_TOKEN),
        };
        token.map_err(|what| CommandError::Unreadable(format!("what --token gives is {what}")))
    }
}

const NO_TOKEN: &str = "no access token of Entra: three parts with full stops between them";

impl BearerToken {
    /// Reads what a token says of itself.
    ///
    /// # Errors
    /// A part of a sentence when it has another form than the tokens of Entra.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = text.split('.').collect();
        let &[_, claims, _] = parts.as_slice() else {
            return Err(NO_TOKEN);
        };
        // It becomes a header: nothing else may be in it.
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        {
            return Err(NO_TOKEN);
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| NO_TOKEN)?;
        let claims: Value = serde_json::from_slice(&claims).map_err(|_| NO_TOKEN)?;
        let scopes = claims["scp"].as_str().unwrap_or_default();
        Ok(Self {
            text: text.to_owned(),
            roles: texts(&claims["roles"]),
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            kind: match claims.get("scp") {
                Some(_) => CallerKind::User,
                None => CallerKind::Application,
            },
            contexts: texts(&claims["acrs"]),
            audience: claims["aud"].as_str().unwrap_or_default().to_owned(),
            expires_at: claims["exp"].as_u64(),
        })
    }

    /// The token itself, for the one header it goes into.
    pub(super) fn reveal(&self) -> &str {
        &self.text
    }

    /// What its holder may do, when these are the internal roles.
    pub(super) fn rights(&self, roles: &BTreeSet<String>) -> Rights {
        Rights {
            kind: self.kind,
            roles: roles.clone(),
            scopes: self.scopes.clone(),
            contexts: self.contexts.clone(),
        }
    }

    /// The API of Microsoft that the token is for. Sent elsewhere, it would open that API to whoever reads it there.
    pub(super) fn microsoft_api(&self) -> Option<&'static str> {
        MicrosoftResource::of_audience(&self.audience).map(MicrosoftResource::name)
    }

    /// The app registration that the token is for, when its audience names one: `<client id>` or `api://<client id>`.
    pub(super) fn audience_id(&self) -> Option<Uuid> {
        registration_of(&self.audience)
    }

    /// Says whether its time is over.
    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH);
        match (self.expires_at, now) {
            (Some(expires_at), Ok(now)) => now.as_secs() >= expires_at,
            (None, _) | (_, Err(_)) => false,
        }
    }
}

/// The client id in an audience or the resource of a scope: a GUID, alone or behind `api://`.
pub(super) fn registration_of(resource: &str) -> Option<Uuid> {
    let id = resource.strip_prefix("api://").unwrap_or(resource);
    Uuid::parse_str(id).ok()
}

/// The texts of a list; none of anything else.
pub(super) fn texts(value: &Value) -> BTreeSet<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn token(claims: &Value) -> String {
        format!(
            "eyJhbGciOiJSUzI1NiJ9.{}.c2ln",
            URL_SAFE_NO_PAD.encode(claims.to_string())
        )
    }

    #[test]
    fn a_token_says_what_its_holder_may_do() {
        let user = json!({"aud": "x", "scp": "a b", "roles": ["Viewer"], "exp": 100});
        let user = BearerToken::parse(&token(&user)).unwrap();
        assert_eq!(user.kind, CallerKind::User);
        assert_eq!(Vec::from_iter(&user.scopes), ["a", "b"]);
        assert_eq!(Vec::from_iter(&user.roles), ["Viewer"]);
        assert!(user.is_expired(UNIX_EPOCH + Duration::from_secs(100)));
        assert!(!user.is_expired(UNIX_EPOCH + Duration::from_secs(99)));
        let application = BearerToken::parse(&token(&json!({"roles": ["Ingest"]}))).unwrap();
        assert_eq!(application.kind, CallerKind::Application);
    }

    #[test]
    fn what_is_no_token_is_not_taken() {
        for text in ["", "aa.bb", "aa.bb.cc", "a.e30.\r\nx: y", "a.b.c.d.e"] {
            assert!(BearerToken::parse(text).is_err(), "{text}");
        }
        let written = GivenToken::Text("secret".to_owned()).read().unwrap_err();
        assert!(!written.to_string().contains("secret"), "{written}");
    }

    #[test]
    fn no_debug_output_shows_a_token() {
        let text = token(&json!({"scp": "a"}));
        let given = GivenToken::parse(&text).unwrap();
        assert!(!format!("{given:?}").contains(&text));
        let read = given.read().unwrap();
        assert!(!format!("{read:?}").contains(&text));
    }

    #[test]
    fn a_token_for_an_api_of_microsoft_is_known_by_its_audience() {
        for (audience, api) in [
            (
                "00000003-0000-0000-c000-000000000000",
                Some("Microsoft Graph"),
            ),
            (
                "https://management.azure.com/",
                Some("Azure Resource Manager"),
            ),
            ("https://Graph.Microsoft.com", Some("Microsoft Graph")),
            ("api://8bed58a6-d985-83cf-9d53-bd40542d8917", None),
        ] {
            let token = BearerToken::parse(&token(&json!({ "aud": audience }))).unwrap();
            assert_eq!(token.microsoft_api(), api, "{audience}");
        }
    }
}
