//! What a client asks to have in the access token: the parameter `claims` (OpenID Connect Core 1.0 section 5.5, as Entra
//! takes it in "Claims challenges, claims requests and client capabilities").
//!
//! Two claims are known: `acrs`, the authentication contexts that the sign-in has to meet, and `xms_cc`, what the client is
//! capable of. Others are ignored, as Entra does. This tenant has no Conditional Access: every context that is asked for is met.

use serde_json::{Value, json};

use crate::oauth_error::OAuthError;
use crate::parameters::Parameters;

/// Contexts and capabilities, each named once, in the order in which they were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClaimsRequest {
    /// `c1` to `c99`.
    pub(crate) contexts: Vec<String>,
    pub(crate) capabilities: Vec<String>,
}

impl ClaimsRequest {
    /// Reads the parameter; without one nothing is asked for.
    ///
    /// # Errors
    /// It is not a JSON object, or asks for a context that no tenant can have.
    pub(crate) fn parse(parameters: &Parameters) -> Result<Self, OAuthError> {
        let Some(text) = parameters.get("claims") else {
            return Ok(Self::default());
        };
        let refused = |sentence: &str| OAuthError::new("invalid_request", 900_561, sentence);
        let Ok(Value::Object(request)) = serde_json::from_str(text) else {
            return Err(refused("The parameter 'claims' is not a JSON object."));
        };
        let access_token = request.get("access_token").unwrap_or(&Value::Null);
        let contexts = values_of(&access_token["acrs"]);
        if !contexts.iter().all(|context| is_context(context)) {
            return Err(refused(
                "The claim 'acrs' is asked for with a value that is no authentication context: 'c1' to 'c99'.",
            ));
        }
        Ok(Self {
            contexts,
            capabilities: values_of(&access_token["xms_cc"]),
        })
    }

    /// Writes what was asked for into the claims of a token; what was not asked for is not there.
    pub(crate) fn write(&self, claims: &mut Value) {
        for (name, values) in [("acrs", &self.contexts), ("xms_cc", &self.capabilities)] {
            if !values.is_empty() {
                claims[name] = json!(values);
            }
        }
    }

    /// Adds what is asked for when the code is redeemed.
    ///
    /// # Errors
    /// A context that the sign-in was not asked to meet: it takes another sign-in.
    pub(crate) fn and(mut self, later: Self) -> Result<Self, OAuthError> {
        if later
            .contexts
            .iter()
            .any(|context| !self.contexts.contains(context))
        {
            let sentence =
                "The request asks for an authentication context that the sign-in has not met.";
            return Err(OAuthError::new("interaction_required", 50_076, sentence));
        }
        for capability in later.capabilities {
            if !self.capabilities.contains(&capability) {
                self.capabilities.push(capability);
            }
        }
        Ok(self)
    }
}

/// The values that a claim is asked for with: `value`, `values` or both.
fn values_of(claim: &Value) -> Vec<String> {
    let many = claim["values"].as_array().into_iter().flatten();
    let mut values: Vec<String> = Vec::new();
    for value in claim.get("value").into_iter().chain(many) {
        let Some(value) = value.as_str() else {
            continue;
        };
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    values
}

fn is_context(text: &str) -> bool {
    let Some(number) = text.strip_prefix('c') else {
        return false;
    };
    matches!(
        number.as_bytes(),
        [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9']
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(claims: &str) -> Result<ClaimsRequest, &'static str> {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("claims", claims)
            .finish();
        let parameters = Parameters::parse(query.as_bytes()).map_err(|error| error.error)?;
        ClaimsRequest::parse(&parameters).map_err(|error| error.error)
    }

    #[test]
    fn contexts_and_capabilities_are_read_in_every_form_that_clients_write() {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let table: [(&str, &[&str], &[&str]); 6] = [
            (
                r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#,
                &["c1"],
                &[],
            ),
            (
                r#"{"access_token":{"acrs":{"values":["c1","c25","c1"]},"xms_cc":{"values":["cp1"]}}}"#,
                &["c1", "c25"],
                &["cp1"],
            ),
            (r#"{"access_token":{"nbf":{"essential":true}}}"#, &[], &[]),
            (r#"{"access_token":{"acrs":null}}"#, &[], &[]),
            (r#"{"id_token":{"acrs":{"value":"c1"}}}"#, &[], &[]),
            ("", &[], &[]),
        ];
        for (claims, contexts, capabilities) in table {
            let expected = ClaimsRequest {
                contexts: texts(contexts),
                capabilities: texts(capabilities),
            };
            assert_eq!(parse(claims), Ok(expected), "{claims}");
        }
    }

    #[test]
    fn what_is_no_claims_request_is_refused() {
        for claims in [
            "c1",
            "[]",
            "{",
            r#"{"access_token":{"acrs":{"value":"c0"}}}"#,
            r#"{"access_token":{"acrs":{"value":"c100"}}}"#,
            r#"{"access_token":{"acrs":{"value":"admin"}}}"#,
        ] {
            assert_eq!(parse(claims), Err("invalid_request"), "{claims}");
        }
    }
}
