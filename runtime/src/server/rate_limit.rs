//! Defence in depth: one token bucket per verified caller and replica. The global limit is the ingress's.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::header;
use portcullis_api_spec::openapi::RATE_LIMITED;
use uuid::Uuid;

use crate::Problem;
use crate::config::RateLimitConfig;
use crate::identity::Authentication;

/// Callers remembered before full buckets are forgotten.
const SWEEP_AT: usize = 10_000;

/// The buckets, one per caller: the identity key is `(tid, oid)`.
pub(crate) struct CallerLimit {
    limiter: DefaultKeyedRateLimiter<(Uuid, Uuid)>,
    clock: DefaultClock,
}

impl CallerLimit {
    /// Builds the limit, `None` when it is switched off.
    pub(crate) fn build(config: &RateLimitConfig) -> Option<Arc<Self>> {
        if !config.enabled {
            return None;
        }
        let quota = Quota::per_second(config.per_second).allow_burst(config.burst);
        Some(Arc::new(Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }))
    }

    /// Takes one token, or says how many seconds to wait for the next.
    fn take(&self, caller: (Uuid, Uuid)) -> Result<(), u64> {
        if self.limiter.len() > SWEEP_AT {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&caller) {
            Ok(()) => Ok(()),
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.clock.now());
                Err(wait.as_secs().saturating_add(1))
            }
        }
    }
}

/// Answers 429 with `Retry-After` when a verified caller's bucket is empty.
pub(crate) async fn limit_caller(
    State(limit): State<Arc<CallerLimit>>,
    request: Request,
    next: Next,
) -> Response {
    let authentication = request.extensions().get::<Authentication>();
    if let Some(Authentication::Verified(caller)) = authentication
        && let Err(retry_after_seconds) = limit.take((caller.tenant_id(), caller.object_id()))
    {
        return Problem::new(RATE_LIMITED)
            .with_header(header::RETRY_AFTER, retry_after_seconds.into())
            .into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    #[test]
    fn an_empty_bucket_refuses_its_caller_and_no_other() {
        let one = NonZeroU32::new(1).unwrap();
        let config = RateLimitConfig {
            enabled: true,
            per_second: one,
            burst: NonZeroU32::new(2).unwrap(),
        };
        let limit = CallerLimit::build(&config).unwrap();
        let (tenant, first, second) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        assert_eq!(limit.take((tenant, first)), Ok(()));
        assert_eq!(limit.take((tenant, first)), Ok(()));
        assert!(
            limit
                .take((tenant, first))
                .is_err_and(|seconds| (1..=2).contains(&seconds))
        );
        assert_eq!(limit.take((tenant, second)), Ok(()));
    }
}
