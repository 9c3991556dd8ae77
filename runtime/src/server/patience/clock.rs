//! A timer that is set with every request, and hardly ever goes off.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// Waits for one moment after another.
///
/// tokio keeps its timers behind a lock. One that is set for too early a moment is left there: when it goes off, it is set
/// for the right one, once in the time of an idle connection and not with each request.
#[derive(Default)]
pub(super) struct Clock {
    timer: Option<Pin<Box<Sleep>>>,
}

impl Clock {
    /// Waits until then; what an earlier call waited for is forgotten.
    pub(super) fn poll(&mut self, until: Instant, context: &mut Context<'_>) -> Poll<()> {
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        if until < timer.deadline() {
            timer.as_mut().reset(until);
        }
        loop {
            ready!(timer.as_mut().poll(context));
            if timer.deadline() == until {
                return Poll::Ready(());
            }
            timer.as_mut().reset(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// Whether that is earlier or later than the one before, and whether the timer has gone off meanwhile.
        #[test]
        fn the_last_moment_that_it_is_set_for_counts(
            moments in prop::collection::vec((0_u64..20, any::<[bool; 2]>()), 1..8),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            runtime.unwrap().block_on(async {
                let mut clock = Clock::default();
                for (milliseconds, [is_far, waits]) in moments {
                    if is_far {
                        let far = Instant::now() + HOUR;
                        let polled = futures::poll!(poll_fn(|context| clock.poll(far, context)));
                        prop_assert!(polled.is_pending());
                    }
                    let near = Instant::now() + Duration::from_millis(milliseconds);
                    let polled = futures::poll!(poll_fn(|context| clock.poll(near, context)));
                    prop_assert!(polled.is_pending() || Instant::now() >= near);
                    if waits {
                        let goes_off = poll_fn(|context| clock.poll(near, context));
                        prop_assert!(tokio::time::timeout(HOUR / 60, goes_off).await.is_ok());
                        prop_assert!(Instant::now() >= near);
                    }
                }
                Ok(())
            })?;
        }
    }
}
