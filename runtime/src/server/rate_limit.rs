//! Defence in depth: one token bucket per verified caller and replica. The global limit is the ingress's.
//!
//! Whoever is counted reads in every answer how much is left: `RateLimit` and `RateLimit-Policy`
//! (draft-ietf-httpapi-ratelimit-headers), so that a client slows down before it is refused.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use http::{HeaderName, HeaderValue, header};
use portcullis_api_spec::openapi::RATE_LIMITED;
use uuid::Uuid;

use crate::Problem;
use crate::config::RateLimitConfig;
use crate::identity::Authentication;

/// Callers remembered before full buckets are forgotten.
const SWEEP_AT: usize = 10_000;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A caller: tenant id and object id.
type CallerKey = (Uuid, Uuid);
type Buckets = RateLimiter<
    CallerKey,
    DefaultKeyedStateStore<CallerKey>,
    DefaultClock,
    StateInformationMiddleware,
>;

/// The buckets, one per caller: the identity key is `(tid, oid)`.
pub(crate) struct CallerLimit {
    buckets: Buckets,
    clock: DefaultClock,
    per_second: u32,
    burst: u32,
}

/// Marks a request that belongs to another one, which has paid for both. Nothing from outside can make it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AlreadyCounted;

/// What became of one request at its caller's bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// It took a token; so many are left.
    Token { remaining: u32 },
    /// None was left; the next one comes in so many seconds.
    Nothing { retry_after_seconds: u64 },
}

impl CallerLimit {
    /// Builds the limit, `None` when it is switched off.
    pub(crate) fn build(config: &RateLimitConfig) -> Option<Arc<Self>> {
        if !config.enabled {
            return None;
        }
        let quota = Quota::per_second(config.per_second).allow_burst(config.burst);
        Some(Arc::new(Self {
            buckets: RateLimiter::keyed(quota).with_middleware(),
            clock: DefaultClock::default(),
            per_second: config.per_second.get(),
            burst: config.burst.get(),
        }))
    }

    fn take(&self, caller: CallerKey) -> Taken {
        if self.buckets.len() > SWEEP_AT {
            self.buckets.retain_recent();
        }
        match self.buckets.check_key(&caller) {
            Ok(snapshot) => Taken::Token {
                remaining: snapshot.remaining_burst_capacity(),
            },
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.clock.now());
                Taken::Nothing {
                    retry_after_seconds: wait.as_secs().saturating_add(1),
                }
            }
        }
    }

    /// Writes how much is left, and what the whole is, into an answer.
    fn announce(&self, remaining: u32, response: &mut Response) {
        let until_full = (self.burst.saturating_sub(remaining)).div_ceil(self.per_second);
        let window = self.burst.div_ceil(self.per_second);
        let texts = [
            (
                RATE_LIMIT,
                format!("\"caller\";r={remaining};t={until_full}"),
            ),
            (
                RATE_LIMIT_POLICY,
                format!("\"caller\";q={};w={window}", self.burst),
            ),
        ];
        for (name, text) in texts {
            let value = HeaderValue::try_from(text);
            let value = value.expect("quoted letters and digits are a header value");
            response.headers_mut().insert(name, value);
        }
    }
}

/// Answers 429 with `Retry-After` when a verified caller's bucket is empty, and tells every caller what is left.
pub(crate) async fn limit_caller(
    State(limit): State<Arc<CallerLimit>>,
    request: Request,
    next: Next,
) -> Response {
    if request.extensions().get::<AlreadyCounted>().is_some() {
        return next.run(request).await;
    }
    let authentication = request.extensions().get::<Authentication>();
    let Some(Authentication::Verified(caller)) = authentication else {
        return next.run(request).await;
    };
    let (remaining, mut response) = match limit.take((caller.tenant_id(), caller.object_id())) {
        Taken::Token { remaining } => (remaining, next.run(request).await),
        Taken::Nothing {
            retry_after_seconds,
        } => {
            let problem = Problem::new(RATE_LIMITED)
                .with_header(header::RETRY_AFTER, retry_after_seconds.into());
            (0, problem.into_response())
        }
    };
    limit.announce(remaining, &mut response);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn limit(per_second: u32, burst: u32) -> Arc<CallerLimit> {
        let config = RateLimitConfig {
            enabled: true,
            per_second: NonZeroU32::new(per_second).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        };
        CallerLimit::build(&config).unwrap()
    }

    #[test]
    fn an_empty_bucket_refuses_its_caller_and_no_other() {
        let limit = limit(1, 2);
        let (tenant, first, second) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        for remaining in [1, 0] {
            assert_eq!(limit.take((tenant, first)), Taken::Token { remaining });
        }
        assert!(matches!(
            limit.take((tenant, first)),
            Taken::Nothing { retry_after_seconds } if (1..=2).contains(&retry_after_seconds)
        ));
        let whole = Taken::Token { remaining: 1 };
        assert_eq!(limit.take((tenant, second)), whole);
    }

    #[test]
    fn an_answer_tells_what_is_left_and_when_the_quota_is_whole_again() {
        let cases = [
            (100, 200, 199, "r=199;t=1", "q=200;w=2"),
            (100, 200, 0, "r=0;t=2", "q=200;w=2"),
            (1, 3, 1, "r=1;t=2", "q=3;w=3"),
            (10, 3, 3, "r=3;t=0", "q=3;w=1"),
        ];
        for (per_second, burst, remaining, left, policy) in cases {
            let mut response = Response::default();
            limit(per_second, burst).announce(remaining, &mut response);
            let headers = response.headers();
            assert_eq!(headers[RATE_LIMIT], format!("\"caller\";{left}"));
            assert_eq!(headers[RATE_LIMIT_POLICY], format!("\"caller\";{policy}"));
        }
    }
}
