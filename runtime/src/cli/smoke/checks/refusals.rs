//! What is answered without a credential, and to bad ones: 401 in the agreed form, and the same bytes for every reason.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use url::Url;

use super::super::answer::Answer;
use super::super::ledger::{Checked, Finding};
use super::super::probe::{Probe, Question};

const NOT_OURS: &str = "compare the address and the version of the deployment: this is not how an API built on Portcullis refuses";

/// Without a credential: 401, a challenge without `error` (RFC 6750 section 3.1), and where the metadata is (RFC 9728).
pub(in super::super) async fn check_no_token(probe: &Probe, path: &str) -> Checked<()> {
    let answer = probe.ask(Question::get(path)).await?;
    let challenge = judge_refusal(&answer, path, "no credential", "unauthenticated")?;
    if challenge.contains("error=") {
        return Err(Finding::failed(
            format!("GET {path}: the challenge names an error though no credential was sent"),
            NOT_OURS,
        ));
    }
    let metadata = judge_metadata_address(probe, &challenge)?;
    Ok((
        metadata.unwrap_or_else(|| {
            Finding::passed(format!(
                "GET {path}: {}, with resource_metadata",
                answer.describe()
            ))
        }),
        (),
    ))
}

/// Bad tokens, for reasons that differ: 401 `invalid_token`, and nothing in the answer tells them apart.
pub(in super::super) async fn check_bad_token(probe: &Probe, path: &str) -> Checked<()> {
    let mut bodies = Vec::new();
    for (name, token) in bad_tokens() {
        let header = format!("Bearer {token}");
        let question = Question::get(path).with_header("authorization", &header);
        let answer = probe.ask(question).await?;
        let challenge = judge_refusal(&answer, path, name, "invalid_token")?;
        if !challenge.contains("error=\"invalid_token\"") {
            return Err(Finding::failed(
                format!("GET {path} with {name}: the challenge lacks error=\"invalid_token\""),
                NOT_OURS,
            ));
        }
        bodies.push(without_correlation_id(&answer));
    }
    if bodies.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err(Finding::failed(
            format!("GET {path}: the answer tells apart why a token is bad"),
            "an attacker reads that: look for what rewrites error pages in front of the API, and update the deployment",
        ));
    }
    let found = format!(
        "GET {path}: 401 invalid_token, the same for {} kinds of bad token",
        bodies.len()
    );
    Ok((Finding::passed(found), ()))
}

/// None of them opens anything anywhere.
fn bad_tokens() -> [(&'static str, String); 3] {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = part(
        json!({ "aud": "smoke-test", "iss": "smoke-test", "roles": ["Admin"], "exp": 32_503_680_000_u64 }),
    );
    let unsigned = format!("{}.{claims}.", part(json!({ "alg": "none", "typ": "JWT" })));
    let forged = format!(
        "{}.{claims}.{}",
        part(json!({ "alg": "RS256", "typ": "JWT", "kid": "smoke-test" })),
        part(json!("forged"))
    );
    [
        ("text that is no token", "smoke-test".to_owned()),
        ("an unsigned token", unsigned),
        ("a forged token", forged),
    ]
}

/// Checks status and form of a refusal, and gives its challenge.
fn judge_refusal(answer: &Answer, path: &str, sent: &str, code: &str) -> Result<String, Finding> {
    if answer.is_success() {
        return Err(Finding::breached(
            format!(
                "GET {path} with {sent}: {}: the API admits callers whom it has not authenticated",
                answer.status
            ),
            "take the deployment off the network; compare AUTH_REQUIRED and the image that runs with the ones you meant",
        ));
    }
    let found = format!("GET {path} with {sent}: {}", answer.describe());
    if answer.status == 503 && answer.problem_code().as_deref() == Some("keys_unavailable") {
        return Err(Finding::failed(
            found,
            "no signing keys have been loaded: let the service reach auth.authority (egress, proxy, DNS)",
        ));
    }
    let is_problem = answer.media_type() == "application/problem+json";
    if answer.status != 401 || !is_problem || answer.problem_code().as_deref() != Some(code) {
        return Err(Finding::failed(
            format!("{found} in place of 401 {code}"),
            NOT_OURS,
        ));
    }
    match answer.header("www-authenticate") {
        Some(challenge) if challenge.starts_with("Bearer") => Ok(challenge.to_owned()),
        Some(_) | None => Err(Finding::failed(
            format!("{found} without a challenge: clients do not learn where to sign in"),
            "let what stands in front of the API pass WWW-Authenticate on",
        )),
    }
}

/// The address in the challenge is the deployment's own, or its public one when it is reached another way.
fn judge_metadata_address(probe: &Probe, challenge: &str) -> Result<Option<Finding>, Finding> {
    let address = challenge
        .split_once("resource_metadata=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .and_then(|(address, _)| Url::parse(address).ok());
    match address {
        None => Err(Finding::failed(
            "the challenge lacks resource_metadata (RFC 9728): MCP clients do not learn where to sign in",
            NOT_OURS,
        )),
        Some(address) => Ok(super::metadata::judge_origin(
            probe,
            &address,
            "resource_metadata in the challenge",
        )),
    }
}

fn without_correlation_id(answer: &Answer) -> String {
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    match answer.header("x-correlation-id") {
        Some(correlation_id) => body.replace(correlation_id, ""),
        None => body,
    }
}
