//! Token buckets, one for each of many keys, in bounded memory.
//!
//! Invariant: a flood of keys costs no more than [`Buckets`]' capacity. The bucket that is forgotten first is one that is
//! asked for seldom; its key begins again with a full one.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::response::Response;
use governor::clock::{Clock, DefaultClock, Reference};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use http::{HeaderName, HeaderValue};
use quick_cache::sync::Cache;

use crate::telemetry::RateLimitKind;

/// Buckets of one kind that are remembered. One takes about 200 bytes.
const CAPACITY: usize = 65_536;
/// Largest burst, so that the arithmetic in nanoseconds has room.
const MOST: u32 = 1_000_000_000;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How much one bucket holds, and how fast it fills.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) per_second: NonZeroU32,
    pub(super) burst: NonZeroU32,
}

/// The buckets of one kind, told apart by a key.
pub(super) struct Buckets<K, C: Clock = DefaultClock> {
    buckets: Cache<K, Arc<Bucket<C>>>,
    /// Also the name in the `RateLimit` headers.
    kind: RateLimitKind,
    rate: Rate,
    /// The same for every answer.
    policy: HeaderValue,
    clock: C,
    epoch: C::Instant,
}

type Limiter<C> = RateLimiter<NotKeyed, InMemoryState, C, StateInformationMiddleware>;

struct Bucket<C: Clock> {
    limiter: Limiter<C>,
    /// When the next token comes to a bucket that was found empty. Nanoseconds since the epoch of all buckets.
    empty_until: AtomicU64,
    /// When the log was last told; 0 for never.
    told_at: AtomicU64,
}

/// What became of one request at its bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It took a token; so many are left.
    Token { remaining: u32 },
    /// None was left; the next one comes in so many seconds.
    Nothing { retry_after_seconds: u64 },
}

impl Rate {
    /// The same rate, with so many times as much at once.
    pub(super) fn with_burst_times(self, factor: NonZeroU32) -> Self {
        let most = NonZeroU32::new(MOST).unwrap_or(NonZeroU32::MAX);
        Self {
            burst: self.burst.saturating_mul(factor).min(most),
            ..self
        }
    }

    fn quota(self) -> Quota {
        Quota::per_second(self.per_second).allow_burst(self.burst)
    }
}

impl<K: Eq + Hash + Clone> Buckets<K> {
    pub(super) fn new(kind: RateLimitKind, rate: Rate) -> Self {
        Self::with_clock(kind, rate, DefaultClock::default())
    }
}

impl<K: Eq + Hash + Clone, C: Clock + Clone> Buckets<K, C> {
    pub(super) fn with_clock(kind: RateLimitKind, rate: Rate, clock: C) -> Self {
        Self {
            buckets: Cache::new(CAPACITY),
            kind,
            rate,
            policy: policy(kind, rate),
            epoch: clock.now(),
            clock,
        }
    }

    /// Which limit they are.
    pub(super) fn kind(&self) -> RateLimitKind {
        self.kind
    }

    /// Takes a token from a key's bucket.
    pub(super) fn take(&self, key: &K) -> Taken {
        let bucket = self.bucket(key);
        let (taken, wait) = match bucket.limiter.check() {
            Ok(snapshot) => match snapshot.remaining_burst_capacity() {
                0 => (
                    Taken::Token { remaining: 0 },
                    self.rate.quota().replenish_interval(),
                ),
                remaining => return Taken::Token { remaining },
            },
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.clock.now());
                let retry_after_seconds = seconds_of(wait);
                (
                    Taken::Nothing {
                        retry_after_seconds,
                    },
                    wait,
                )
            }
        };
        let until = self.now().saturating_add(nanoseconds_of(wait));
        bucket.empty_until.fetch_max(until, Ordering::Relaxed);
        taken
    }

    /// Says how many seconds a key's bucket stays empty; `None` when a token is there. Takes nothing, and makes no bucket.
    pub(super) fn empty_for(&self, key: &K) -> Option<u64> {
        let bucket = self.buckets.get(key)?;
        let until = bucket.empty_until.load(Ordering::Relaxed);
        let wait = until.checked_sub(self.now()).filter(|wait| *wait > 0)?;
        Some(seconds_of(Duration::from_nanos(wait)))
    }

    /// Says whether the log should be told of an empty bucket: once a minute for each.
    pub(super) fn is_news(&self, key: &K) -> bool {
        const SILENCE: u64 = 60_000_000_000;
        let Some(bucket) = self.buckets.get(key) else {
            return false;
        };
        let now = self.now().max(1);
        let told = bucket.told_at.load(Ordering::Relaxed);
        let is_due = told == 0 || now.saturating_sub(told) >= SILENCE;
        is_due
            && bucket
                .told_at
                .compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// Writes how much is left, and what the whole is, into an answer.
    pub(super) fn announce(&self, remaining: u32, response: &mut Response) {
        let (name, Rate { per_second, burst }) = (self.kind.as_str(), self.rate);
        let until_full = (burst.get().saturating_sub(remaining)).div_ceil(per_second.get());
        let rate_limit = header_value(format!("\"{name}\";r={remaining};t={until_full}"));
        let headers = response.headers_mut();
        headers.insert(RATE_LIMIT, rate_limit);
        headers.insert(RATE_LIMIT_POLICY, self.policy.clone());
    }

    fn bucket(&self, key: &K) -> Arc<Bucket<C>> {
        if let Some(bucket) = self.buckets.get(key) {
            return bucket;
        }
        let made = self.buckets.get_or_insert_with(key, || {
            let limiter = RateLimiter::direct_with_clock(self.rate.quota(), self.clock.clone());
            Ok::<_, std::convert::Infallible>(Arc::new(Bucket {
                limiter: limiter.with_middleware(),
                empty_until: AtomicU64::new(0),
                told_at: AtomicU64::new(0),
            }))
        });
        match made {
            Ok(bucket) => bucket,
            Err(never) => match never {},
        }
    }

    fn now(&self) -> u64 {
        self.clock.now().duration_since(self.epoch).as_u64()
    }
}

