//! When to fetch next. Pure: randomness is passed in.

use std::time::Duration;

use crate::config::KeysConfig;
use crate::identity::KeysStatus;
use crate::jitter::shorten;

/// First wait, and longest wait, between attempts while there are no keys at all.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(15);

/// How long to wait after a refresh.
///
/// Fresh keys are refreshed by the interval; stale ones are retried by the cooldown, since requests are still served;
/// missing ones soon, with growing pauses, since every guarded request is answered 503 until then.
pub(super) fn next_wait(
    settings: &KeysConfig,
    status: KeysStatus,
    failures_in_a_row: u32,
    random: u16,
) -> Duration {
    let wait = match status {
        KeysStatus::Fresh => settings.refresh,
        KeysStatus::Stale => settings.cooldown.min(settings.refresh),
        KeysStatus::Missing => {
            let doublings = failures_in_a_row.saturating_sub(1).min(8);
            (FIRST_RETRY * 2_u32.pow(doublings))
                .min(LONGEST_RETRY)
                .min(settings.refresh)
        }
    };
    // At least a little, or a zero interval would spin.
    shorten(wait, random).max(Duration::from_millis(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: KeysConfig = KeysConfig {
        refresh: Duration::from_secs(3600),
        cooldown: Duration::from_secs(300),
        lifetime: Duration::from_secs(86_400),
        timeout: Duration::from_secs(5),
        app_specific: false,
    };

    #[test]
    fn jitter_only_shortens_the_refresh_interval() {
        for random in [0, 1, 1000, 40_000, u16::MAX] {
            let wait = next_wait(&SETTINGS, KeysStatus::Fresh, 0, random);
            assert!(wait <= SETTINGS.refresh, "{random}");
            assert!(wait >= SETTINGS.refresh.mul_f64(0.899), "{random}");
        }
    }

    #[test]
    fn missing_keys_are_retried_soon_and_with_growing_pauses() {
        let waits: Vec<u64> = [1, 2, 3, 4, 5, 60, u32::MAX]
            .map(|failures| next_wait(&SETTINGS, KeysStatus::Missing, failures, 0).as_secs())
            .to_vec();
        assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
    }

    #[test]
    fn stale_keys_are_retried_by_the_cooldown() {
        let wait = next_wait(&SETTINGS, KeysStatus::Stale, 3, 0);
        assert_eq!(wait, SETTINGS.cooldown);
    }
}
