//! What the desk knows of an instrument.

use jiff::civil::Date;
use portcullis::{Cursor, Limit, SortKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Day, Symbol};

/// Something the desk covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Instrument {
    /// Identifies the instrument.
    pub symbol: Symbol,
    /// Its name, for people.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]+$")]
    pub name: String,
    /// What it is.
    pub kind: InstrumentKind,
    /// Currency of its prices, ISO 4217.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

/// What an instrument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentKind {
    /// A share of one company.
    Equity,
    /// A share of a fund.
    Fund,
}

impl InstrumentKind {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "equity" => Some(InstrumentKind::Equity),
            "fund" => Some(InstrumentKind::Fund),
            _ => None,
        }
    }
}

/// The price of an instrument at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Price {
    /// The trading day.
    #[schema(value_type = String, format = Date, max_length = 10)]
    pub date: Date,
    /// Closing price in the instrument's currency.
    #[schema(exclusive_minimum = 0)]
    pub close: f64,
}

/// Which instruments to list.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstrumentQuery {
    /// Largest number of instruments on the page.
    #[serde(default)]
    pub limit: Limit<20, 100>,
    /// `next_cursor` of the page before; without it, the first page.
    pub cursor: Option<InstrumentCursor>,
}

/// Which prices to list.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceQuery {
    /// First day, included. Without it, as far back as there are prices.
    pub from: Option<Day>,
    /// Last day, included. Without it, up to the newest price.
    pub to: Option<Day>,
    /// Largest number of prices on the page.
    #[serde(default)]
    pub limit: Limit<250, 1000>,
    /// `next_cursor` of the page before; without it, the first page.
    pub cursor: Option<PriceCursor>,
}

/// The end of a page of instruments.
pub type InstrumentCursor = Cursor<InstrumentKey>;

/// Instruments are sorted by symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentKey(pub Symbol);

impl InstrumentKey {
    /// The place of an instrument in the list.
    #[must_use]
    pub fn of(instrument: &Instrument) -> Self {
        Self(instrument.symbol.clone())
    }
}

impl SortKey for InstrumentKey {
    fn render(&self) -> String {
        self.0.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(InstrumentKey)
    }
}

/// The end of a page of prices.
pub type PriceCursor = Cursor<PriceKey>;

/// Prices of one instrument are sorted by date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceKey(pub Date);

impl PriceKey {
    /// The place of a price in the list.
    #[must_use]
    pub fn of(price: &Price) -> Self {
        Self(price.date)
    }
}

impl SortKey for PriceKey {
    fn render(&self) -> String {
        self.0.to_string()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(PriceKey)
    }
}