fn policy(kind: RateLimitKind, Rate { per_second, burst }: Rate) -> HeaderValue {
    let (name, window) = (kind.as_str(), burst.get().div_ceil(per_second.get()));
    header_value(format!("\"{name}\";q={burst};w={window}"))
}

fn header_value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("quoted letters and digits are a header value")
}

fn nanoseconds_of(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)
}

/// Never too early, and never zero.
fn seconds_of(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;

    fn rate(per_second: u32, burst: u32) -> Rate {
        Rate {
            per_second: NonZeroU32::new(per_second).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        }
    }

    fn buckets(
        per_second: u32,
        burst: u32,
    ) -> (FakeRelativeClock, Buckets<u32, FakeRelativeClock>) {
        let clock = FakeRelativeClock::default();
        let buckets = Buckets::with_clock(
            RateLimitKind::Caller,
            rate(per_second, burst),
            clock.clone(),
        );
        (clock, buckets)
    }

    #[test]
    fn an_empty_bucket_refuses_its_key_and_no_other() {
        let (_, buckets) = buckets(1, 2);
        for remaining in [1, 0] {
            assert_eq!(buckets.take(&1), Taken::Token { remaining });
        }
        assert!(matches!(
            buckets.take(&1),
            Taken::Nothing { retry_after_seconds } if (1..=2).contains(&retry_after_seconds)
        ));
        assert_eq!(buckets.take(&2), Taken::Token { remaining: 1 });
    }

    #[test]
    fn a_bucket_is_known_to_be_empty_until_its_next_token_and_asking_takes_none() {
        let (clock, buckets) = buckets(2, 2);
        assert_eq!(buckets.empty_for(&1), None);
        buckets.take(&1);
        assert_eq!(buckets.empty_for(&1), None);
        buckets.take(&1);
        assert_eq!(buckets.empty_for(&1), Some(1));
        assert_eq!(buckets.empty_for(&2), None);
        clock.advance(Duration::from_millis(499));
        assert_eq!(buckets.empty_for(&1), Some(1));
        clock.advance(Duration::from_millis(1));
        assert_eq!(buckets.empty_for(&1), None);
        assert_eq!(buckets.take(&1), Taken::Token { remaining: 0 });
        assert_eq!(buckets.empty_for(&1), Some(1));
    }

    #[test]
    fn whoever_asks_before_each_take_gets_no_more_than_the_rate() {
        let (clock, buckets) = buckets(10, 5);
        let mut taken = 0;
        for _ in 0..10_000 {
            if buckets.empty_for(&1).is_none() {
                assert!(matches!(buckets.take(&1), Taken::Token { .. }));
                taken += 1;
            }
            clock.advance(Duration::from_millis(1));
        }
        assert_eq!(taken, 5 + 10 * 10 - 1);
    }

    #[test]
    fn a_flood_of_keys_takes_bounded_memory() {
        let (_, buckets) = buckets(1, 1);
        for key in 0..200_000 {
            buckets.take(&key);
        }
        assert!(buckets.buckets.len() <= CAPACITY);
    }

    #[test]
    fn an_empty_bucket_is_news_once_a_minute() {
        let (clock, buckets) = buckets(1, 1);
        buckets.take(&1);
        assert!(buckets.is_news(&1));
        assert!(!buckets.is_news(&1));
        clock.advance(Duration::from_secs(61));
        assert!(buckets.is_news(&1));
    }

    #[test]
    fn no_rate_is_too_large_for_the_arithmetic() {
        let whole = rate(10_000_000, 10_000_000).with_burst_times(NonZeroU32::new(1000).unwrap());
        let buckets = Buckets::<u32>::new(RateLimitKind::Address, whole);
        assert_eq!(
            buckets.take(&1),
            Taken::Token {
                remaining: MOST - 1
            }
        );
        let slow = rate(1, 10_000_000).with_burst_times(NonZeroU32::new(1000).unwrap());
        let Taken::Token { remaining } = Buckets::<u32>::new(RateLimitKind::Address, slow).take(&1)
        else {
            panic!("it is full");
        };
        assert_eq!(remaining, MOST - 1);
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
            buckets(per_second, burst)
                .1
                .announce(remaining, &mut response);
            let headers = response.headers();
            assert_eq!(headers[RATE_LIMIT], format!("\"caller\";{left}"));
            assert_eq!(headers[RATE_LIMIT_POLICY], format!("\"caller\";{policy}"));
        }
    }
}
