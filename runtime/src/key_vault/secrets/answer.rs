//! What a vault answers about one secret (Key Vault REST, "Get Secret", and its errors).

use reqwest::StatusCode;
use serde::Deserialize;
use url::Url;

use super::FoundSecret;
use crate::config::SecretText;
use crate::identity::Clock;
use crate::key_vault::failure::SecretFailure;

/// Longest code of an error that is kept, in bytes.
const CODE_LIMIT_BYTES: usize = 100;
/// Longest version, in bytes. Vaults have 32.
const VERSION_LIMIT_BYTES: usize = 64;

#[derive(Deserialize)]
struct Secret {
    value: String,
    /// `https://desk.vault.azure.net/secrets/desk-db/0a1b..`
    id: Url,
    attributes: Option<Attributes>,
}

#[derive(Deserialize)]
struct Attributes {
    /// Its end, in seconds since 1970.
    exp: Option<i64>,
}

#[derive(Deserialize, Default)]
struct VaultError {
    #[serde(default)]
    error: VaultErrorBody,
}

#[derive(Deserialize, Default)]
struct VaultErrorBody {
    #[serde(default)]
    code: String,
    innererror: Option<InnerError>,
}

#[derive(Deserialize, Default)]
struct InnerError {
    #[serde(default)]
    code: String,
}

/// Takes the secret out of an answer that will not change.
///
/// # Errors
/// [`SecretFailure`], without anything that the vault wrote but its codes.
pub(super) fn accept(status: StatusCode, body: &[u8]) -> Result<FoundSecret, SecretFailure> {
    if status == StatusCode::OK {
        let secret = serde_json::from_slice(body).map_err(|_| SecretFailure::Unreadable)?;
        return accept_secret(secret);
    }
    let codes = parse_codes(body);
    Err(match status {
        StatusCode::UNAUTHORIZED => SecretFailure::TokenRefused(join(&codes)),
        StatusCode::FORBIDDEN if !codes.is_empty() => judge_forbidden(&codes),
        StatusCode::NOT_FOUND if !codes.is_empty() => SecretFailure::NotFound,
        _ => SecretFailure::Refused(status.as_u16()),
    })
}

fn accept_secret(secret: Secret) -> Result<FoundSecret, SecretFailure> {
    let version = find_version(&secret.id).ok_or(SecretFailure::Unreadable)?;
    // Whoever sets a secret from a file leaves a line end there, as with mounted ones.
    let value = secret.value.trim_end_matches(['\r', '\n']);
    if value.is_empty() {
        return Err(SecretFailure::Empty);
    }
    let end = secret.attributes.and_then(|attributes| attributes.exp);
    let now = Clock::system().now_unix_seconds().cast_signed();
    Ok(FoundSecret {
        value: SecretText(value.to_owned()),
        version: version.to_owned(),
        has_expired: end.is_some_and(|end| end <= now),
    })
}

fn find_version(id: &Url) -> Option<&str> {
    let mut path = id.path_segments()?;
    let (kind, _, version) = (path.next()?, path.next()?, path.next()?);
    let is_version = (1..=VERSION_LIMIT_BYTES).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (kind == "secrets" && is_version).then_some(version)
}

fn judge_forbidden(codes: &[String]) -> SecretFailure {
    let has = |code: &str| codes.iter().any(|it| it == code);
    if has("SecretDisabled") {
        SecretFailure::Disabled
    } else if has("ForbiddenByFirewall") || has("ForbiddenByConnection") {
        SecretFailure::Firewall
    } else {
        SecretFailure::NotAllowed(join(codes))
    }
}

fn join(codes: &[String]) -> String {
    if codes.is_empty() {
        "no code".to_owned()
    } else {
        codes.join(", ")
    }
}

