//! Prices by a random walk that takes the same steps everywhere.
//!
//! Only multiplication and addition, whose results IEEE 754 fixes to the bit: no logarithm, no system randomness.

use jiff::civil::{Date, Weekday};

use crate::instruments::Price;

/// First and last day, both included.
const FIRST_DAY: Date = Date::constant(2024, 7, 1);
const LAST_DAY: Date = Date::constant(2026, 6, 30);

/// How one instrument's price moves.
pub(super) struct Walk {
    pub(super) symbol: &'static str,
    /// Price before the first day.
    start: f64,
    /// Mean daily return.
    drift: f64,
    /// Largest daily return beside the drift, either way.
    swing: f64,
}

pub(super) const WALKS: [Walk; 8] = [
    Walk::new("ALPN", 84.0, 0.0003, 0.030),
    Walk::new("BLT.B", 212.5, 0.0001, 0.045),
    Walk::new("CRDN", 131.2, 0.0009, 0.060),
    Walk::new("DLTA", 27.4, 0.0002, 0.020),
    Walk::new("EMBR", 9.8, -0.0001, 0.035),
    Walk::new("FLD500", 540.0, 0.0005, 0.022),
    Walk::new("GLT10", 98.6, 0.0, 0.010),
    Walk::new("HRBR", 61.3, 0.0003, 0.028),
];

impl Walk {
    const fn new(symbol: &'static str, start: f64, drift: f64, swing: f64) -> Self {
        Self {
            symbol,
            start,
            drift,
            swing,
        }
    }

    /// The closing price of every weekday.
    pub(super) fn prices(&self) -> Vec<Price> {
        let mut steps = Steps::of(self.symbol);
        let mut close = self.start;
        let days = FIRST_DAY.series(jiff::Span::new().days(1));
        days.take_while(|day| *day <= LAST_DAY)
            .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
            .map(|date| {
                close *= 1.0 + self.drift + self.swing * steps.next_step();
                Price {
                    date,
                    close: (close * 100.0).round() / 100.0,
                }
            })
            .collect()
    }
}

/// SplitMix64, started from a name.
struct Steps {
    state: u64,
}

impl Steps {
    fn of(name: &str) -> Self {
        let state = name.bytes().fold(0, |state: u64, byte| {
            (state << 8) ^ (state >> 56) ^ u64::from(byte)
        });
        Self { state }
    }

    /// A number between -1 and 1, more often near 0: the mean of four even ones.
    fn next_step(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.next_even()).sum();
        sum / 2.0 - 1.0
    }

    /// A number from 0 to 1, each as likely as any other.
    fn next_even(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        f64::from((bits >> 32) as u32) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_takes_the_same_steps_again() {
        for walk in WALKS {
            assert_eq!(walk.prices(), walk.prices());
        }
    }

    #[test]
    fn prices_move_and_stay_above_zero() {
        for walk in WALKS {
            let prices = walk.prices();
            assert!(
                prices.iter().all(|price| price.close > 1.0),
                "{}",
                walk.symbol
            );
            assert_ne!(prices[0].close, prices[1].close, "{}", walk.symbol);
        }
    }
}
