//! The two answers of the token endpoint (RFC 6749 sections 5.1 and 5.2), and what Entra's codes mean for the caller.

use std::fmt;

use serde::Deserialize;

use crate::downstream::DownstreamError;

/// Nobody has consented.
const CONSENT: u64 = 65_001;
/// Mistakes of this API or its registration that come as `invalid_grant` too: no sign-in would mend them.
const NOT_FOR_THIS_API: u64 = 500_131;
/// The assertion is an application's.
const APPLICATION_ASSERTION: u64 = 7_000_114;
/// Longest claims challenge that is sent on, in bytes: it has to fit into a header.
const CLAIMS_LIMIT_BYTES: usize = 4 * 1024;
/// Longest code or id that is logged, in characters.
const CODE_LIMIT: usize = 64;

/// A token was given. No `Debug`: it holds the token.
#[derive(Deserialize)]
pub(super) struct Granted {
    pub(super) access_token: String,
    pub(super) token_type: String,
    /// Seconds.
    pub(super) expires_in: u64,
}

/// None was given. `error_description` is not read: it names people.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    error: String,
    #[serde(default)]
    suberror: String,
    #[serde(default)]
    error_codes: Vec<u64>,
    claims: Option<String>,
    #[serde(default)]
    trace_id: String,
}

impl Refusal {
    pub(super) fn is_temporary(&self) -> bool {
        matches!(
            self.error.as_str(),
            "temporarily_unavailable" | "server_error"
        )
    }

    /// What it means for the caller. `invalid_grant` and `interaction_required` are what Microsoft's own libraries take
    /// for "sign in again".
    pub(super) fn error(&self) -> DownstreamError {
        let has = |code| self.error_codes.contains(&code);
        if has(CONSENT) || self.suberror == "consent_required" {
            DownstreamError::ConsentRequired
        } else if has(APPLICATION_ASSERTION) {
            DownstreamError::UserRequired
        } else if has(NOT_FOR_THIS_API) {
            DownstreamError::Refused
        } else if matches!(
            self.error.as_str(),
            "interaction_required" | "invalid_grant"
        ) {
            DownstreamError::InteractionRequired {
                claims: self.claims_to_send_on(),
            }
        } else {
            DownstreamError::Refused
        }
    }

    fn claims_to_send_on(&self) -> Option<String> {
        let claims = self.claims.as_ref()?;
        let is_object = serde_json::from_str::<serde_json::Map<_, _>>(claims).is_ok();
        (is_object && claims.len() <= CLAIMS_LIMIT_BYTES).then(|| claims.clone())
    }
}

/// Codes only, for the log.
impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |text: &str| -> String {
            let escaped = text.chars().flat_map(char::escape_default);
            escaped.take(CODE_LIMIT).collect()
        };
        formatter.write_str(&cut(&self.error))?;
        if !self.suberror.is_empty() {
            write!(formatter, " {}", cut(&self.suberror))?;
        }
        for code in self.error_codes.iter().take(8) {
            write!(formatter, " AADSTS{code}")?;
        }
        if !self.trace_id.is_empty() {
            write!(formatter, " trace {}", cut(&self.trace_id))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(answer: &str) -> Refusal {
        serde_json::from_str(answer).unwrap()
    }

    #[test]
    fn each_refusal_of_the_authority_means_one_thing_for_the_caller() {
        use DownstreamError::{ConsentRequired, InteractionRequired, Refused, UserRequired};
        let sign_in = |claims: Option<&str>| InteractionRequired {
            claims: claims.map(str::to_owned),
        };
        let table = [
            (
                "consent by number",
                r#"{"error":"invalid_grant","error_codes":[65001]}"#,
                ConsentRequired,
            ),
            (
                "consent by suberror",
                r#"{"error":"invalid_grant","suberror":"consent_required"}"#,
                ConsentRequired,
            ),
            (
                "step-up",
                r#"{"error":"interaction_required","error_codes":[50076],"claims":"{\"access_token\":{}}"}"#,
                sign_in(Some("{\"access_token\":{}}")),
            ),
            (
                "claims that are no JSON object",
                r#"{"error":"interaction_required","claims":"\r\nSet-Cookie: a=b"}"#,
                sign_in(None),
            ),
            (
                "revoked sign-in",
                r#"{"error":"invalid_grant","error_codes":[50173]}"#,
                sign_in(None),
            ),
            (
                "an application's assertion",
                r#"{"error":"invalid_grant","error_codes":[7000114]}"#,
                UserRequired,
            ),
            (
                "another API's assertion",
                r#"{"error":"invalid_grant","error_codes":[500131]}"#,
                Refused,
            ),
            (
                "a wrong secret",
                r#"{"error":"invalid_client","error_codes":[7000215]}"#,
                Refused,
            ),
            (
                "an unknown scope",
                r#"{"error":"invalid_scope","error_codes":[70011]}"#,
                Refused,
            ),
        ];
        for (name, answer, expected) in table {
            assert_eq!(refusal(answer).error(), expected, "{name}");
        }
    }

    #[test]
    fn only_codes_reach_the_log() {
        let refusal = refusal(
            r#"{"error":"invalid_grant\nforged","suberror":"s","error_codes":[65001],"trace_id":"t-1",
                "error_description":"AADSTS65001: jane@contoso.com has not consented","claims":"{}"}"#,
        );
        let text = refusal.to_string();
        assert_eq!(text, "invalid_grant\\nforged s AADSTS65001 trace t-1");
    }
}
