//! The form of a token: three parts, canonical base64url, strict JSON, a header that asks for nothing unusual.
//!
//! Nothing here is believed yet; it is only made readable. Invariant: a parsed token holds no duplicate member, and
//! its header names RS256 and a key.

mod claims;
mod header;
mod identity_claims;
mod validity_claims;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(super) use claims::Claims;
pub(super) use header::{RULES as HEADER_RULES, TokenHeader, read_kid};
pub(super) use identity_claims::IdentityClaims;
pub(super) use validity_claims::{Times, ValidityClaims};

use super::Reason;
use super::authorization_header::TOKEN_LIMIT_BYTES;
use super::json::{Json, Object};

/// Largest header part, in bytes as it stands in the token.
pub(super) const HEADER_LIMIT_BYTES: usize = 2 * 1024;

/// A token whose form is right and whose signature has not been looked at.
pub(super) struct UnverifiedToken<'a> {
    /// `header.claims` as it stands in the token: what was signed.
    pub(super) signed_part: &'a str,
    /// The signature part, canonical base64url.
    pub(super) signature: &'a str,
    pub(super) header: TokenHeader,
    pub(super) claims: Claims,
}

/// The three parts of a token, as they stand in it.
pub(super) struct TokenParts<'a> {
    signed_part: &'a str,
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
}

impl<'a> UnverifiedToken<'a> {
    /// Reads the form of a token (RFC 7515 section 5.2, steps 1 to 5).
    ///
    /// # Errors
    /// The [`Reason`] of the first fault.
    pub(super) fn parse(token: &'a str) -> Result<Self, Reason> {
        let parts = TokenParts::split(token)?;
        let header = TokenHeader::parse(&parts.read_header()?)?;
        Ok(parts.with(header, parts.read_claims()?))
    }
}

impl<'a> TokenParts<'a> {
    /// Finds the parts.
    ///
    /// # Errors
    /// The [`Reason`] of the first fault of size, number or spelling.
    pub(super) fn split(token: &'a str) -> Result<Self, Reason> {
        if token.len() > TOKEN_LIMIT_BYTES {
            return Err(Reason::TokenTooLarge);
        }
        let parts: Vec<&str> = token.splitn(6, '.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(match parts.len() {
                5 => Reason::TokenEncrypted,
                _ => Reason::TokenNotSigned,
            });
        };
        if header.is_empty() || claims.is_empty() || signature.is_empty() {
            return Err(Reason::TokenNotSigned);
        }
        if header.len() > HEADER_LIMIT_BYTES {
            return Err(Reason::HeaderTooLarge);
        }
        // A second spelling of one signature would be a second token to whatever compares tokens.
        decode(signature)?;
        Ok(Self {
            signed_part: &token[..header.len() + 1 + claims.len()],
            header,
            claims,
            signature,
        })
    }

    /// The members of the header, not looked at.
    ///
    /// # Errors
    /// [`Reason::NotBase64Url`], [`Reason::NotJson`], [`Reason::DuplicateMember`].
    pub(super) fn read_header(&self) -> Result<Object, Reason> {
        parse_object(self.header)
    }

    /// The claims, not looked at.
    ///
    /// # Errors
    /// As those of the header.
    pub(super) fn read_claims(&self) -> Result<Claims, Reason> {
        parse_object(self.claims).map(Claims::new)
    }

    /// The token that these parts are, with what was read of them.
    fn with(&self, header: TokenHeader, claims: Claims) -> UnverifiedToken<'a> {
        UnverifiedToken {
            signed_part: self.signed_part,
            signature: self.signature,
            header,
            claims,
        }
    }
}

/// Decodes base64url without padding; spare bits must be zero (RFC 4648 section 3.5).
fn decode(part: &str) -> Result<Vec<u8>, Reason> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Reason::NotBase64Url)
}

fn parse_object(part: &str) -> Result<Object, Reason> {
    let Ok(Json::Object(object)) = Json::parse(&decode(part)?) else {
        return Err(Reason::NotJson);
    };
    if object.has_duplicate() {
        return Err(Reason::DuplicateMember);
    }
    Ok(object)
}

#[cfg(test)]
mod tests;
