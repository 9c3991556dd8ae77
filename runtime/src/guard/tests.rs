use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::routing::post;
use http_body::Frame;
use portcullis_api_spec::{Access, Method, Mount};
use tower::ServiceExt;

use crate::arg::{Arg, Json};
use crate::reply::{IfMatch, Reply, Version, Versioned};

/// A body that counts how often it is polled.
struct CountingBody(Arc<AtomicUsize>);

impl http_body::Body for CountingBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(None)
    }
}

const fn endpoint(access: Access) -> EndpointDef {
    EndpointDef {
        operation_id: "create_report",
        method: Method::Post,
        path: "/reports",
        mount: Mount::Root,
        access,
        status: Some(201),
        doc: "",
        ..EndpointDef::CLOSED
    }
}

static DENY_ALL: EndpointDef = endpoint(Access::DenyAll);
static SIGNED_IN: EndpointDef = endpoint(Access::SignedIn);
static PUBLIC: EndpointDef = endpoint(Access::Public { reason: "test" });

async fn answer_to(endpoint: &'static EndpointDef) -> (StatusCode, usize) {
    answer_with(endpoint, &Op::default(), None).await
}

/// Status of the answer, and how often the body was polled for it.
async fn answer_with(
    endpoint: &'static EndpointDef,
    op: &Op,
    condition: Option<&'static str>,
) -> (StatusCode, usize) {
    let polled = Arc::new(AtomicUsize::new(0));
    async fn echo(body: Bytes) -> Bytes {
        body
    }
    let read_body = |admitted: Admitted<()>| admitted.run_1(echo);
    let guarded = Guarded::new(endpoint, op, read_body, ());
    let answer = async move |request| guarded.answer(request).await;
    let router: Router = Router::new().route("/reports", post(answer));
    let body = Body::new(CountingBody(Arc::clone(&polled)));
    let mut request = Request::post("/reports");
    if let Some(field) = condition {
        request = request.header(field, "\"1\"");
    }
    let response = router.oneshot(request.body(body).unwrap()).await.unwrap();
    (response.status(), polled.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_refused_request_has_its_body_polled_zero_times() {
    assert_eq!(answer_to(&SIGNED_IN).await, (StatusCode::UNAUTHORIZED, 0));
}

#[tokio::test]
async fn deny_all_refuses_without_polling_the_body() {
    assert_eq!(answer_to(&DENY_ALL).await, (StatusCode::FORBIDDEN, 0));
}

/// RFC 9110 sections 13.1.1 and 13.1.2: no change is made whose condition does not hold.
#[tokio::test]
async fn a_change_is_not_made_without_its_condition_when_nothing_reads_it() {
    let mut reads_if_match = Op::default();
    <IfMatch as Arg<()>>::describe(&mut reads_if_match);
    let reads_none = Op::default();
    for (endpoint, op, field, status) in [
        (&PUBLIC, &reads_none, "if-match", 412),
        (&PUBLIC, &reads_none, "if-none-match", 412),
        (&PUBLIC, &reads_none, "if-unmodified-since", 201),
        (&PUBLIC, &reads_if_match, "if-match", 201),
        (&PUBLIC, &reads_if_match, "if-none-match", 412),
        // Who may not call it is told that, whatever else he asks for.
        (&SIGNED_IN, &reads_none, "if-match", 401),
        (&DENY_ALL, &reads_none, "if-match", 403),
    ] {
        let (answered, polled) = answer_with(endpoint, op, Some(field)).await;
        assert_eq!(answered, status, "{field}: {endpoint:?}");
        assert_eq!(polled > 0, status == 201, "{field}: {endpoint:?}");
    }
}

/// A GET that shows version 3, and counts how often it does.
const fn showing(access: Access) -> EndpointDef {
    EndpointDef {
        method: Method::Get,
        status: None,
        ..endpoint(access)
    }
}

/// Answer to a GET on a condition, and how often the handler has run for it.
async fn shown(endpoint: &'static EndpointDef, condition: &str) -> (Response, usize) {
    let runs = Arc::new(AtomicUsize::new(0));
    async fn show(State(runs): State<Arc<AtomicUsize>>) -> Versioned<Json<u32>> {
        runs.fetch_add(1, Ordering::SeqCst);
        Versioned {
            version: Version(3),
            reply: Json(7),
        }
    }
    let mut op = Op::default();
    Versioned::<Json<u32>>::describe(&mut op);
    let run = |admitted: Admitted<Arc<AtomicUsize>>| admitted.run_1(show);
    let guarded = Guarded::new(endpoint, &op, run, Arc::clone(&runs));
    let request = Request::get("/reports").header(header::IF_NONE_MATCH, condition);
    let answer = guarded.answer(request.body(Body::empty()).unwrap()).await;
    (answer, runs.load(Ordering::SeqCst))
}

/// RFC 9110 section 13.1.2. What nobody may be shown, nobody is told about, either.
#[tokio::test]
async fn only_who_would_be_shown_it_is_told_that_it_is_still_the_same() {
    static SIGNED_IN: EndpointDef = showing(Access::SignedIn);
    static DENY_ALL: EndpointDef = showing(Access::DenyAll);
    static PUBLIC: EndpointDef = showing(Access::Public { reason: "test" });
    for (endpoint, condition, status, runs) in [
        (&PUBLIC, r#""3""#, 304, 1),
        (&PUBLIC, r#"W/"3""#, 304, 1),
        (&PUBLIC, "*", 304, 1),
        (&PUBLIC, r#""2""#, 200, 1),
        (&PUBLIC, "3", 422, 0),
        (&SIGNED_IN, r#""3""#, 401, 0),
        (&SIGNED_IN, "*", 401, 0),
        (&SIGNED_IN, "3", 401, 0),
        (&DENY_ALL, r#""3""#, 403, 0),
        (&DENY_ALL, "*", 403, 0),
    ] {
        let (answer, ran) = shown(endpoint, condition).await;
        let said = (answer.status().as_u16(), ran);
        assert_eq!(said, (status, runs), "{condition}: {endpoint:?}");
        let etag = answer.headers().get(header::ETAG);
        assert_eq!(etag.is_some(), matches!(status, 200 | 304), "{condition}");
    }
}

#[tokio::test]
async fn the_annotated_status_stands_for_that_of_every_reply_that_went_well() {
    static ACCEPTED: EndpointDef = EndpointDef {
        status: Some(202),
        ..endpoint(Access::Public { reason: "test" })
    };
    for (replied, expected) in [
        (200_u16, 202),
        (201, 202),
        (204, 202),
        (304, 304),
        (404, 404),
    ] {
        async fn answer(status: Bytes) -> StatusCode {
            StatusCode::from_bytes(&status).unwrap()
        }
        let reply = |admitted: Admitted<()>| admitted.run_1(answer);
        let guarded = Guarded::new(&ACCEPTED, &Op::default(), reply, ());
        let answer = async move |request| guarded.answer(request).await;
        let router: Router = Router::new().route("/reports", post(answer));
        let body = Body::from(replied.to_string());
        let request = Request::post("/reports").body(body).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), expected, "{replied}");
    }
}

#[tokio::test]
async fn an_admitted_request_has_its_body_read_and_the_annotated_status() {
    let (status, polled) = answer_to(&PUBLIC).await;
    assert_eq!(status, StatusCode::CREATED);
    assert!(polled > 0);
}
