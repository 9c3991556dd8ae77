//! `assert_refuses_forgeries` fails where one gets through, and where a refusal would prove nothing.

use portcullis::endpoints;
use portcullis::testing::TestApi;

use super::{api_of, failure_of, good_api, has_row, notes};

#[tokio::test]
async fn a_forgery_that_gets_through_is_named_with_its_operation() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).set("auth.required", "false");
        api.await.assert_refuses_forgeries().await;
    });
    let failure = failure.await;
    let (me, put, mcp) = (
        "GET /api/v1/me",
        "PUT /api/v1/notes/{id}",
        "POST /api/v1/mcp",
    );
    let bad = "401 invalid_token";
    for row in [
        [me, "alg none, unsigned", bad, "200"],
        [me, "foreign key embedded as jwk", bad, "200"],
        [put, "expired", bad, "415 unsupported_media_type"],
        [put, "foreign audience", bad, "415 unsupported_media_type"],
        [
            me,
            "two Authorization headers, both good",
            "400 invalid_request",
            "200",
        ],
        [
            me,
            "a good token in the query",
            "401 unauthenticated",
            "200",
        ],
        [mcp, "an ID token", bad, "400"],
    ] {
        assert!(has_row(&failure, &row), "{row:?} in {failure}");
    }
    assert!(!failure.contains("/health"), "{failure}");
}

#[tokio::test]
async fn where_a_genuine_token_is_refused_too_the_corpus_proves_nothing() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).set("auth.roles", r#"{"Notes.Reader"="Reader"}"#);
        api.await.assert_refuses_forgeries().await;
    });
    let failure = failure.await;
    assert!(
        failure.contains("none: a genuine token of user:Writer"),
        "{failure}"
    );
    assert!(failure.contains("3 of "), "{failure}");
}

#[tokio::test]
async fn a_handler_that_refuses_in_its_own_words_has_been_reached() {
    let api = TestApi::new(api_of(endpoints![notes::wrong::picky])).await;
    api.assert_refuses_forgeries().await;
    let failure = failure_of(async {
        let api = TestApi::new(api_of(endpoints![notes::wrong::pretender])).await;
        api.assert_refuses_forgeries().await;
    });
    let failure = failure.await;
    assert!(
        failure.contains("none: a genuine token of user:Reader"),
        "{failure}"
    );
}

#[tokio::test]
async fn an_application_without_a_guarded_operation_has_nothing_to_check() {
    let failure = failure_of(async {
        let api = TestApi::new(api_of(endpoints![notes::health])).set("mcp.enabled", "false");
        api.await.assert_refuses_forgeries().await;
    });
    let failure = failure.await;
    assert!(failure.contains("had nothing to check"), "{failure}");
}