/// The codes of a vault's error. Words only: its sentences are somebody else's, and may quote anything.
fn parse_codes(body: &[u8]) -> Vec<String> {
    let error: VaultError = serde_json::from_slice(body).unwrap_or_default();
    let is_code = |code: &String| {
        // Emulators give the names of classes.
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
        !code.is_empty() && code.len() <= CODE_LIMIT_BYTES && code.bytes().all(is_good)
    };
    let inner = error.error.innererror.unwrap_or_default();
    [error.error.code, inner.code]
        .into_iter()
        .filter(is_code)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "https://desk.vault.azure.net/secrets/desk-db/0a1b2c";

    fn accept_json(body: &Value) -> Result<FoundSecret, SecretFailure> {
        accept(StatusCode::OK, body.to_string().as_bytes())
    }

    #[test]
    fn a_secret_is_its_value_without_a_line_end_and_its_version() {
        let body = json!({
            "value": " hunter2 \r\n", "id": ID, "contentType": "text/plain", "tags": {"a": "b"},
            "attributes": {"enabled": true, "created": 1, "updated": 2, "recoveryLevel": "Recoverable"},
        });
        let found = accept_json(&body).ok().unwrap();
        assert_eq!(found.value.0, " hunter2 ");
        assert_eq!(found.version, "0a1b2c");
        assert!(!found.has_expired);
    }

    #[test]
    fn a_secret_has_expired_from_its_end_on() {
        let table = [
            (json!({"exp": 1_500_000_000}), true),
            (json!({"exp": 4_102_444_800_i64}), false),
            (json!({"exp": null}), false),
            (json!({}), false),
            (Value::Null, false),
        ];
        for (attributes, expected) in table {
            let body = json!({"value": "x", "id": ID, "attributes": attributes});
            let found = accept_json(&body).ok().unwrap();
            assert_eq!(found.has_expired, expected, "{attributes}");
        }
    }

    #[test]
    fn what_has_no_value_or_no_version_is_no_secret() {
        let table = [
            json!({"id": ID}),
            json!({"value": null, "id": ID}),
            json!({"value": "x"}),
            json!({"value": "x", "id": "desk-db"}),
            json!({"value": "x", "id": "https://desk.vault.azure.net/secrets/desk-db"}),
            json!({"value": "x", "id": "https://desk.vault.azure.net/secrets/desk-db/"}),
            json!({"value": "x", "id": "https://desk.vault.azure.net/secrets/desk-db/a%0Ab"}),
            json!({"value": "x", "id": "https://desk.vault.azure.net/keys/desk-db/0a1b2c"}),
            json!({"value": "x", "id": format!("{ID}{}", "0".repeat(60))}),
            json!("hunter2"),
        ];
        for body in table {
            let outcome = accept_json(&body).map(|_| ());
            assert_eq!(outcome, Err(SecretFailure::Unreadable), "{body}");
        }
    }

    #[test]
    fn the_codes_of_an_error_are_taken_and_its_sentences_are_not() {
        let table = [
            (
                r#"{"error":{"code":"Forbidden","message":"hunter2","innererror":{"code":"ForbiddenByRbac"}}}"#,
                vec!["Forbidden", "ForbiddenByRbac"],
            ),
            (
                r#"{"error":{"code":"SecretNotFound"}}"#,
                vec!["SecretNotFound"],
            ),
            (
                r#"{"error":{"code":"com.example.NotFoundException","innererror":null}}"#,
                vec!["com.example.NotFoundException"],
            ),
            (r#"{"error":{"code":"x y\u001b[2J"}}"#, vec![]),
            (r#"{"error":"access_denied"}"#, vec![]),
            ("<html>", vec![]),
            ("", vec![]),
        ];
        for (body, expected) in table {
            assert_eq!(parse_codes(body.as_bytes()), expected, "{body}");
        }
        let long = format!(r#"{{"error":{{"code":"{}"}}}}"#, "a".repeat(101));
        assert!(parse_codes(long.as_bytes()).is_empty());
    }
}
