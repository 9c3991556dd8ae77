//! Value at risk by historical simulation: what the portfolio would have won or lost, had it been held as it is now.
//!
//! Pure: prices in, figures out.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::model::{PositionValue, ValuationInput, ValueAtRisk};
use crate::instruments::Price;
use crate::portfolios::{Currency, Position};

/// Fewest scenarios that say something about their tail.
const MIN_SCENARIOS: usize = 20;

/// Further days to read of each instrument, since others may have none on the same days.
const SPARE_DAYS: i64 = 100;

/// What is held of one instrument, and its prices.
#[derive(Debug, Clone)]
pub(super) struct Holding {
    pub(super) position: Position,
    pub(super) prices: Vec<Price>,
}

/// On fewer days than are needed there is a price of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooFewPrices;

/// How many of the newest prices of each instrument are looked at.
pub(super) fn prices_to_read(parameters: &ValuationInput) -> i64 {
    i64::from(*parameters.lookback_days.get()) + SPARE_DAYS
}

/// Plays every stretch of days through.
pub(super) fn simulate(
    holdings: &[Holding],
    parameters: &ValuationInput,
    currency: Currency,
) -> Result<ValueAtRisk, TooFewPrices> {
    let days = common_days(holdings, usize::from(*parameters.lookback_days.get()));
    let horizon = usize::from(*parameters.horizon_days.get());
    let (Some((as_of, today)), true) = (days.last(), days.len() >= horizon + MIN_SCENARIOS) else {
        return Err(TooFewPrices);
    };
    let positions: Vec<PositionValue> = holdings
        .iter()
        .zip(today)
        .map(|(holding, close)| PositionValue {
            symbol: holding.position.symbol.clone(),
            quantity: holding.position.quantity,
            close: *close,
            value: f64::from(*holding.position.quantity.get()) * close,
        })
        .collect();
    let mut losses: Vec<f64> = days
        .iter()
        .zip(&days[horizon..])
        .map(|((_, before), (_, after))| {
            let moves = before.iter().zip(after);
            let changes = positions
                .iter()
                .zip(moves)
                .map(|(position, (before, after))| position.value * (after / before - 1.0));
            -changes.sum::<f64>()
        })
        .collect();
    losses.sort_by(|one, other| other.total_cmp(one));
    let beyond = part_beyond(losses.len(), *parameters.confidence.get());
    let tail = &losses[..=beyond];
    let shortfall = tail.iter().sum::<f64>() / tail.len() as f64;
    Ok(ValueAtRisk {
        as_of: *as_of,
        currency,
        value: to_cents(positions.iter().map(|position| position.value).sum()),
        value_at_risk: to_cents(losses[beyond].max(0.0)),
        expected_shortfall: to_cents(shortfall.max(0.0)),
        scenarios: u32::try_from(losses.len()).unwrap_or(u32::MAX),
        positions: Some(
            positions
                .into_iter()
                .map(|position| PositionValue {
                    value: to_cents(position.value),
                    ..position
                })
                .collect(),
        ),
    })
}

/// The last days on which everything has a price, oldest first, each with the prices in the order of the holdings.
fn common_days(holdings: &[Holding], at_most: usize) -> Vec<(Date, Vec<f64>)> {
    let mut days: BTreeMap<Date, Vec<f64>> = BTreeMap::new();
    for (index, holding) in holdings.iter().enumerate() {
        for price in &holding.prices {
            let closes = days.entry(price.date).or_default();
            if closes.len() == index {
                closes.push(price.close);
            }
        }
    }
    days.retain(|_, closes| closes.len() == holdings.len());
    let days: Vec<_> = days.into_iter().collect();
    days[days.len().saturating_sub(at_most)..].to_vec()
}

/// How many scenarios may lose more than the value at risk.
fn part_beyond(scenarios: usize, confidence: f64) -> usize {
    // 0.05 of 100 is 5, though 1.0 - 0.95 is a little less than 0.05.
    let beyond = (scenarios as f64 * (1.0 - confidence) + 1e-9).floor();
    (beyond as usize).min(scenarios - 1)
}

