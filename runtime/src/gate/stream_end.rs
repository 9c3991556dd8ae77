//! An open stream, and a tool call that waits, end cleanly when the caller's credential does, or when the service closes.
//! A credential ends when it expires, or when no current key set has the key that signed it.
//!
//! Both are admitted once and could go on for long: a right that was taken away would live on in them. And one that nobody
//! ends would hold up the end of the process for all of `server.shutdown_grace`.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use http::Extensions;
use tokio::sync::oneshot;

use super::Gate;
use crate::caller::TokenLife;
use crate::identity::Authentication;
use crate::server::Holder;
use crate::telemetry::{RateLimitKind, route_label};

/// Marks a response whose body has no end of its own. Reply types put it there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenEnded;

/// When the stream or the wait that answers one request ends.
pub(crate) struct StreamEnd {
    gate: Option<Arc<Gate>>,
    token_life: Option<TokenLife>,
    holder: Option<Holder>,
    /// For the metrics.
    route: Option<MatchedPath>,
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndReason {
    /// The caller's token, or the key that signed it, holds no longer.
    Lapsed,
    /// The service closes.
    Closing,
}

impl EndReason {
    /// The last that a stream of events says: a comment (WHATWG HTML, section 9.2.6), which is nobody's event.
    const fn farewell(self) -> &'static str {
        match self {
            EndReason::Lapsed => ": the token holds no longer; connect again with a new one\n\n",
            EndReason::Closing => ": the service is closing; connect again\n\n",
        }
    }
}

impl StreamEnd {
    /// Reads it off a request.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let token_life = match extensions.get::<Authentication>() {
            Some(Authentication::Verified(caller)) => caller.token_life().cloned(),
            None
            | Some(
                Authentication::Absent
                | Authentication::Rejected(_)
                | Authentication::KeysUnavailable,
            ) => None,
        };
        Self {
            gate: extensions.get::<Arc<Gate>>().cloned(),
            token_life,
            holder: Holder::of(extensions),
            route: extensions.get::<MatchedPath>().cloned(),
        }
    }

    /// Gives an open-ended response its end, and a place among those of its caller, or answers 429 in its stead; leaves
    /// any other response alone.
    pub(crate) fn bound(self, mut response: Response) -> Response {
        let is_open_ended = response.extensions_mut().remove::<OpenEnded>().is_some();
        let (true, Some(gate)) = (is_open_ended, &self.gate) else {
            return response;
        };
        let place = match self.holder.map(|holder| gate.waiting.enter(holder)) {
            Some(Ok(place)) => Some(place),
            Some(Err(refusal)) => {
                let route = self.route.as_ref().map_or("", MatchedPath::as_str);
                gate.telemetry.rate_limited(RateLimitKind::Waiting, route);
                return refusal.into_response();
            }
            None => None,
        };
        let (tell, told) = oneshot::channel();
        let end = Box::pin(async move {
            // An error means that the stream is gone, with nobody to tell.
            let _ = tell.send(self.reached().await);
        });
        let farewell = async move {
            // The place is given back with the stream.
            drop(place);
            let reason: EndReason = told.await.ok()?;
            Some(Ok(Bytes::from_static(reason.farewell().as_bytes())))
        };
        let farewell = stream::once(farewell).filter_map(std::future::ready);
        response.map(|body| {
            let frames = body.into_data_stream().take_until(end);
            Body::from_stream(frames.chain(farewell))
        })
    }

    /// Resolves when it is reached; never for a request that passed no gate.
    pub(crate) async fn reached(self) -> EndReason {
        let Some(gate) = &self.gate else {
            return std::future::pending().await;
        };
        let lapse = async {
            match &self.token_life {
                Some(token_life) => gate.authenticator.ended(token_life).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = lapse => EndReason::Lapsed,
            () = gate.shutdown.clone().closing() => EndReason::Closing,
        }
    }
}

