//! The way to the vault and to the token endpoint: bounded, without redirects, and with a memory of what came last.
//!
//! The SDK above it repeats what may pass, for a minute. Whoever gives up earlier has only this to say why.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::{AsyncRawResponse, HttpClient, Request};
use futures::TryStreamExt;
use serde::Deserialize;

use crate::error_chain::{chain, on_one_line};

/// Largest answer that is read, in bytes. A secret has at most 25 KiB.
const ANSWER_LIMIT_BYTES: usize = 256 * 1024;
/// Longest code of an error that is kept, in bytes.
const CODE_LIMIT_BYTES: usize = 64;

/// A transport of the SDK.
#[derive(Debug)]
pub(super) struct Wire {
    client: reqwest::Client,
    last: Mutex<Last>,
}

/// What came of the last attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Last {
    /// Nothing yet: whoever waits, waits for the first answer.
    #[default]
    Nothing,
    Answer {
        status: u16,
        /// What the vault calls it, from the general to the particular; empty when it is no vault that answers.
        codes: Vec<String>,
    },
    Oversized,
    Trouble(Trouble),
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    UnknownHost,
    Certificate,
    /// Refused, no route, a proxy that does not let through; in the words of this machine.
    Unreachable(String),
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
    #[serde(default)]
    innererror: InnerError,
}

#[derive(Deserialize, Default)]
struct InnerError {
    #[serde(default)]
    code: String,
}

impl Wire {
    pub(super) fn new(client: reqwest::Client) -> Self {
        Self {
            client,
            last: Mutex::default(),
        }
    }

    pub(super) fn last(&self) -> Last {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    fn note(&self, what: Last) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }
}

#[async_trait]
impl HttpClient for Wire {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let note_trouble = |error: &Error| self.note(Last::Trouble(Trouble::of(error)));
        let response = self.client.execute_request(request).await;
        let (status, headers, mut stream) = response.inspect_err(note_trouble)?.deconstruct();
        let mut body = Vec::new();
        while let Some(piece) = stream.try_next().await.inspect_err(note_trouble)? {
            body.extend_from_slice(&piece);
            if body.len() > ANSWER_LIMIT_BYTES {
                self.note(Last::Oversized);
                // This kind is not repeated.
                let message = "the answer is too large";
                return Err(Error::with_message(ErrorKind::DataConversion, message));
            }
        }
        self.note(Last::Answer {
            status: u16::from(status),
            codes: if status.is_success() {
                Vec::new()
            } else {
                parse_codes(&body)
            },
        });
        Ok(AsyncRawResponse::from_bytes(status, headers, body))
    }
}

impl Trouble {
    fn of(error: &Error) -> Self {
        let text = on_one_line(error);
        let says = |words: &str| text.contains(words);
        if says("dns error") || says("failed to lookup address") {
            Trouble::UnknownHost
        } else if says("invalid peer certificate") {
            Trouble::Certificate
        } else {
            let innermost = chain(error).last().map(ToString::to_string);
            let text: String = innermost.unwrap_or_default().chars().take(100).collect();
            Trouble::Unreachable(text.escape_debug().to_string())
        }
    }
}

/// The codes of a vault's error. Words only: its sentences are somebody else's, and may quote anything.
fn parse_codes(body: &[u8]) -> Vec<String> {
    let error: VaultError = serde_json::from_slice(body).unwrap_or_default();
    let is_code = |code: &String| {
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !code.is_empty() && code.len() <= CODE_LIMIT_BYTES && code.bytes().all(is_good)
    };
    [error.error.code, error.error.innererror.code]
        .into_iter()
        .filter(is_code)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::parse_codes;

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
            (r#"{"error":{"code":"x y\u001b[2J"}}"#, vec![]),
            (r#"{"error":"access_denied"}"#, vec![]),
            ("<html>", vec![]),
            ("", vec![]),
        ];
        for (body, expected) in table {
            assert_eq!(parse_codes(body.as_bytes()), expected, "{body}");
        }
        let long = format!(r#"{{"error":{{"code":"{}"}}}}"#, "a".repeat(65));
        assert!(parse_codes(long.as_bytes()).is_empty());
    }
}
