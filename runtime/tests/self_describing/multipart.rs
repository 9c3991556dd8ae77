//! `Multipart` and `Upload`: what is read, what is refused, and what the document says.

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use http::Request;
use portcullis::api_spec::Op;
use portcullis::{Arg, Json, Multipart, Upload};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::ToSchema;

use crate::support::read;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Profile {
    #[schema(max_length = 10)]
    name: String,
    age: Option<u8>,
    is_public: bool,
    kind: Option<Kind>,
    #[serde(default)]
    tags: Vec<String>,
    avatar: Upload<8>,
    letter: Option<Upload<1000>>,
    #[serde(default)]
    scans: Vec<Upload<4>>,
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Staff,
    Guest,
}

async fn show(Multipart(profile): Multipart<Profile>) -> Json<Value> {
    let letter = profile.letter.as_ref();
    let scans: Vec<&[u8]> = profile.scans.iter().map(|scan| &scan.bytes()[..]).collect();
    Json(json!({
        "name": profile.name,
        "age": profile.age,
        "is_public": profile.is_public,
        "kind": profile.kind,
        "tags": profile.tags,
        "avatar": profile.avatar.bytes().to_vec(),
        "avatar_name": profile.avatar.file_name(),
        "avatar_type": profile.avatar.content_type(),
        "has_letter": letter.is_some(),
        "scans": scans,
    }))
}

/// A part as it stands between two boundaries.
fn text(name: &str, value: &str) -> Vec<u8> {
    format!("content-disposition: form-data; name=\"{name}\"\r\n\r\n{value}").into_bytes()
}

fn file(name: &str, file_name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "content-disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
         content-type: image/png\r\n\r\n"
    );
    [head.as_bytes(), bytes].concat()
}

fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut form = Vec::new();
    for part in parts {
        form.extend(b"--frontier\r\n");
        form.extend(part);
        form.extend(b"\r\n");
    }
    form.extend(b"--frontier--\r\n");
    form
}

async fn send(content_type: &str, body: Vec<u8>) -> (u16, Value) {
    let router = Router::new()
        .route("/profile", post(show))
        .layer(DefaultBodyLimit::max(20_000));
    let request = Request::post("/profile").header("content-type", content_type);
    let request = request.body(Body::from(body)).unwrap();
    read(router.oneshot(request).await.unwrap()).await
}

async fn send_parts(parts: &[Vec<u8>]) -> (u16, Value) {
    send("multipart/form-data; boundary=frontier", form(parts)).await
}

/// The status, the code and the pointers of a problem, sorted.
async fn refused(parts: &[Vec<u8>]) -> (u16, String, Vec<String>) {
    let (status, body) = send_parts(parts).await;
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let pointer = |error: &Value| error["pointer"].as_str().unwrap().to_owned();
    let mut pointers: Vec<String> = errors.iter().map(pointer).collect();
    pointers.sort();
    (status, body["code"].as_str().unwrap().to_owned(), pointers)
}

fn expected(status: u16, code: &str, pointers: &[&str]) -> (u16, String, Vec<String>) {
    let pointers = pointers.iter().map(|it| (*it).to_owned()).collect();
    (status, code.to_owned(), pointers)
}

/// A good form, and what makes it another one.
fn with(others: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let good = [
        text("name", "Ada"),
        text("is_public", "true"),
        file("avatar", "a.png", b"\0\xff"),
    ];
    [&good, others].concat()
}

#[tokio::test]
async fn text_and_files_arrive() {
    let (status, body) = send_parts(&with(&[
        text("age", "36"),
        text("kind", "guest"),
        text("tags", "a"),
        text("tags", "b\r\nc"),
        file("scans", "", b"\r\n--"),
        file("scans", "2.png", b"2"),
    ]))
    .await;
    assert_eq!(status, 200, "{body}");
    let shown = json!({
        "name": "Ada",
        "age": 36,
        "is_public": true,
        "kind": "guest",
        "tags": ["a", "b\r\nc"],
        "avatar": [0, 255],
        "avatar_name": "a.png",
        "avatar_type": "image/png",
        "has_letter": false,
        "scans": [[13, 10, 45, 45], [50]],
    });
    assert_eq!(body, shown);
}

