//! `Events<T>`: server-sent events (WHATWG HTML, section 9.2), each with a `T` as JSON.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use http::{HeaderName, HeaderValue, header};
use portcullis_api_spec::openapi::TOO_MANY_WAITING;
use portcullis_api_spec::{EVENT_STREAM, Op, Success};
use serde::Serialize;

use super::Reply;
use super::event::Event;
use crate::gate::OpenEnded;
use crate::schema::HasSchema;

/// How often a quiet stream shows that it lives. Proxies close what is silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Tells nginx to pass events on at once.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// A stream of server-sent events. Quiet ones carry a comment every 15 seconds.
///
/// `server.request_timeout` bounds only the time until the stream begins. It ends when the handler's stream does, when
/// the caller's token expires, and when the service closes; a client then connects again and says by
/// [`LastEventId`](crate::LastEventId) where it stands.
///
/// # Examples
/// ```
/// # mod api {
/// #     #[derive(Clone, Copy, portcullis::Roles)]
/// #     pub enum Role {}
/// #     #[derive(Clone, Copy, portcullis::Scopes)]
/// #     pub enum Scope {}
/// #     portcullis::api! { state = (), roles = Role, scopes = Scope }
/// # }
/// use futures::stream;
/// use portcullis::{Event, Events, Header, LastEventId, endpoint};
///
/// #[derive(serde::Serialize, utoipa::ToSchema)]
/// struct Tick {
///     count: u64,
/// }
///
/// /// Count to ten.
/// #[endpoint(get, "/ticks", signed_in)]
/// async fn count(last: Option<Header<LastEventId>>) -> Events<Tick> {
///     let last = last.and_then(|Header(LastEventId(id))| id.as_str().parse().ok());
///     let first = last.unwrap_or(0) + 1;
///     Events::new(stream::iter(first..=10).map(|count| {
///         Event::new(Tick { count }).with_id(count).with_name("tick")
///     }))
/// }
/// # use futures::StreamExt;
/// # fn main() { let _ = portcullis::endpoints![count]; }
/// ```
#[must_use = "nobody sees events that are not sent"]
pub struct Events<T> {
    stream: Pin<Box<dyn Stream<Item = Event<T>> + Send>>,
}

impl<T> Events<T> {
    /// Sends what the stream gives, in its order. The stream is dropped when the client goes away.
    pub fn new(stream: impl Stream<Item = Event<T>> + Send + 'static) -> Self {
        Self {
            stream: Box::pin(stream),
        }
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Events").finish_non_exhaustive()
    }
}

impl<T: Serialize + 'static> Events<T> {
    fn into_response_with(self, keep_alive: Duration) -> Response {
        // Who connects again gets an event that could not be written another time, not the ones behind it.
        let events = self
            .stream
            .map(render)
            .take_while(|event| std::future::ready(event.is_some()))
            .filter_map(|event| std::future::ready(event.map(Ok::<_, Infallible>)));
        let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(keep_alive));
        let mut response = stream.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
        response.extensions_mut().insert(OpenEnded);
        response
    }
}

fn render<T: Serialize>(event: Event<T>) -> Option<sse::Event> {
    let Event { id, name, data } = event;
    let mut rendered = match sse::Event::default().json_data(data) {
        Ok(rendered) => rendered,
        Err(error) => {
            tracing::error!(%error, "an event cannot be JSON; its stream ends");
            return None;
        }
    };
    if let Some(id) = id {
        rendered = rendered.id(id.as_str());
    }
    match name {
        // A line break would begin a field of its own.
        Some(name) if name.contains(['\n', '\r']) => {
            tracing::error!(name = %name.escape_debug(), "the name of an event has a line break");
        }
        Some(name) => rendered = rendered.event(name),
        None => {}
    }
    Some(rendered)
}

impl<T: Serialize + 'static> IntoResponse for Events<T> {
    fn into_response(self) -> Response {
        self.into_response_with(KEEP_ALIVE)
    }
}

impl<T: Serialize + HasSchema + 'static> Reply for Events<T> {
    fn describe(op: &mut Op) {
        // OpenAPI 3.1 has no word for the items of a stream (3.2 calls it `itemSchema`). Generators of clients take the
        // schema of this media type for the data of each event, which gives typed streams.
        op.problems.push(TOO_MANY_WAITING);
        let data = op.schema_of::<T>();
        let name = T::name();
        op.success = Some(Success {
            status: 200,
            description: format!(
                "A stream of server-sent events; the `data` of each is a `{name}` as JSON, and that is what the schema is of. It can end at any time: \
                 connect again, with `Last-Event-ID` where the operation takes it."
            ),
            content: Some((EVENT_STREAM, data)),
            headers: Default::default(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use futures::stream;
    use http_body_util::BodyExt;

    async fn text_of(events: Events<impl Serialize + 'static>) -> String {
        let body: Body = events.into_response().into_body();
        let bytes = body.collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn an_event_has_its_id_and_name_and_one_line_of_data() {
        let event = Event::new("a\nb").with_id(7_u64).with_name("step");
        let sent = text_of(Events::new(stream::iter([event, Event::new("c")]))).await;
        assert_eq!(
            sent,
            "data: \"a\\nb\"\nid: 7\nevent: step\n\ndata: \"c\"\n\n"
        );
    }

    #[tokio::test]
    async fn a_name_cannot_begin_another_event() {
        for name in ["x\ndata: forged", "x\r", "\n\n"] {
            let event = Event::new(1).with_name(name);
            let sent = text_of(Events::new(stream::iter([event]))).await;
            assert_eq!(sent, "data: 1\n\n", "{name:?}");
        }
    }

    #[tokio::test]
    async fn a_stream_ends_before_what_cannot_be_written() {
        let unwritable = std::collections::BTreeMap::from([((1, 2), 3)]);
        let empty = std::collections::BTreeMap::new();
        let all = [empty.clone(), unwritable, empty];
        let sent = text_of(Events::new(stream::iter(all.map(Event::new)))).await;
        assert_eq!(sent, "data: {}\n\n");
    }

    #[tokio::test]
    async fn a_quiet_stream_shows_that_it_lives() {
        let quiet = Events::<u8>::new(stream::pending());
        let response = quiet.into_response_with(Duration::from_millis(1));
        let mut body = response.into_body();
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), ":\n\n");
    }
}
