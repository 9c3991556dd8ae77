//! `assert_openapi` and `assert_all_listed` fail where file or source say something else.

use portcullis::testing::TestApi;

use super::{failure_of, good_api};

#[tokio::test]
async fn a_document_that_differs_or_is_not_there_is_found() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).await;
        api.assert_openapi("../docs/generated/openapi.json");
    });
    let failure = failure.await;
    assert!(
        failure.contains("is not what the application describes now"),
        "{failure}"
    );
    assert!(failure.contains("/api/v1/reports"), "{failure}");
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).await;
        api.assert_openapi("tests/kit/no-such.yaml");
    });
    assert!(failure.await.contains("no-such.yaml cannot be read"));
}

#[tokio::test]
async fn an_endpoint_in_no_list_is_named_with_its_place() {
    let failure = failure_of(async {
        let api = TestApi::new(good_api()).await;
        api.assert_all_listed_in("tests/kit");
    });
    let failure = failure.await;
    assert!(failure.contains("in no endpoints![..]"), "{failure}");
    for name in ["forgotten", "lie", "moody", "picky", "pretender"] {
        let place = format!("{name:9} | tests/kit/notes.rs:");
        assert!(failure.contains(&place), "{place} in {failure}");
    }
    for name in ["get_note", "health"] {
        assert!(!failure.contains(name), "{failure}");
    }
}

#[tokio::test]
async fn an_excuse_must_be_needed() {
    let excused = || {
        let api = TestApi::new(good_api()).unlisted("forgotten");
        api.unlisted("lie")
            .unlisted("moody")
            .unlisted("picky")
            .unlisted("pretender")
    };
    excused().await.assert_all_listed_in("tests/kit");
    let failure = failure_of(async move {
        let api = excused().unlisted("get_note").unlisted("nobody");
        api.await.assert_all_listed_in("tests/kit");
    });
    let failure = failure.await;
    assert!(failure.contains("excused, and listed"), "{failure}");
    assert!(failure.contains("excused, and not there"), "{failure}");
}

#[tokio::test]
async fn a_folder_without_endpoints_passes_for_nothing() {
    for folder in ["src/config", "no/such/folder"] {
        let failure = failure_of(async move {
            let api = TestApi::new(good_api()).await;
            api.assert_all_listed_in(folder);
        });
        let failure = failure.await;
        let says = ["had nothing to check", "cannot be read"];
        assert!(says.iter().any(|it| failure.contains(it)), "{failure}");
    }
}
