//! Defence in depth, per replica: one token bucket for each verified caller, and two for each address. The global limit is
//! the ingress's.
//!
//! A request of a verified caller takes a token of the caller's bucket. A failed authentication takes one of its address'
//! bucket; once that is empty, credentials from there are not looked at until its next token, but for tokens that were
//! verified lately. A public operation takes one of another bucket of the address, so that a flood of forged tokens
//! closes none; at the root, where `/health` stands, it takes none. Whoever is counted reads in every answer how much is left: `RateLimit` and `RateLimit-Policy`
//! (draft-ietf-httpapi-ratelimit-headers), so that a client slows down before it is refused.

mod buckets;
mod waiting;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{Extensions, header};
use portcullis_api_spec::openapi::RATE_LIMITED;
use uuid::Uuid;

use super::FromMcp;
use super::client_address::{AddressKey, ClientAddress};
use crate::Problem;
use crate::caller::Caller;
use crate::config::RateLimitConfig;
use crate::gate::Gate;
use crate::telemetry::{RateLimitKind, route_label};
use buckets::{Buckets, Rate, Taken};
pub(crate) use waiting::{Holder, Place, TooManyWaiting, Waiting};

/// What is counted as one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum CallerKey {
    /// Tenant id and object id.
    Verified(Uuid, Uuid),
    /// In POC mode everybody is the same caller, and only addresses tell people apart.
    Synthetic(AddressKey),
}

/// The buckets of one service.
pub(crate) struct RateLimits {
    /// Of verified callers.
    callers: Buckets<Holder>,
    /// Failed authentications, by address.
    failures: Buckets<Holder>,
    /// Requests of public operations, by address.
    public: Buckets<Holder>,
}

/// Too many credentials from one address did not hold.
pub(crate) struct Closed<'a> {
    limits: &'a RateLimits,
    retry_after_seconds: u64,
}

impl RateLimits {
    /// Builds the limits, `None` when they are switched off.
    pub(crate) fn build(config: &RateLimitConfig) -> Option<Arc<Self>> {
        if !config.enabled {
            return None;
        }
        let of_caller = Rate {
            per_second: config.per_second,
            burst: config.burst,
        };
        let of_address = of_caller.with_burst_times(config.address_factor);
        Some(Arc::new(Self {
            callers: Buckets::new(RateLimitKind::Caller, of_caller),
            failures: Buckets::new(RateLimitKind::Address, of_address),
            public: Buckets::new(RateLimitKind::Address, of_address),
        }))
    }

    /// Says whether credentials from where this request comes are not looked at for now.
    pub(crate) fn closed(&self, extensions: &Extensions) -> Option<Closed<'_>> {
        let address = extensions.get::<ClientAddress>()?;
        let retry_after_seconds = self.failures.empty_for(&Holder::Address(address.key()))?;
        Some(Closed {
            limits: self,
            retry_after_seconds,
        })
    }

    /// Takes one token of a verified caller's bucket for a message, whatever it asks for; `None` for anybody else.
    pub(crate) fn count_message(&self, extensions: &Extensions) -> Option<CountedMessage<'_>> {
        let caller = Holder::Caller(caller_key(extensions)?);
        Some(match self.callers.take(&caller) {
            Taken::Token { remaining } => CountedMessage::Paid {
                limits: self,
                remaining,
            },
            Taken::Nothing {
                retry_after_seconds,
            } => {
                report(&self.callers, extensions);
                CountedMessage::Refused {
                    limits: self,
                    retry_after_seconds,
                }
            }
        })
    }

    /// Counts a failed authentication against the address it came from. The log names the address when that closes it: who
    /// floods is to be found, and who mistypes is nobody's business.
    pub(crate) fn count_failure(&self, extensions: &Extensions) {
        let Some(address) = extensions.get::<ClientAddress>() else {
            return;
        };
        let holder = Holder::Address(address.key());
        match self.failures.take(&holder) {
            Taken::Token { remaining: 0 } | Taken::Nothing { .. }
                if self.failures.is_news(&holder) =>
            {
                tracing::warn!(
                    client_address = %address,
                    "too many failed authentications from this address"
                );
            }
            Taken::Token { .. } | Taken::Nothing { .. } => {}
        }
    }
}

/// What became of a message at its caller's bucket. MCP answers in its own terms.
pub(crate) enum CountedMessage<'a> {
    /// It is paid for, with all that it calls.
    Paid {
        limits: &'a RateLimits,
        remaining: u32,
    },
    /// The bucket is empty; the next token comes in so many seconds.
    Refused {
        limits: &'a RateLimits,
        retry_after_seconds: u64,
    },
}