#[tokio::test]
async fn a_file_input_without_a_file_counts_as_absent() {
    let (status, body) = send_parts(&with(&[file("letter", "", b"")])).await;
    assert_eq!(
        (status, &body["has_letter"]),
        (200, &json!(false)),
        "{body}"
    );
    let empty = with(&[file("letter", "empty.txt", b"")]);
    assert_eq!(send_parts(&empty).await.1["has_letter"], true);
    let parts = [
        text("name", "Ada"),
        text("is_public", "true"),
        file("avatar", "", b""),
    ];
    assert_eq!(
        refused(&parts).await,
        expected(422, "invalid_form", &["/avatar"])
    );
}

#[tokio::test]
async fn the_name_of_a_file_leads_nowhere() {
    for name in ["../../etc/passwd", "C:\\\\passwd", "/passwd"] {
        let parts = [
            text("name", "Ada"),
            text("is_public", "true"),
            file("avatar", name, b"x"),
        ];
        let (_, body) = send_parts(&parts).await;
        assert_eq!(body["avatar_name"], "passwd", "{name}: {body}");
    }
}

#[tokio::test]
async fn every_fault_of_a_form_is_named() {
    let parts = [
        text("name", "a name that is too long"),
        text("age", "old"),
        text("kind", "robot"),
        file("tags", "tag.txt", b"x"),
        text("avatar", "too many bytes"),
        file("scans", "1.png", b"four"),
        file("scans", "2.png", b"fives"),
        text("colour", "red"),
    ];
    let pointers = [
        "/age",
        "/avatar",
        "/colour",
        "/is_public",
        "/kind",
        "/name",
        "/scans/1",
        "/tags/0",
    ];
    assert_eq!(
        refused(&parts).await,
        expected(422, "invalid_form", &pointers)
    );
}

#[tokio::test]
async fn a_field_that_is_sent_twice_is_refused() {
    for (again, pointer) in [
        (text("name", "Bob"), "/name"),
        (text("age", "1"), "/age"),
        (file("avatar", "b.png", b"x"), "/avatar"),
    ] {
        let parts = with(&[text("age", "36"), again]);
        assert_eq!(
            refused(&parts).await,
            expected(422, "invalid_form", &[pointer])
        );
    }
}

#[tokio::test]
async fn a_part_that_nobody_asks_for_is_ignored_whatever_it_is() {
    #[derive(Deserialize, ToSchema)]
    #[expect(dead_code, reason = "only whether it is read matters here")]
    struct Note {
        text: String,
        size: u8,
    }
    let router = Router::new().route("/note", post(|_: Multipart<Note>| async {}));
    for (size, status, pointers) in [("1", 200, vec![]), ("many", 422, vec!["/size"])] {
        let scan = || file("scan", "a.png", b"\xff");
        let parts = [text("text", "x"), scan(), scan(), text("size", size)];
        let request = Request::post("/note")
            .header("content-type", "multipart/form-data; boundary=frontier")
            .body(Body::from(form(&parts)))
            .unwrap();
        let (found, body) = read(router.clone().oneshot(request).await.unwrap()).await;
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let at: Vec<&str> = errors
            .iter()
            .filter_map(|it| it["pointer"].as_str())
            .collect();
        assert_eq!((found, at), (status, pointers), "{body}");
    }
}

#[tokio::test]
async fn text_must_be_text() {
    let mut broken = text("age", "");
    broken.push(0xff);
    for part in [file("age", "age.txt", b"36"), broken] {
        let refused = refused(&with(&[part])).await;
        assert_eq!(refused, expected(422, "invalid_form", &["/age"]));
    }
}

