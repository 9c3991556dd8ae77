//! `assert_matrix` fails where an operation does not answer as annotated.

use portcullis::endpoints;
use portcullis::testing::TestApi;

use super::{api_of, failure_of, good_api, has_row, notes};

#[tokio::test]
async fn a_handler_that_refuses_whom_its_annotation_admits_is_found() {
    let failure = failure_of(async {
        let api = api_of(endpoints![
            notes::wrong::pretender,
            notes::wrong::moody,
            notes::wrong::picky,
        ]);
        TestApi::new(api).await.assert_matrix().await;
    });
    let failure = failure.await;
    let begins =
        failure.starts_with("assert_matrix at ") && failure.contains("tests/kit/matrix.rs:");
    assert!(begins, "{failure}");
    let (pretender, moody) = ("GET /api/v1/pretender", "GET /api/v1/moody");
    for row in [
        [pretender, "user:Reader", "admitted", "403 forbidden"],
        [pretender, "application:Feed", "admitted", "403 forbidden"],
        [pretender, "poc", "admitted", "403 forbidden"],
        [moody, "anonymous", "admitted", "401 who_are_you"],
    ] {
        assert!(has_row(&failure, &row), "{row:?} in {failure}");
    }
    assert!(!failure.contains("picky"), "{failure}");
}

#[tokio::test]
async fn a_role_that_the_configuration_gives_to_nobody_is_found() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).set("auth.roles", r#"{"Notes.Reader"="Reader"}"#);
        api.await.assert_matrix().await;
    });
    let failure = failure.await;
    for row in [
        [
            "PUT /api/v1/notes/{id}",
            "user:Writer",
            "admitted",
            "403 forbidden",
        ],
        [
            "MCP tools/list",
            "user:Writer",
            "delete_note get_note put_note who_am_i",
            "who_am_i",
        ],
    ] {
        assert!(has_row(&failure, &row), "{row:?} in {failure}");
    }
    // The reader's role is mapped, and the kit's tokens carry the name that Entra knows it by.
    assert!(!failure.contains("user:Reader "), "{failure}");
}

#[tokio::test]
async fn an_application_without_authentication_is_found() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).set("auth.required", "false");
        api.await.assert_matrix().await;
    });
    let failure = failure.await;
    let row = [
        "POST /api/v1/deliveries",
        "anonymous",
        "401 unauthenticated",
        "403 forbidden",
    ];
    assert!(has_row(&failure, &row), "{failure}");
    let row = [
        "MCP tools/list",
        "anonymous",
        "refused",
        "delete_note get_note put_note who_am_i",
    ];
    assert!(has_row(&failure, &row), "{failure}");
}
