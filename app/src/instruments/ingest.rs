//! Prices as an application delivers them, and the check that lets them in.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::Price;
use super::{Day, Symbol};
use crate::faults::Faults;

/// Most rows in one delivery.
const MAX_ROWS: usize = 1000;

/// Lowest price that is taken. With the highest one, whatever is computed of prices stays a finite number.
const MIN_CLOSE: f64 = 0.0001;

/// Highest price that is taken.
const MAX_CLOSE: f64 = 1_000_000_000.0;

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
    #[schema(
        format = Date,
        max_length = 10,
        pattern = "^(19[0-9]{2}|2[01][0-9]{2}|2200)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
    )]
    pub date: String,
    /// Closing price in the instrument's currency, 0.0001 to a thousand million.
    #[schema(minimum = 0.0001, maximum = 1_000_000_000)]
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
    let day = text.parse::<Day>().ok();
    day.map(Date::from)
        .filter(|date| YEARS.contains(&date.year()))
        .ok_or("expected a date of the form 2026-01-31, from 1900 to 2200")
}

fn check_close(close: f64) -> Result<f64, &'static str> {
    if (MIN_CLOSE..=MAX_CLOSE).contains(&close) {
        Ok(close)
    } else {
        Err("expected a price from 0.0001 to 1000000000")
    }
}

#[cfg(test)]
mod tests {
    use portcullis::FieldError;
    use portcullis::api_spec::check_against;
    use serde_json::json;

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
    fn the_document_allows_the_days_that_are_taken_and_no_others() {
        for (date, is_taken) in [
            ("1900-01-01", true),
            ("2200-12-31", true),
            ("2024-02-29", true),
            ("1899-12-31", false),
            ("2201-01-01", false),
            ("0785-03-24", false),
            ("2026-02-30", false),
            ("2026-13-01", false),
            ("20260131", false),
        ] {
            let document = json!({ "rows": [{ "date": date, "close": 1.0 }] });
            let faults = check_against::<PriceDelivery>(&document);
            assert_eq!(faults.is_empty(), is_taken, "{date}: {faults:?}");
            let rows = vec![row(date, 1.0)];
            assert_eq!(PriceDelivery { rows }.parse().is_ok(), is_taken, "{date}");
        }
    }

    #[test]
    fn the_document_allows_the_prices_that_are_taken_and_no_others() {
        for (close, is_taken) in [
            (MIN_CLOSE, true),
            (MAX_CLOSE, true),
            (0.0, false),
            (0.00009, false),
            (1_000_000_000.01, false),
            (f64::MAX, false),
        ] {
            let document = json!({ "rows": [{ "date": "2026-01-02", "close": close }] });
            let faults = check_against::<PriceDelivery>(&document);
            assert_eq!(faults.is_empty(), is_taken, "{close}: {faults:?}");
            let rows = vec![row("2026-01-02", close)];
            assert_eq!(PriceDelivery { rows }.parse().is_ok(), is_taken, "{close}");
        }
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