#[tokio::test]
async fn a_file_may_have_so_many_bytes_and_no_more() {
    let letter = |length: usize| file("letter", "l.txt", &vec![b'x'; length]);
    assert_eq!(send_parts(&with(&[letter(1000)])).await.0, 200);
    assert_eq!(
        refused(&with(&[letter(1001), file("scans", "s", b"fives")])).await,
        expected(413, "upload_too_large", &["/letter", "/scans/0"])
    );
}

#[tokio::test]
async fn the_whole_form_and_the_number_of_its_parts_are_bounded() {
    let large = vec![file("letter", "l.txt", &[0; 20_000])];
    assert_eq!(refused(&large).await, expected(413, "body_too_large", &[]));
    let tags = vec![text("tags", "x"); 97];
    assert_eq!(send_parts(&with(&tags)).await.0, 200);
    let tags = vec![text("tags", "x"); 98];
    assert_eq!(
        refused(&with(&tags)).await,
        expected(413, "too_many_parts", &[])
    );
}

#[tokio::test]
async fn what_is_no_form_is_told_apart() {
    let good = form(&with(&[]));
    for (content_type, status) in [
        ("Multipart/Form-Data; boundary=\"frontier\"", 200),
        ("application/json", 415),
        ("multipart/mixed; boundary=frontier", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=another", 400),
    ] {
        assert_eq!(
            send(content_type, good.clone()).await.0,
            status,
            "{content_type}"
        );
    }
    let mut cut = good;
    cut.truncate(cut.len() - 20);
    for body in [cut, Vec::new(), b"nonsense".to_vec()] {
        let (status, body) = send("multipart/form-data; boundary=frontier", body).await;
        assert_eq!((status, &body["code"]), (400, &json!("malformed_form")));
    }
    let nameless = [b"content-disposition: form-data\r\n\r\nx".to_vec()];
    assert_eq!(
        refused(&nameless).await,
        expected(400, "malformed_form", &[])
    );
}

#[test]
fn a_file_is_read_from_a_form_only() {
    let lists = [
        json!(["$portcullis::Upload", "a", "b", [1]]),
        json!(["a"]),
        json!("text"),
        json!({}),
    ];
    for value in lists {
        let read = serde_json::from_value::<Upload<8>>(value.clone());
        assert!(read.is_err(), "{value}");
    }
}

#[test]
fn no_format_makes_an_upload_that_a_form_could_not() {
    let read = |name: &str, media_type: &str, bytes: &str| {
        let list = json!(["$portcullis::Upload", name, media_type, bytes]);
        serde_json::from_str::<Upload<8>>(&list.to_string())
    };
    let long = "x".repeat(129);
    for (name, media_type, bytes) in [
        ("x", "t", "123456789"),
        ("../x", "t", "1"),
        ("a/b", "t", "1"),
        ("..", "t", "1"),
        ("a\u{202e}b", "t", "1"),
        (" x", "t", "1"),
        (&*long, "t", "1"),
        ("x", &*long, "1"),
    ] {
        assert!(
            read(name, media_type, bytes).is_err(),
            "{name} {media_type} {bytes}"
        );
    }
}

#[test]
fn a_form_is_described_with_its_files() {
    let mut op = Op::default();
    <Multipart<Profile> as Arg<()>>::describe(&mut op);
    let body = serde_json::to_value(op.request_body.unwrap()).unwrap();
    assert_eq!(body["required"], true);
    let schema = &body["content"]["multipart/form-data"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/Profile");
    let schemas = serde_json::to_value(&op.schemas).unwrap();
    let properties = &schemas["Profile"]["properties"];
    assert_eq!(properties["avatar"]["$ref"], "#/components/schemas/Upload8");
    assert_eq!(schemas["Upload8"]["format"], "binary");
    assert_eq!(schemas["Upload8"]["maxLength"], 8);
    assert_eq!(schemas["Upload4"]["maxLength"], 4);
    let statuses: Vec<u16> = op.problems.iter().map(|problem| problem.status).collect();
    assert_eq!(statuses, [400, 413, 413, 413, 415, 422]);
}
