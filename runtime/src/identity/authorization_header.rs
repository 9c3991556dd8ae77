//! The raw `Authorization` header: first step of authentication, and the only place a token is read from.
//!
//! Reads the raw map, because typed extractors silently take the first of two headers: a proxy that judged one and a
//! service that reads the other is an old way past both. Grammar of RFC 9110 section 11.4 and RFC 6750 section 2.1.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use super::Reason;

/// Largest token that is looked at, in bytes. Entra's own stay far below; a larger one costs nothing.
pub(super) const TOKEN_LIMIT_BYTES: usize = 16 * 1024;

/// What the header says, before anything in it is believed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Credential<'a> {
    /// No header, an empty one, or another scheme.
    Absent,
    /// What stands after `Bearer`, in the grammar `b64token`.
    Bearer(&'a str),
}

/// Reads the credential of a request.
///
/// # Errors
/// [`Reason::TwoAuthorizationHeaders`], [`Reason::AuthorizationMalformed`], [`Reason::TokenTooLarge`].
pub(super) fn parse_credential(headers: &HeaderMap) -> Result<Credential<'_>, Reason> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(Credential::Absent);
    };
    if values.next().is_some() {
        return Err(Reason::TwoAuthorizationHeaders);
    }
    let bytes = value.as_bytes();
    if bytes.is_empty() {
        return Ok(Credential::Absent);
    }
    let scheme_length = bytes.iter().take_while(|byte| is_tchar(**byte)).count();
    let (scheme, rest) = bytes.split_at(scheme_length);
    if scheme.is_empty() {
        return Err(Reason::AuthorizationMalformed);
    }
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Ok(Credential::Absent);
    }
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    let token = &rest[spaces..];
    if spaces == 0 || token.is_empty() {
        return Err(Reason::AuthorizationMalformed);
    }
    if token.len() > TOKEN_LIMIT_BYTES {
        return Err(Reason::TokenTooLarge);
    }
    if !is_b64token(token) {
        return Err(Reason::AuthorizationMalformed);
    }
    std::str::from_utf8(token)
        .map(Credential::Bearer)
        .map_err(|_| Reason::AuthorizationMalformed)
}

/// Checks a token as if it stood alone in the one header of a request.
///
/// # Errors
/// Those of [`parse_credential`].
pub(super) fn check_credential(token: &str) -> Result<(), Reason> {
    let value = HeaderValue::try_from(format!("Bearer {token}"));
    let value = value.map_err(|_| Reason::AuthorizationMalformed)?;
    match parse_credential(&HeaderMap::from_iter([(AUTHORIZATION, value)]))? {
        Credential::Bearer(_) => Ok(()),
        Credential::Absent => Err(Reason::AuthorizationMalformed),
    }
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn is_b64token(bytes: &[u8]) -> bool {
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = &bytes[..bytes.len() - padding];
    // To its end, whatever it finds: so many bytes are looked at together, and a token is a thousand of them.
    let others = body.iter().fold(0, |others, byte| {
        others | u8::from(!is_b64token_byte(*byte))
    });
    !body.is_empty() && others == 0
}

fn is_b64token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
}

