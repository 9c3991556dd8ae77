//! The body of a request on its way in: what an answer did not wait for is taken in behind it, and thrown away.
//!
//! A server that closes while its client still sends makes the client's system forget an answer that has arrived already
//! (RFC 9112 section 9.6): the 401 that says where to sign in would be lost, and so would every other refusal that does
//! not read the body. Thrown away instead, the connection can serve the next request, too.
//! Invariant: the answer waits for nothing, and what is thrown away is bounded, since whoever sends may be nobody.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use http::{HeaderMap, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;

use super::patience::Unfinished;
use crate::background;

/// How much is thrown away at most, in bytes. What is larger ends the connection.
const DISCARD_BYTES: usize = 16 * 1024 * 1024;

/// For how long.
const DISCARD_TIME: Duration = Duration::from_secs(5);

/// The body of one request.
pub(super) struct RequestBody<B>(Option<Incoming<B>>)
where
    B: Body<Data = Bytes> + Send + Unpin + 'static;

struct Incoming<B> {
    body: B,
    has_ended: bool,
    /// Who waits to be asked for the body need not send it (RFC 9110 section 10.1.1): nobody asks for it to throw it away.
    /// Once somebody has read of it, the client has been asked, and sends it like any other.
    is_wanted_only: bool,
    /// No clock of the connection runs while this is taken in.
    unfinished: Arc<Unfinished>,
}

impl<B> RequestBody<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    pub(super) fn new(body: B, headers: &HeaderMap, unfinished: Arc<Unfinished>) -> Self {
        Self(Some(Incoming {
            has_ended: body.is_end_stream(),
            body,
            is_wanted_only: headers.contains_key(header::EXPECT),
            unfinished,
        }))
    }
}

impl<B> Drop for RequestBody<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    fn drop(&mut self) {
        let Some(incoming) = self.0.take() else {
            return;
        };
        let is_over = incoming.has_ended || incoming.body.is_end_stream();
        if is_over || incoming.is_wanted_only {
            return;
        }
        // Without a runtime the connection ends as well.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            background::spawn_on(&runtime, discard(incoming, DISCARD_BYTES, DISCARD_TIME));
        }
    }
}

/// Takes in the rest, or as much of it as the bounds let. Dropped before its end, it makes hyper close the connection.
async fn discard<B>(incoming: Incoming<B>, most_bytes: usize, time: Duration)
where
    B: Body<Data = Bytes> + Unpin,
{
    let Incoming {
        mut body,
        unfinished,
        ..
    } = incoming;
    let taking = async {
        let mut left_bytes = most_bytes;
        // hyper tells of the end of a body with its last frame, and behind its answer in no other way.
        while !body.is_end_stream()
            && let Some(Ok(frame)) = body.frame().await
        {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left_bytes.checked_sub(length) {
                Some(left) => left_bytes = left,
                None => break,
            }
        }
    };
    // However it ends, there is nobody to tell.
    let _ = tokio::time::timeout(time, taking).await;
    drop((body, unfinished));
}

impl<B> Body for RequestBody<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(incoming) = &mut self.0 else {
            return Poll::Ready(None);
        };
        // hyper writes 100 (Continue) when it is polled first, whether or not anything has come yet.
        incoming.is_wanted_only = false;
        let frame = ready!(Pin::new(&mut incoming.body).poll_frame(context));
        // Behind an error nothing comes that could be taken in.
        incoming.has_ended = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|it| it.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.0.as_ref().map(|it| it.body.size_hint());
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::body::Body as AnyBody;
    use futures::{FutureExt, Stream, StreamExt, stream};
    use tokio::sync::mpsc;

    use super::*;
    use crate::server::patience::Work;

    const LONG: Duration = Duration::from_secs(60);

    fn incoming(body: AnyBody) -> Incoming<AnyBody> {
        Incoming {
            body,
            has_ended: false,
            is_wanted_only: false,
            unfinished: Arc::new(Arc::new(Work::default()).begin()),
        }
    }

    /// A body that reports each piece of ten bytes that is taken of it.
    fn reporting(
        pieces: impl Stream<Item = ()> + Send + 'static,
    ) -> (AnyBody, mpsc::UnboundedReceiver<()>) {
        let (report, reports) = mpsc::unbounded_channel();
        let body = AnyBody::from_stream(pieces.map(move |()| {
            // The test may have stopped listening.
            let _ = report.send(());
            Ok::<_, io::Error>(Bytes::from_static(&[0; 10]))
        }));
        (body, reports)
    }

    fn left(body: AnyBody, expect: bool) -> RequestBody<AnyBody> {
        let mut headers = HeaderMap::new();
        if expect {
            headers.insert(header::EXPECT, "100-continue".parse().unwrap());
        }
        let work = Arc::new(Work::default());
        RequestBody::new(body, &headers, Arc::new(work.begin()))
    }

    #[tokio::test]
    async fn what_is_left_is_taken_in_once_it_is_dropped() {
        for read_before in [0, 1, 2] {
            let (body, mut reports) = reporting(stream::iter([(); 3]));
            let mut body = left(body, false);
            for _ in 0..read_before {
                body.frame().await.unwrap().unwrap();
            }
            drop(body);
            for piece in 0..3 {
                assert!(reports.recv().await.is_some(), "{read_before}: {piece}");
            }
        }
    }

    #[tokio::test]
    async fn what_a_client_waits_to_be_asked_for_is_not_asked_for() {
        let (body, mut reports) = reporting(stream::iter([(); 3]));
        drop(left(body, true));
        assert!(reports.recv().await.is_none());
    }

    #[tokio::test]
    async fn what_a_client_was_asked_for_is_taken_in_once_it_is_dropped() {
        let (asked, was_asked) = tokio::sync::oneshot::channel();
        // Nothing has come when the reader gives up.
        let pieces = stream::once(async { was_asked.await.unwrap() }).chain(stream::iter([(); 2]));
        let (body, mut reports) = reporting(pieces);
        let mut body = left(body, true);
        assert!(futures::poll!(body.frame()).is_pending());
        drop(body);
        asked.send(()).unwrap();
        for piece in 0..3 {
            assert!(reports.recv().await.is_some(), "{piece}");
        }
    }

    /// hyper's, behind an answer that has been sent: all of it has come, and no frame says so.
    struct SilentEnd(Option<Bytes>);

    impl Body for SilentEnd {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
            let last = self.0.take();
            last.map_or(Poll::Pending, |last| {
                Poll::Ready(Some(Ok(Frame::data(last))))
            })
        }

        fn is_end_stream(&self) -> bool {
            self.0.is_none()
        }
    }

    #[tokio::test]
    async fn nothing_is_waited_for_behind_the_last_byte() {
        let body = AnyBody::new(SilentEnd(Some(Bytes::from_static(b"x"))));
        assert!(discard(incoming(body), 95, LONG).now_or_never().is_some());
    }

    #[tokio::test]
    async fn neither_a_flood_nor_a_silence_goes_on_for_ever() {
        let (flood, mut reports) = reporting(stream::repeat(()));
        discard(incoming(flood), 95, LONG).await;
        let mut pieces = 0;
        while reports.recv().await.is_some() {
            pieces += 1;
        }
        assert_eq!(pieces, 10, "the tenth is over the bound");
        let (silence, _reports) = reporting(stream::pending());
        discard(incoming(silence), usize::MAX, Duration::from_millis(1)).await;
    }
}