/// What was found on a request, as it counts now: its token may have expired since, and the key of it may be gone. Writes
/// one event when it no longer holds.
pub(crate) fn authentication_now(extensions: &Extensions) -> Option<Authentication> {
    let found = extensions.get::<Authentication>()?;
    match (found, extensions.get::<Arc<Gate>>()) {
        (Authentication::Verified(caller), Some(gate)) => {
            let now = gate.authenticator.reassess(caller);
            if !matches!(now, Authentication::Verified(_)) {
                gate.telemetry.authenticated(&now, route_label(extensions));
            }
            Some(now)
        }
        (
            Authentication::Verified(_)
            | Authentication::Absent
            | Authentication::Rejected(_)
            | Authentication::KeysUnavailable,
            Some(_) | None,
        ) => Some(found.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::pin;
    use std::task::Poll;
    use std::time::Duration;

    use futures::FutureExt;
    use http_body_util::BodyExt;
    use url::Url;

    use super::*;
    use crate::config::Environment;
    use crate::gate::Challenge;
    use crate::identity::testing::{KEY_A, KEY_B, TestIssuer, token_life};
    use crate::server::{ClientAddress, Shutdown};
    use crate::telemetry::Telemetry;

    async fn gate() -> (TestIssuer, Arc<Gate>) {
        let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
        let url = Url::parse("http://127.0.0.1:8080").unwrap();
        let authenticator = issuer.loaded_authenticator().await;
        let mut rate_limit = issuer.config().rate_limit;
        rate_limit.waiting_per_caller = std::num::NonZeroU32::MIN;
        let gate = Gate {
            telemetry: Telemetry::build(
                &authenticator,
                issuer.config().telemetry.failure_spike,
                None,
            ),
            authenticator,
            challenge: Challenge::new(&url, "", &issuer.config().authentication),
            environment: Environment::Test,
            endpoints: Vec::new(),
            shutdown: Shutdown::new(),
            recorder: None,
            rate_limits: None,
            waiting: crate::server::Waiting::build(&rate_limit),
        };
        (issuer, Arc::new(gate))
    }

    /// A response that sends one frame and then nothing, for ever.
    fn quiet() -> Response {
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"x"))]);
        let mut response = Response::new(Body::from_stream(first.chain(stream::pending())));
        response.extensions_mut().insert(OpenEnded);
        response
    }

    fn bound(gate: &Arc<Gate>, expires_at: Option<u64>, response: Response) -> Body {
        let end = StreamEnd {
            gate: Some(Arc::clone(gate)),
            token_life: expires_at.map(token_life),
            holder: None,
            route: None,
        };
        end.bound(response).into_body()
    }

    #[tokio::test]
    async fn a_stream_ends_cleanly_when_the_service_closes() {
        let (_issuer, gate) = gate().await;
        let mut collected = pin!(bound(&gate, None, quiet()).collect());
        assert!(futures::poll!(&mut collected).is_pending());
        gate.shutdown.begin_draining();
        assert!(futures::poll!(&mut collected).is_pending());
        gate.shutdown.begin_closing();
        let Poll::Ready(collected) = futures::poll!(&mut collected) else {
            panic!("it is still open");
        };
        let all = format!("x{}", EndReason::Closing.farewell());
        assert_eq!(collected.unwrap().to_bytes(), all);
    }

    #[tokio::test]
    async fn one_stream_too_many_is_answered_429_and_counted() {
        const MOST: usize = 1000;
        let (_issuer, gate) = gate().await;
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 4711));
        let address = ClientAddress::of(peer, &http::HeaderMap::new(), 0);
        let holder = Holder::Address(address.key());
        let open = || {
            let end = StreamEnd {
                gate: Some(Arc::clone(&gate)),
                token_life: None,
                holder: Some(holder),
                route: None,
            };
            end.bound(quiet())
        };
        let most = std::iter::repeat_with(open).take(MOST);
        let held: Vec<_> = most
            .take_while(|response| response.status() == 200)
            .collect();
        assert!((1..MOST).contains(&held.len()), "{}", held.len());
        let metrics = gate.telemetry.render();
        assert!(metrics.contains("limit=\"waiting\""), "{metrics}");
        drop(held);
        assert_eq!(open().status(), 200);
    }

    #[tokio::test]
    async fn a_stream_ends_with_the_token_that_opened_it() {
        let (_issuer, gate) = gate().await;
        let long_ago = bound(&gate, Some(1), quiet()).collect();
        let ended = tokio::time::timeout(Duration::from_secs(20), long_ago).await;
        assert!(ended.unwrap().is_ok());
        let in_2100 = bound(&gate, Some(4_102_444_800), quiet()).collect();
        assert!(in_2100.now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_stream_ends_with_the_key_that_signed_its_token() {
        let (issuer, gate) = gate().await;
        let mut collected = pin!(bound(&gate, Some(4_102_444_800), quiet()).collect());
        assert!(futures::poll!(&mut collected).is_pending());
        issuer.rotate(&gate.authenticator, &[KEY_B.jwk()]).await;
        let ended = tokio::time::timeout(Duration::from_secs(20), collected).await;
        let all = format!("x{}", EndReason::Lapsed.farewell());
        assert_eq!(ended.unwrap().unwrap().to_bytes(), all);
    }

    #[tokio::test]
    async fn any_other_response_is_left_alone() {
        let (_issuer, gate) = gate().await;
        gate.shutdown.begin_closing();
        let mut response = quiet();
        response.extensions_mut().remove::<OpenEnded>();
        let body = bound(&gate, Some(1), response).collect().now_or_never();
        assert!(body.is_none(), "it goes on as its handler wants");
    }
}