/// A character of a scheme's name (RFC 9110 section 5.6.2).
fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, header values, token or reason.
    type Row = (
        &'static str,
        &'static [&'static [u8]],
        Result<Option<String>, Reason>,
    );

    fn parse(values: &[&[u8]]) -> Result<Option<String>, Reason> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        match parse_credential(&headers)? {
            Credential::Absent => Ok(None),
            Credential::Bearer(token) => Ok(Some(token.to_owned())),
        }
    }

    #[test]
    fn exactly_one_authorization_header_with_one_bearer_token_is_a_credential() {
        let token = || Ok(Some("a.b.c".to_owned()));
        let malformed = || Err(Reason::AuthorizationMalformed);
        let table: &[Row] = &[
            ("none", &[], Ok(None)),
            ("empty", &[b""], Ok(None)),
            ("plain", &[b"Bearer a.b.c"], token()),
            ("lower case scheme", &[b"bearer a.b.c"], token()),
            ("mixed case scheme", &[b"bEaReR a.b.c"], token()),
            (
                "two spaces, as RFC 9110 allows",
                &[b"Bearer  a.b.c"],
                token(),
            ),
            ("another scheme", &[b"Basic dTpw"], Ok(None)),
            ("a longer scheme", &[b"BearerX a.b.c"], Ok(None)),
            ("a shorter scheme", &[b"Bear a.b.c"], Ok(None)),
            ("the token alone", &[b"a.b.c"], Ok(None)),
            (
                "two headers",
                &[b"Bearer a.b.c", b"Bearer a.b.c"],
                Err(Reason::TwoAuthorizationHeaders),
            ),
            (
                "two headers, one of another scheme",
                &[b"Basic dTpw", b"Bearer a.b.c"],
                Err(Reason::TwoAuthorizationHeaders),
            ),
            (
                "two headers, one empty",
                &[b"", b"Bearer a.b.c"],
                Err(Reason::TwoAuthorizationHeaders),
            ),
            ("no token", &[b"Bearer"], malformed()),
            ("space for a token", &[b"Bearer "], malformed()),
            (
                "comma-joined",
                &[b"Bearer a.b.c, Bearer d.e.f"],
                malformed(),
            ),
            (
                "comma-joined, no space",
                &[b"Bearer a.b.c,d.e.f"],
                malformed(),
            ),
            ("comma after the scheme", &[b"Bearer, a.b.c"], malformed()),
            ("two tokens", &[b"Bearer a.b.c d.e.f"], malformed()),
            ("tab", &[b"Bearer\ta.b.c"], malformed()),
            ("tab after space", &[b"Bearer \ta.b.c"], malformed()),
            ("colon", &[b"Bearer: a.b.c"], malformed()),
            ("quotes", &[b"Bearer \"a.b.c\""], malformed()),
            ("parameter", &[b"Bearer token=a.b.c"], malformed()),
            ("no-break space", &[b"Bearer\xc2\xa0a.b.c"], malformed()),
            (
                "space then no-break space",
                &[b"Bearer \xc2\xa0a.b.c"],
                malformed(),
            ),
            ("leading space", &[b" Bearer a.b.c"], malformed()),
            ("trailing space", &[b"Bearer a.b.c "], malformed()),
            ("trailing tab", &[b"Bearer a.b.c\t"], malformed()),
            ("not ASCII", &[b"Bearer a.b.\xe9"], malformed()),
            ("only padding", &[b"Bearer ="], malformed()),
            ("padding inside", &[b"Bearer a=.b.c"], malformed()),
        ];
        for (name, values, expected) in table {
            assert_eq!(&parse(values), expected, "{name}");
        }
    }

    #[test]
    fn a_token_over_the_cap_is_refused_before_its_characters_are_looked_at() {
        let at_cap = format!("Bearer {}", "a".repeat(TOKEN_LIMIT_BYTES));
        let over_cap = format!("Bearer {}", ",".repeat(TOKEN_LIMIT_BYTES + 1));
        assert!(parse(&[at_cap.as_bytes()]).is_ok());
        assert_eq!(parse(&[over_cap.as_bytes()]), Err(Reason::TokenTooLarge));
    }

    #[test]
    fn a_token_in_any_other_header_is_ignored() {
        let mut headers = HeaderMap::new();
        let names = [
            "x-ms-client-principal",
            "x-ms-token-aad-access-token",
            "x-forwarded-authorization",
            "proxy-authorization",
            "x-authorization",
            "cookie",
        ];
        for name in names {
            headers.insert(name, HeaderValue::from_static("Bearer a.b.c"));
        }
        assert_eq!(parse_credential(&headers), Ok(Credential::Absent));
    }
}
