//! `File`: what it sends, and what it says about it.

use portcullis::api_spec::Op;
use portcullis::testing::TestApi;
use portcullis::{Api, File, MediaType, Reply, endpoint, endpoints, media};
use serde_json::{Value, json};

/// Text that people read, which is no part of a page.
enum Svg {}

impl MediaType for Svg {
    const NAME: &str = "image/svg+xml";
}

/// Fetch a table.
#[endpoint(get, "/table.csv", signed_in, mcp)]
async fn table() -> File<media::Csv> {
    File::new("a,b\n").named("Größe.csv")
}

/// Fetch a picture.
#[endpoint(get, "/picture", signed_in)]
async fn picture() -> File<media::Png> {
    File::new(vec![0x89, b'P', 0, 0xff])
}

/// Fetch a drawing.
#[endpoint(get, "/drawing", public("a test"))]
async fn drawing() -> File<Svg> {
    File::new("<svg onload='alert(1)'/>")
}

async fn api() -> TestApi {
    let api = Api::new("Files", "1.0.0")
        .endpoints(endpoints![table, picture, drawing])
        .state(async |_| Ok(()));
    TestApi::new(api).await
}

#[tokio::test]
async fn bytes_come_as_they_are_with_their_type_and_name() {
    let caller = api().await.as_user();
    let table = caller.get("/api/v1/table.csv").await.assert_status(200);
    assert_eq!(table.text(), "a,b\n");
    assert_eq!(
        table.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(
        table.header("content-disposition"),
        Some("attachment; filename=\"Gr__e.csv\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.csv")
    );
    assert_eq!(table.header("x-content-type-options"), Some("nosniff"));
    let picture = caller.get("/api/v1/picture").await;
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert_eq!(picture.bytes(), [0x89, b'P', 0, 0xff]);
}

#[tokio::test]
async fn nothing_is_shown_as_a_page_of_this_origin() {
    let drawing = api().await.anonymous().get("/api/v1/drawing").await;
    assert_eq!(drawing.header("content-type"), Some("image/svg+xml"));
    assert_eq!(drawing.header("content-disposition"), Some("attachment"));
}

#[tokio::test]
async fn a_tool_passes_text_on() {
    let caller = api().await.as_user();
    let answer = caller.tool("table", json!({})).await;
    let message: Value = answer.response().json();
    assert_eq!(message["result"]["content"][0]["text"], "a,b\n");
    assert_eq!(message["result"]["structuredContent"], Value::Null);
}

#[test]
fn a_file_is_described_by_its_media_type() {
    fn described<M: MediaType>() -> (&'static str, Value) {
        let mut op = Op::default();
        <File<M> as Reply>::describe(&mut op);
        let success = op.success.unwrap();
        assert!(success.headers.contains_key("Content-Disposition"));
        let (media_type, schema) = success.content.unwrap();
        (media_type, serde_json::to_value(schema).unwrap())
    }
    let (media_type, schema) = described::<media::Png>();
    assert_eq!(media_type, "image/png");
    assert_eq!(schema["format"], "binary");
    assert_eq!(schema["contentMediaType"], "image/png");
    let (media_type, schema) = described::<media::Csv>();
    assert_eq!(media_type, "text/csv");
    assert_eq!(
        (schema["type"].as_str(), schema["format"].as_str()),
        (Some("string"), Some("text"))
    );
}
