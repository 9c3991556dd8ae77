//! Prices as an application delivers them, and the check that lets them in.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Symbol;
use super::model::Price;
use crate::faults::Faults;

/// Most rows in one delivery.
const MAX_ROWS: usize = 1000;

/// Years that a price may be of. Four digits keep stored dates in one width, so that text sorts like time.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// Closing prices of one instrument.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceDelivery {
    /// One row a day, in any order; no day twice.
    #[schema(min_items = 1, max_items = 1000)]
    pub rows: Vec<PriceRow>,
}

/// The closing price of one day, as delivered.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// The trading day, 1900-01-01 to 2200-12-31.
    #[schema(format = Date, max_length = 10)]
    pub date: String,
    /// Closing price in the instrument's currency, above zero.
    #[schema(exclusive_minimum = 0)]
    pub close: f64,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PricesStored {
    /// The instrument.
    pub symbol: Symbol,
    /// How many days now have the delivered price.
    #[schema(value_type = u16, minimum = 1, maximum = 1000)]
    pub rows: usize,
}

impl PriceDelivery {
    /// Parses every row.
    ///
    /// # Errors
    /// All faults of all rows.
    pub fn parse(self) -> Result<Vec<Price>, Faults> {
        let mut faults = Faults::default();
        if self.rows.is_empty() || self.rows.len() > MAX_ROWS {
            faults.add("/rows", format!("1 to {MAX_ROWS} rows are taken at once"));
            return Err(faults);
        }
        let mut days = BTreeSet::new();
        let mut prices = Vec::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            let date = faults.keep(format!("/rows/{index}/date"), parse_date(&row.date));
            let close = faults.keep(format!("/rows/{index}/close"), check_close(row.close));
            let (Some(date), Some(close)) = (date, close) else {
                continue;
            };
            if !days.insert(date) {
                let detail = "another row has the same date";
                faults.add(format!("/rows/{index}/date"), detail);
            }
            prices.push(Price { date, close });
        }
        if faults.is_empty() {
            Ok(prices)
        } else {
            Err(faults)
        }
    }
}

fn parse_date(text: &str) -> Result<Date, &'static str> {
    let expected = "expected a date of the form 2026-01-31, from 1900 to 2200";
    // jiff reads more forms than this (with a time, without dashes); two spellings of a day would pass as two days.
    if text.len() != "2026-01-31".len() {
        return Err(expected);
    }
    match text.parse::<Date>() {
        Ok(date) if YEARS.contains(&date.year()) => Ok(date),
        Ok(_) | Err(_) => Err(expected),
    }
}

fn check_close(close: f64) -> Result<f64, &'static str> {
    if close.is_finite() && close > 0.0 {
        Ok(close)
    } else {
        Err("a price is a number above zero")
    }
}

#[cfg(test)]
mod tests {
    use portcullis::FieldError;

    use super::*;

    fn row(date: &str, close: f64) -> PriceRow {
        PriceRow {
            date: date.to_owned(),
            close,
        }
    }

    fn pointers(rows: Vec<PriceRow>) -> Vec<String> {
        let faults = PriceDelivery { rows }.parse().unwrap_err();
        let errors = Vec::<FieldError>::from(faults);
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn good_rows_are_taken_in_any_order() {
        let rows = vec![row("2026-01-02", 11.5), row("2024-02-29", 10.0)];
        assert_eq!(PriceDelivery { rows }.parse().unwrap().len(), 2);
    }

    #[test]
    fn all_faults_come_back_at_once() {
        let rows = vec![
            row("2026-02-30", -1.0),
            row("2026-01-02", 1.0),
            row("2026-01-02", 2.0),
            row("20260103  ", 0.0),
            row("1899-12-31", f64::INFINITY),
        ];
        let expected = [
            "/rows/0/date",
            "/rows/0/close",
            "/rows/2/date",
            "/rows/3/date",
            "/rows/3/close",
            "/rows/4/date",
            "/rows/4/close",
        ];
        assert_eq!(pointers(rows), expected);
    }

    #[test]
    fn too_many_rows_and_none_are_refused() {
        assert_eq!(pointers(Vec::new()), ["/rows"]);
        let rows = vec![row("2026-01-02", 1.0); MAX_ROWS + 1];
        assert_eq!(pointers(rows), ["/rows"]);
    }
}