impl CountedMessage<'_> {
    /// Writes what is left into the answer.
    pub(crate) fn announce(&self, response: &mut Response) {
        let (limits, remaining) = match self {
            CountedMessage::Paid { limits, remaining } => (limits, *remaining),
            CountedMessage::Refused { limits, .. } => (limits, 0),
        };
        limits.callers.announce(remaining, response);
    }
}

impl IntoResponse for Closed<'_> {
    fn into_response(self) -> Response {
        refuse(&self.limits.failures, self.retry_after_seconds)
    }
}

/// Answers 429 with `Retry-After` when a verified caller's bucket is empty, and tells every caller what is left.
pub(super) async fn limit_caller<F>(
    limits: Option<&RateLimits>,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let caller = caller_key(request.extensions()).map(Holder::Caller);
    match (uncounted(limits, &request), caller) {
        (Some(limits), Some(caller)) => pass(&limits.callers, &caller, request, next).await,
        (Some(_) | None, _) => next(request).await,
    }
}

/// The same for public operations, where nobody knows the caller: the address counts.
pub(super) async fn limit_public<F>(
    limits: Option<&RateLimits>,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let address = request.extensions().get::<ClientAddress>();
    let address = address.map(|address| Holder::Address(address.key()));
    match (uncounted(limits, &request), address) {
        (Some(limits), Some(address)) => pass(&limits.public, &address, request, next).await,
        (Some(_) | None, _) => next(request).await,
    }
}

/// The limits that a request still has to pass: an MCP message has paid for what it asks for.
fn uncounted<'a>(limits: Option<&'a RateLimits>, request: &Request) -> Option<&'a RateLimits> {
    limits.filter(|_| request.extensions().get::<FromMcp>().is_none())
}

fn caller_key(extensions: &Extensions) -> Option<CallerKey> {
    let caller = Caller::of_request(extensions)?;
    let address = extensions.get::<ClientAddress>();
    Some(match address.filter(|_| caller.is_synthetic()) {
        Some(address) => CallerKey::Synthetic(address.key()),
        None => CallerKey::Verified(caller.tenant_id(), caller.object_id()),
    })
}

async fn pass<F>(
    buckets: &Buckets<Holder>,
    holder: &Holder,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    match buckets.take(holder) {
        Taken::Token { remaining } => {
            let mut response = next(request).await;
            buckets.announce(remaining, &mut response);
            response
        }
        Taken::Nothing {
            retry_after_seconds,
        } => {
            report(buckets, request.extensions());
            refuse(buckets, retry_after_seconds)
        }
    }
}

/// Counts a refusal in the metrics.
fn report(buckets: &Buckets<Holder>, extensions: &Extensions) {
    if let Some(gate) = extensions.get::<Arc<Gate>>() {
        let route = route_label(extensions);
        gate.telemetry.rate_limited(buckets.kind(), route);
    }
}

fn refuse(buckets: &Buckets<Holder>, retry_after_seconds: u64) -> Response {
    let problem =
        Problem::new(RATE_LIMITED).with_header(header::RETRY_AFTER, retry_after_seconds.into());
    let mut response = problem.into_response();
    buckets.announce(0, &mut response);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    use http::HeaderMap;
    use portcullis_api_spec::{CallerKind, Rights};

    use crate::caller::CallerFacts;
    use crate::identity::Authentication;

    #[test]
    fn a_token_says_whose_bucket_it_is_and_in_poc_mode_the_address_does() {
        let key = |is_synthetic, last| {
            let peer = SocketAddr::from(([192, 0, 2, last], 4711));
            let caller = Caller::from_verified(CallerFacts {
                tenant_id: Uuid::nil(),
                object_id: Uuid::nil(),
                rights: Rights {
                    kind: CallerKind::User,
                    roles: Default::default(),
                    scopes: Default::default(),
                    contexts: Default::default(),
                },
                client_id: None,
                token_id: None,
                token_life: None,
                is_guest: false,
                takes_claims_challenges: false,
                is_synthetic,
            });
            let mut extensions = Extensions::new();
            extensions.insert(ClientAddress::of(peer, &HeaderMap::new(), 0));
            extensions.insert(Authentication::Verified(caller));
            caller_key(&extensions)
        };
        assert_eq!(key(false, 1), key(false, 2));
        assert_eq!(key(true, 1), key(true, 1));
        assert_ne!(key(true, 1), key(true, 2));
    }
}
