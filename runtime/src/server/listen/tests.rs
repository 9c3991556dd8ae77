//! When the lines of a request are written, by the connection that carries it.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::routing::get;
use futures::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadBuf, duplex};

use super::*;
use crate::telemetry::{Captured, END_OF_WORK};

const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

fn limits() -> ListenerLimits {
    ListenerLimits {
        patience: Patience {
            head: Duration::from_secs(60),
            idle: Duration::from_secs(60),
        },
        max_connections: 8,
        max_connections_per_address: None,
        shutdown_grace: Duration::from_secs(60),
        trusted_hops: 0,
    }
}

fn end_work() {
    for line in ["operation", "tool call", "request"] {
        tracing::info!(name: END_OF_WORK, line, "it has ended");
    }
}

async fn ask(client: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    client.write_all(request).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Serves this on a port of its own, on this thread, to one request, and gives the number of lines in each write.
async fn writes_of(router: Router) -> Vec<usize> {
    let captured = Captured::start();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let client = async {
        let mut client = TcpStream::connect(address).await.unwrap();
        let answer = ask(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        drop(stop);
    };
    let served = serve(
        listener,
        router,
        limits(),
        Box::pin(async {
            let _ = stopped.await;
        }),
    );
    assert!(tokio::join!(served, client).0);
    captured.writes().iter().map(Vec::len).collect()
}

#[tokio::test]
async fn the_lines_that_end_a_request_are_one_write() {
    let answer = || async {
        end_work();
        "answer"
    };
    assert_eq!(writes_of(Router::new().route("/", get(answer))).await, [3]);
}

#[tokio::test]
async fn a_request_that_waits_keeps_no_line_back() {
    let answer = || async {
        end_work();
        tokio::task::yield_now().await;
        assert_eq!(Captured::lines_so_far(), 3, "written when the poll ended");
        end_work();
        "answer"
    };
    let writes = writes_of(Router::new().route("/", get(answer))).await;
    assert_eq!(writes, [3, 3]);
}

#[tokio::test]
async fn lines_stand_before_the_body_of_their_answer_is_made() {
    let answer = || async {
        end_work();
        let body = stream::poll_fn(|_| {
            assert_eq!(Captured::lines_so_far(), 3);
            Poll::Ready(None::<Result<Bytes, io::Error>>)
        });
        Body::from_stream(body)
    };
    assert_eq!(writes_of(Router::new().route("/", get(answer))).await, [3]);
}

/// A stream that notes how many lines stood in the log at the first byte of an answer.
struct Noting {
    stream: DuplexStream,
    lines: Arc<AtomicUsize>,
    is_vectored: bool,
}

const NOT_YET: usize = usize::MAX;

impl Noting {
    fn note(&self) {
        if self.lines.load(Ordering::Relaxed) == NOT_YET {
            let lines = Captured::lines_so_far();
            self.lines.store(lines, Ordering::Relaxed);
        }
    }
}

impl AsyncRead for Noting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Noting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.note();
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.note();
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.is_vectored
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[tokio::test]
async fn the_lines_stand_in_the_log_before_the_first_byte_of_the_answer() {
    for is_vectored in [false, true] {
        let captured = Captured::start();
        let (ours, mut client) = duplex(64 * 1024);
        let lines = Arc::new(AtomicUsize::new(NOT_YET));
        let stream = Noting {
            stream: ours,
            lines: Arc::clone(&lines),
            is_vectored,
        };
        // No body, which would have been waited for.
        let answer = || async { end_work() };
        let router = Router::new().route("/", get(answer));
        let mut connection = pin!(connect(stream, PEER, router, limits()));
        let served = poll_fn(|context| batched(|| connection.as_mut().poll(context)));
        let (served, answer) = tokio::join!(served, ask(&mut client));
        served.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(lines.load(Ordering::Relaxed), 3, "vectored: {is_vectored}");
        let writes = captured.writes();
        assert_eq!(writes.len(), 1, "{writes:?}");
    }
}
