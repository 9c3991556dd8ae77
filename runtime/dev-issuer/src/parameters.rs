//! The parameters of an OAuth request, from a query string or a form body.
//!
//! Invariant: each name stands once (RFC 6749 3.1 and 3.2); of two values nobody could say which one was meant.

use url::form_urlencoded;

use crate::oauth_error::OAuthError;

/// Decoded parameters in the order they were sent.
#[derive(Debug, Clone)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Parses `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// A parameter that stands twice.
    pub(crate) fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if pairs.iter().any(|(seen, _)| *seen == name) {
                let sentence =
                    format!("The request contains the parameter '{name}' more than once.");
                return Err(OAuthError::new("invalid_request", 9_000_411, sentence));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter; one without a value counts as absent (RFC 6749 3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(candidate, value)| candidate == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// # Errors
    /// The parameter is absent.
    pub(crate) fn require(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name)
            .ok_or_else(|| OAuthError::missing_parameter(name))
    }

    /// Renders the same request with one more parameter.
    pub(crate) fn render_with(&self, name: &str, value: &str) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.0.iter().filter(|(candidate, _)| candidate != name))
            .append_pair(name, value)
            .finish()
    }
}
