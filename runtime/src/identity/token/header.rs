//! The token's header. It chooses one of our keys by name and may choose nothing else.
//!
//! `jwk`, `jku`, `x5u` and `x5c` are never read: a token that brings its own key would verify itself
//! (RFC 8725 section 3.10).

use crate::identity::Reason;
use crate::identity::checks::Check;
use crate::identity::json::{Json, Object};

/// A rule about the members of a header.
type HeaderRule = fn(&Object) -> Result<(), Reason>;

/// The checks of a header, in order.
pub(crate) const RULES: [(Check, HeaderRule); 4] = [
    (Check::Algorithm, check_algorithm),
    (Check::HeaderParameters, check_parameters),
    (Check::TokenType, check_type),
    (Check::KeyName, |header| read_kid(header).map(drop)),
];

/// What is left of a header that passed.
#[derive(Debug)]
pub(crate) struct TokenHeader {
    /// The key's name: data, compared exactly.
    pub(crate) kid: String,
}

impl TokenHeader {
    /// Checks the header.
    ///
    /// # Errors
    /// The [`Reason`] of the first member that is not as it must be.
    pub(crate) fn parse(header: &Object) -> Result<Self, Reason> {
        RULES.iter().try_for_each(|(_, rule)| rule(header))?;
        let kid = read_kid(header)?.to_owned();
        Ok(Self { kid })
    }
}

/// The algorithm is ours to fix: RS256, exactly so spelled (RFC 8725 section 3.1).
fn check_algorithm(header: &Object) -> Result<(), Reason> {
    match header.get("alg").and_then(Json::as_str) {
        Some("RS256") => Ok(()),
        Some(_) | None => Err(Reason::AlgorithmNotAllowed),
    }
}

fn check_parameters(header: &Object) -> Result<(), Reason> {
    let refused_when_present = [
        ("crit", Reason::CriticalHeader),
        ("b64", Reason::UnencodedPayload),
        ("zip", Reason::CompressedToken),
        ("cty", Reason::NestedToken),
    ];
    let mut present = refused_when_present
        .into_iter()
        .filter(|(name, _)| header.contains(name));
    match present.next() {
        Some((_, reason)) => Err(reason),
        None => Ok(()),
    }
}

fn check_type(header: &Object) -> Result<(), Reason> {
    let is_access_token = header.get("typ").is_none_or(|token_type| {
        token_type.as_str().is_some_and(|name| {
            name.eq_ignore_ascii_case("JWT") || name.eq_ignore_ascii_case("at+jwt")
        })
    });
    match is_access_token {
        true => Ok(()),
        false => Err(Reason::ForeignTokenType),
    }
}

/// The key's name.
///
/// # Errors
/// [`Reason::KidMissing`].
pub(crate) fn read_kid(header: &Object) -> Result<&str, Reason> {
    let kid = header.get("kid").and_then(Json::as_str);
    kid.filter(|kid| !kid.is_empty()).ok_or(Reason::KidMissing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, Reason> {
        let Ok(Json::Object(object)) = Json::parse(text.as_bytes()) else {
            panic!("not an object: {text}");
        };
        TokenHeader::parse(&object).map(|header| header.kid)
    }

    #[test]
    fn a_header_chooses_rs256_and_a_key_and_nothing_else() {
        let ok = || Ok("k".to_owned());
        let foreign = || Err(Reason::ForeignTokenType);
        let table = [
            ("plain", r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#, ok()),
            ("no typ", r#"{"alg":"RS256","kid":"k"}"#, ok()),
            (
                "typ in lower case",
                r#"{"alg":"RS256","kid":"k","typ":"jwt"}"#,
                ok(),
            ),
            (
                "RFC 9068",
                r#"{"alg":"RS256","kid":"k","typ":"at+jwt"}"#,
                ok(),
            ),
            (
                "RFC 9068, upper case",
                r#"{"alg":"RS256","kid":"k","typ":"AT+JWT"}"#,
                ok(),
            ),
            ("thumbprint", r#"{"alg":"RS256","kid":"k","x5t":"k"}"#, ok()),
            (
                "foreign keys are not looked at",
                r#"{"alg":"RS256","kid":"k","jku":"https://e/","jwk":{},"x5u":1,"x5c":[]}"#,
                ok(),
            ),
            ("no alg", r#"{"kid":"k"}"#, Err(Reason::AlgorithmNotAllowed)),
            (
                "alg none",
                r#"{"alg":"none","kid":"k"}"#,
                Err(Reason::AlgorithmNotAllowed),
            ),
            (
                "alg in lower case",
                r#"{"alg":"rs256","kid":"k"}"#,
                Err(Reason::AlgorithmNotAllowed),
            ),
            (
                "alg with a space",
                r#"{"alg":"RS256 ","kid":"k"}"#,
                Err(Reason::AlgorithmNotAllowed),
            ),
            (
                "HS256",
                r#"{"alg":"HS256","kid":"k"}"#,
                Err(Reason::AlgorithmNotAllowed),
            ),
            (
                "PS256",
                r#"{"alg":"PS256","kid":"k"}"#,
                Err(Reason::AlgorithmNotAllowed),
            ),
            (
                "RS512",
                r#"{"alg":"RS512","kid":"k"}"#,
                Err(Reason::AlgorithmNotAllowed),
            ),
            (
                "alg an array",
                r#"{"alg":["RS256"],"kid":"k"}"#,
                Err(Reason::AlgorithmNotAllowed),
            ),
            (
                "crit",
                r#"{"alg":"RS256","kid":"k","crit":["exp"]}"#,
                Err(Reason::CriticalHeader),
            ),
            (
                "empty crit",
                r#"{"alg":"RS256","kid":"k","crit":[]}"#,
                Err(Reason::CriticalHeader),
            ),
            (
                "null crit",
                r#"{"alg":"RS256","kid":"k","crit":null}"#,
                Err(Reason::CriticalHeader),
            ),
            (
                "b64",
                r#"{"alg":"RS256","kid":"k","b64":false}"#,
                Err(Reason::UnencodedPayload),
            ),
            (
                "zip",
                r#"{"alg":"RS256","kid":"k","zip":"DEF"}"#,
                Err(Reason::CompressedToken),
            ),
            (
                "nested",
                r#"{"alg":"RS256","kid":"k","cty":"JWT"}"#,
                Err(Reason::NestedToken),
            ),
            (
                "proof",
                r#"{"alg":"RS256","kid":"k","typ":"dpop+jwt"}"#,
                foreign(),
            ),
            (
                "logout",
                r#"{"alg":"RS256","kid":"k","typ":"logout+jwt"}"#,
                foreign(),
            ),
            ("JWE", r#"{"alg":"RS256","kid":"k","typ":"JWE"}"#, foreign()),
            (
                "empty typ",
                r#"{"alg":"RS256","kid":"k","typ":""}"#,
                foreign(),
            ),
            (
                "null typ",
                r#"{"alg":"RS256","kid":"k","typ":null}"#,
                foreign(),
            ),
            ("no kid", r#"{"alg":"RS256"}"#, Err(Reason::KidMissing)),
            (
                "empty kid",
                r#"{"alg":"RS256","kid":""}"#,
                Err(Reason::KidMissing),
            ),
            (
                "kid a number",
                r#"{"alg":"RS256","kid":1}"#,
                Err(Reason::KidMissing),
            ),
            (
                "kid an array",
                r#"{"alg":"RS256","kid":["k"]}"#,
                Err(Reason::KidMissing),
            ),
        ];
        for (name, text, expected) in table {
            assert_eq!(parse(text), expected, "{name}");
        }
    }
}
