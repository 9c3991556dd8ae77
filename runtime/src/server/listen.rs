//! One listener: accepts, bounds connections and headers, and ends without losing a request.

mod per_address;

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use futures::future::BoxFuture;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

use super::client_address::ClientAddress;
use super::patience::{Patience, PatientStream, Work};
use super::request_body::RequestBody;
use super::self_wake::SelfWakes;
use crate::background;
use crate::config::ServerConfig;
use crate::telemetry::batched;
use per_address::{AddressPlace, PerAddress};

/// Largest request head that is read, in bytes: the token's 16 KiB and room for other headers.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How long an idle connection stays open after the last one has been accepted. A client that has not been told
/// `Connection: close` yet may be sending: its request is answered, where closing at once would reset it.
const PARTING: Duration = Duration::from_millis(500);

/// Bounds of one listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListenerLimits {
    pub(crate) patience: Patience,
    pub(crate) max_connections: usize,
    /// Of one address; `None` for any number.
    pub(crate) max_connections_per_address: Option<NonZeroU32>,
    pub(crate) shutdown_grace: Duration,
    /// Proxies whose `X-Forwarded-For` entries are believed.
    pub(crate) trusted_hops: usize,
}

impl ListenerLimits {
    /// Those of the listener that the callers of the service reach.
    pub(super) fn of(server: &ServerConfig) -> Self {
        Self {
            patience: Patience {
                head: server.header_timeout,
                idle: server.idle_timeout,
            },
            max_connections: server.max_connections,
            max_connections_per_address: server.max_connections_per_address,
            shutdown_grace: server.shutdown_grace,
            trusted_hops: server.trusted_hops,
        }
    }

    /// Those of a listener beside it. Whoever asks there comes from one address each: the orchestrator, the scraper, a
    /// developer.
    pub(crate) fn beside(server: &ServerConfig) -> Self {
        Self {
            shutdown_grace: Duration::from_secs(1),
            max_connections_per_address: None,
            trusted_hops: 0,
            ..Self::of(server)
        }
    }
}

/// Serves until `stop` resolves, then stops accepting and lets requests in flight finish within the grace.
///
/// Returns whether all of them did.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ListenerLimits,
    mut stop: BoxFuture<'_, ()>,
) -> bool {
    let connections = Connections {
        permits: Arc::new(Semaphore::new(limits.max_connections)),
        per_address: PerAddress::new(limits.max_connections_per_address),
        graceful: GracefulShutdown::new(),
        router,
        limits,
    };
    loop {
        let permit = Arc::clone(&connections.permits).acquire_owned();
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = async {
                let permit = permit.await.expect("the semaphore is never closed");
                (permit, listener.accept().await)
            } => accepted,
        };
        match accepted {
            (permit, Ok((stream, peer))) => connections.begin(stream, peer, permit),
            (_, Err(error)) => {
                // Out of file descriptors, mostly: give others time to close instead of spinning.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    connections.accept_waiting(listener);
    connections.end().await
}

/// The open connections of one listener.
struct Connections {
    permits: Arc<Semaphore>,
    per_address: PerAddress,
    graceful: GracefulShutdown,
    router: Router,
    limits: ListenerLimits,
}

impl Connections {
    /// Serves a connection in the background, unless its address has too many: then it is closed.
    fn begin(&self, stream: TcpStream, peer: SocketAddr, permit: OwnedSemaphorePermit) {
        let Ok(place): Result<AddressPlace, _> = self.per_address.enter(peer) else {
            return;
        };
        // Answers are small and wanted at once; a failure here only costs speed.
        let _ = stream.set_nodelay(true);
        let connection = connect(stream, peer, self.router.clone(), self.limits);
        let connection = self.graceful.watch(connection);
        background::spawn(async move {
            let mut connection = pin!(connection);
            let mut wakes = SelfWakes::new();
            let ended = poll_fn(|context| {
                batched(|| wakes.poll(context, |context| connection.as_mut().poll(context)))
            });
            if let Err(error) = ended.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop((permit, place));
        });
    }

    /// Takes what the system has accepted in our name: closing the listener would reset it under a client that is
    /// already sending.
    fn accept_waiting(&self, listener: TcpListener) {
        let Ok(listener) = listener.into_std() else {
            return;
        };
        // Non-blocking, so that the first error says that nobody is waiting.
        while let Ok((stream, peer)) = listener.accept() {
            let permit = Arc::clone(&self.permits).try_acquire_owned();
            let stream = stream
                .set_nonblocking(true)
                .and_then(|()| TcpStream::from_std(stream));
            let (Ok(stream), Ok(permit)) = (stream, permit) else {
                continue;
            };
            self.begin(stream, peer, permit);
        }
    }

    /// Waits for the connections to end, first by themselves and then as soon as each is idle.
    async fn end(self) -> bool {
        let all = u32::try_from(self.limits.max_connections).unwrap_or(u32::MAX);
        // Whether they ended by themselves makes no difference.
        let _ = tokio::time::timeout(PARTING, self.permits.acquire_many(all)).await;
        tokio::time::timeout(self.limits.shutdown_grace, self.graceful.shutdown())
            .await
            .is_ok()
    }
}

fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    limits: ListenerLimits,
) -> http1::Connection<
    TokioIo<PatientStream<S>>,
    impl hyper::service::Service<
        http::Request<Incoming>,
        Response = axum::response::Response,
        Error = Infallible,
        Future: Send,
    >,
> {
    let work = Arc::new(Work::default());
    let stream_work = Arc::clone(&work);
    let service = hyper::service::service_fn(move |mut request: http::Request<Incoming>| {
        let unfinished = Arc::new(work.begin());
        let address = ClientAddress::of(peer, request.headers(), limits.trusted_hops);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(address);
        let (parts, body) = request.into_parts();
        let body = RequestBody::new(body, &parts.headers, Arc::clone(&unfinished));
        let request = http::Request::from_parts(parts, axum::body::Body::new(body));
        // It is always ready.
        let answered = router.clone().call(request);
        async move {
            answered
                .await
                .map(|response| unfinished.until_sent(response))
        }
    });
    let stream = PatientStream::new(stream, limits.patience, stream_work);
    http1::Builder::new()
        .timer(TokioTimer::new())
        // Its clock runs while a connection is idle, too: `patience` has one for each.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests;
