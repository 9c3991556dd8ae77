//! Where the time comes from. Passed in, so that tests decide what is newer than what.

use std::fmt;
use std::sync::Arc;

use jiff::{Timestamp, TimestampRound, Unit};

/// A source of the current time.
#[derive(Clone)]
pub struct Clock {
    read: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(Timestamp::now)
    }

    /// A clock of one's own, for tests.
    #[must_use]
    pub fn from_fn(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            read: Arc::new(read),
        }
    }

    /// The time now, in whole microseconds: what is stored, and so what is answered before and after storing.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = (self.read)();
        // Only the last representable instant cannot be rounded; it stands for itself.
        now.round(TimestampRound::new().smallest(Unit::Microsecond))
            .unwrap_or(now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Clock").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_given_in_whole_microseconds() {
        let clock = Clock::from_fn(|| Timestamp::new(1, 123_456_789).unwrap());
        assert_eq!(clock.now().subsec_nanosecond(), 123_457_000);
    }
}
