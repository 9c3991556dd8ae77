//! Duties 17 and 18: what a fetch refuses.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::identity::testing::{Answer, CLIENT, KEY_A, TENANT, TestIssuer};
use crate::until::until;

async fn fetch(
    issuer: &TestIssuer,
    adjust: impl FnOnce(&mut Config),
) -> Result<KeySet, FetchError> {
    let mut config = issuer.config();
    adjust(&mut config);
    KeyFetcher::build(&config).unwrap().fetch().await
}

/// The name of the error's variant.
fn refusal(result: Result<KeySet, FetchError>) -> &'static str {
    match result {
        Ok(_) => "loaded",
        Err(FetchError::Unreachable(..)) => "unreachable",
        Err(FetchError::TimedOut(..)) => "timed out",
        Err(FetchError::Status(..)) => "status",
        Err(FetchError::ContentType(_)) => "content type",
        Err(FetchError::TooLarge(_)) => "too large",
        Err(FetchError::NotJson(_)) => "not json",
        Err(FetchError::Discovery(..)) => "discovery",
        Err(FetchError::NotAKeyDocument(_)) => "not a key document",
        Err(FetchError::NoUsableKey(_)) => "no usable key",
    }
}

#[tokio::test]
async fn a_bad_key_document_is_refused_whole() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let elsewhere = TestIssuer::start(&[KEY_A.jwk()]).await;
    let raw = |status, content_type, text: &str| Answer::Raw(status, content_type, text.into());
    let good = json!({ "keys": [KEY_A.jwk()] }).to_string();
    let oversize = format!("{good}{}", " ".repeat(DOCUMENT_LIMIT_BYTES));
    let at_limit = format!("{good}{}", " ".repeat(DOCUMENT_LIMIT_BYTES - good.len()));
    let moved = |host: &str| Answer::RedirectTo(format!("{host}/moved"));
    let table = [
        (
            "good",
            raw(200, "application/json; charset=utf-8", &good),
            "loaded",
        ),
        (
            "the registered type",
            raw(200, "application/jwk-set+json", &good),
            "loaded",
        ),
        (
            "exactly 1 MiB",
            raw(200, "application/json", &at_limit),
            "loaded",
        ),
        (
            "over 1 MiB",
            raw(200, "application/json", &oversize),
            "too large",
        ),
        ("without end", Answer::Endless, "too large"),
        (
            "garbage",
            raw(200, "application/json", "<html>"),
            "not json",
        ),
        ("a web page", raw(200, "text/html", &good), "content type"),
        (
            "error status",
            raw(500, "application/json", &good),
            "status",
        ),
        ("no content", raw(204, "application/json", ""), "status"),
        (
            "a list",
            raw(200, "application/json", "[]"),
            "not a key document",
        ),
        (
            "no keys",
            raw(200, "application/json", r#"{"keys":[]}"#),
            "no usable key",
        ),
        (
            "only bad keys",
            Answer::Json(json!({ "keys": [{"kty": "oct", "kid": "k", "k": "AA"}] })),
            "no usable key",
        ),
        ("redirect within the origin", moved(&issuer.base), "loaded"),
        (
            "redirect to another port",
            moved(&elsewhere.base),
            "unreachable",
        ),
        (
            "redirect to another name",
            moved(&issuer.base.replace("127.0.0.1", "localhost")),
            "unreachable",
        ),
    ];
    for (name, answer, expected) in table {
        issuer.set_keys(answer);
        assert_eq!(refusal(fetch(&issuer, |_| {}).await), expected, "{name}");
    }
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_bad_discovery_document_is_refused_before_keys_are_asked_for() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let elsewhere = TestIssuer::start(&[KEY_A.jwk()]).await;
    let right = format!("{}/{TENANT}/v2.0", issuer.base);
    let document =
        |issuer: &str, keys: String| Answer::Json(json!({ "issuer": issuer, "jwks_uri": keys }));
    let table = [
        (
            "issuer of another",
            document("https://evil.example/v2.0", format!("{}/keys", issuer.base)),
            "discovery",
        ),
        (
            "issuer with a slash",
            document(&format!("{right}/"), format!("{}/keys", issuer.base)),
            "discovery",
        ),
        (
            "keys elsewhere",
            document(&right, format!("{}/keys", elsewhere.base)),
            "discovery",
        ),
        (
            "keys in a file",
            document(&right, "file:///etc/passwd".to_owned()),
            "discovery",
        ),
        (
            "no keys",
            Answer::Json(json!({ "issuer": right })),
            "discovery",
        ),
        (
            "redirect",
            Answer::RedirectTo(format!("{}/moved", elsewhere.base)),
            "unreachable",
        ),
        (
            "garbage",
            Answer::Raw(200, "application/json", b"{".to_vec()),
            "not json",
        ),
    ];
    for (name, answer, expected) in table {
        issuer.set_discovery(answer);
        assert_eq!(refusal(fetch(&issuer, |_| {}).await), expected, "{name}");
    }
    assert_eq!((issuer.key_fetches(), elsewhere.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_provider_that_hangs_ends_in_a_timeout() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    issuer.set_keys(Answer::Hang);
    let brief =
        |config: &mut Config| config.authentication.keys.timeout = Duration::from_millis(50);
    assert_eq!(refusal(fetch(&issuer, brief).await), "timed out");
}

/// Callers wait for the first fetch, whose documents come one after the other.
#[tokio::test]
async fn the_time_of_a_fetch_is_for_all_its_documents() {
    // So long that a busy machine answers within what is left of it.
    const TIMEOUT: Duration = Duration::from_secs(4);
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let discovery = issuer.discovery();
    issuer.set_discovery(Answer::Hang);
    issuer.set_keys(Answer::Hang);
    let fetch = async {
        let brief = |config: &mut Config| config.authentication.keys.timeout = TIMEOUT;
        let result = tokio::time::timeout(TIMEOUT.mul_f32(1.6), fetch(&issuer, brief)).await;
        result.expect("the second document is not given the time of the first one again")
    };
    let answer_late = async {
        let started = std::time::Instant::now();
        let is_late = || started.elapsed() > TIMEOUT.mul_f32(0.7);
        until("most of the time is over", is_late).await;
        issuer.set_discovery(discovery);
        issuer.release();
    };
    let (result, ()) = tokio::join!(fetch, answer_late);
    let error = result.err().map(|error| error.to_string());
    let url = format!("{}/keys", issuer.base);
    let expected = "was not read within 4s, which one fetch may take (auth.keys.timeout)";
    assert_eq!(error, Some(format!("{url} {expected}")));
}

#[tokio::test]
async fn app_specific_keys_are_asked_for_by_appid() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let by_app = |config: &mut Config| config.authentication.keys.app_specific = true;
    assert_eq!(refusal(fetch(&issuer, by_app).await), "loaded");
    assert_eq!(
        issuer.requests(),
        [
            format!("/{TENANT}/v2.0/.well-known/openid-configuration?appid={CLIENT}"),
            format!("/keys?appid={CLIENT}"),
        ]
    );
}

#[tokio::test]
async fn the_v1_issuer_is_read_from_the_v1_metadata_when_it_is_needed() {
    let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
    let set = fetch(&issuer, |_| {}).await.unwrap();
    assert_eq!((set.v1_issuer(), issuer.requests().len()), (None, 2));
    let accept = |config: &mut Config| config.authentication.accept_v1_tokens = true;
    let set = fetch(&issuer, accept).await.unwrap();
    let expected = format!("{}/sts/{TENANT}/", issuer.base);
    assert_eq!(set.v1_issuer(), Some(expected.as_str()));
    issuer.set_v1_discovery(Answer::Json(
        json!({ "issuer": "https://sts.windows.net/other/" }),
    ));
    assert_eq!(refusal(fetch(&issuer, accept).await), "discovery");
}