fn to_cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(symbol: &str, quantity: u32, closes: impl IntoIterator<Item = f64>) -> Holding {
        let first = Date::constant(2026, 1, 1);
        let days = first.series(jiff::Span::new().days(1));
        Holding {
            position: Position {
                symbol: symbol.parse().unwrap(),
                quantity: quantity.try_into().unwrap(),
            },
            prices: days
                .zip(closes)
                .map(|(date, close)| Price { date, close })
                .collect(),
        }
    }

    fn parameters(text: &str) -> ValuationInput {
        serde_json::from_str(text).unwrap()
    }

    fn value(holdings: &[Holding], parameters_text: &str) -> Result<ValueAtRisk, TooFewPrices> {
        simulate(
            holdings,
            &parameters(parameters_text),
            "USD".parse().unwrap(),
        )
    }

    /// Closes whose daily losses, in parts of the price before, are these, and that end at `last`.
    fn falling_by(losses: &[f64], last: f64) -> Vec<f64> {
        let mut closes = vec![last];
        for loss in losses.iter().rev() {
            let after = closes.last().unwrap();
            closes.push(after / (1.0 - loss));
        }
        closes.reverse();
        closes
    }

    #[test]
    fn the_loss_is_the_one_that_as_many_scenarios_exceed_as_the_confidence_leaves() {
        // Losses of 1 % to 100 % of a part in 10 000, shuffled by stride; the price ends at 100 with 10 shares.
        let losses: Vec<f64> = (0..100)
            .map(|day| f64::from((day * 37) % 100 + 1) / 10_000.0)
            .collect();
        let holdings = [holding("A", 10, falling_by(&losses, 100.0))];
        for (confidence, expected) in [(0.95, 0.95), (0.99, 0.99), (0.5, 0.5), (0.999, 1.0)] {
            let text = format!(r#"{{"confidence": {confidence}, "lookback_days": 1000}}"#);
            let found = value(&holdings, &text).unwrap();
            assert_eq!((found.scenarios, found.value), (100, 1000.0));
            // The loss of rank n is n parts in 10 000 of 1000.
            assert_eq!(found.value_at_risk, 10.0 * expected, "{confidence}");
        }
        let found = value(&holdings, r#"{"lookback_days": 1000}"#).unwrap();
        let tail = (95..=100).map(|rank| f64::from(rank) / 10.0).sum::<f64>() / 6.0;
        assert_eq!(found.expected_shortfall, to_cents(tail));
    }

    #[test]
    fn gains_leave_no_value_at_risk() {
        let rising = (0..100).map(|day| 100.0 + f64::from(day));
        let found = value(&[holding("A", 1, rising)], "{}").unwrap();
        assert_eq!((found.value_at_risk, found.expected_shortfall), (0.0, 0.0));
        assert_eq!(found.value, 199.0);
    }

    #[test]
    fn what_moves_against_each_other_loses_less_together() {
        let saw =
            |high: f64, low: f64| (0..100).map(move |day| if day % 2 == 0 { high } else { low });
        let one = holding("A", 1, saw(100.0, 90.0));
        let other = holding("B", 1, saw(90.0, 100.0));
        let alone = value(std::slice::from_ref(&one), "{}").unwrap();
        let together = value(&[one, other], "{}").unwrap();
        assert!(alone.value_at_risk > 8.0, "{alone:?}");
        assert!(together.value_at_risk < 2.0, "{together:?}");
    }

    #[test]
    fn a_longer_horizon_looks_at_longer_stretches() {
        let falling = falling_by(&[0.01; 60], 100.0);
        let one = value(&[holding("A", 1, falling.clone())], "{}").unwrap();
        let ten = value(&[holding("A", 1, falling)], r#"{"horizon_days": 10}"#).unwrap();
        assert_eq!((one.scenarios, ten.scenarios), (60, 51));
        assert_eq!(one.value_at_risk, 1.0);
        assert_eq!(
            ten.value_at_risk,
            to_cents(100.0 * (1.0 - 0.99_f64.powi(10)))
        );
    }

    #[test]
    fn only_days_with_all_prices_count_and_enough_of_them_are_needed() {
        let long = holding("A", 1, [10.0; 60]);
        let mut late = holding("B", 2, [20.0; 60]);
        late.prices.drain(..39);
        let both = [long.clone(), late.clone()];
        let found = value(&both, "{}").unwrap();
        assert_eq!((found.scenarios, found.value), (20, 50.0));
        assert_eq!(found.as_of, Date::constant(2026, 3, 1));
        late.prices.remove(7);
        assert_eq!(value(&[long, late], "{}"), Err(TooFewPrices));
        assert_eq!(value(&[holding("A", 1, [])], "{}"), Err(TooFewPrices));
    }

    #[test]
    fn no_price_that_is_taken_leads_to_an_amount_that_is_no_number() {
        let saw = (0..60).map(|day| {
            if day % 2 == 0 {
                0.0001
            } else {
                1_000_000_000.0
            }
        });
        let holdings: Vec<Holding> = (0..100)
            .map(|_| holding("A", 1_000_000_000, saw.clone()))
            .collect();
        let found = value(&holdings, "{}").unwrap();
        assert_eq!(found.value, 1e20);
        let back = serde_json::from_str(&serde_json::to_string(&found).unwrap());
        assert_eq!(found, back.unwrap());
    }

    #[test]
    fn no_more_days_are_looked_back_on_than_were_asked_for() {
        let mut closes = vec![1000.0, 1.0];
        closes.extend([1.0; 40]);
        let found = value(&[holding("A", 1, closes)], r#"{"lookback_days": 40}"#).unwrap();
        assert_eq!((found.scenarios, found.value_at_risk), (39, 0.0));
    }
}
