//! A value names something of its own operation, also where another operation stands at the path that it would make.

use portcullis::testing::TestApi;
use portcullis::{Api, File, Json, Path, endpoint, endpoints, media};
use serde_json::{Value, json};

use crate::api::Role;

/// Fetch one file.
#[endpoint(
    get,
    "/files/{name}",
    roles(Reader, Writer),
    mcp,
    resource("notes://files/{name}")
)]
async fn get_file(Path(name): Path<String>) -> Json<String> {
    Json(name)
}

/// Everything, for those who may have it all. Not offered over MCP.
#[endpoint(get, "/files/export", roles(Writer))]
async fn export_files() -> Json<&'static str> {
    Json("everything")
}

/// The newest file.
#[endpoint(get, "/files/newest", roles(Writer), resource("notes://files/newest"))]
async fn get_newest() -> File<media::Markdown> {
    File::new("# newest")
}

async fn service() -> TestApi {
    let api = Api::new("Files", "1.0.0")
        .endpoints(endpoints![get_file, export_files, get_newest])
        .state(async |_| Ok(()));
    TestApi::new(api).await
}

#[tokio::test]
async fn a_value_reaches_no_operation_but_its_own() {
    let api = service().await;
    let writer = api.as_role(Role::Writer);
    assert_eq!(writer.get("/api/v1/files/export").await.status(), 200);
    assert_eq!(writer.resource("notes://files/a").await.text(), "\"a\"");
    writer
        .resource("notes://files/export")
        .await
        .assert_unknown();
    let answer = writer.tool("get_file", json!({"name": "export"})).await;
    let message: Value = answer.response().json();
    assert_eq!(message["result"]["isError"], true, "{message}");
    assert!(!message.to_string().contains("everything"), "{message}");
}

#[tokio::test]
async fn what_stands_behind_a_value_is_not_told_by_another_spelling() {
    let api = service().await;
    let writer = api.as_role(Role::Writer);
    let newest = writer.resource("notes://files/newest").await;
    assert_eq!(newest.text(), "# newest");
    for role in [Role::Reader, Role::Writer] {
        let caller = api.as_role(role);
        for spelling in ["notes://files/%6Eewest", "notes://files/ne%77est"] {
            caller.resource(spelling).await.assert_unknown();
        }
    }
    let reader = api.as_role(Role::Reader);
    reader
        .resource("notes://files/newest")
        .await
        .assert_unknown();
}
