//! A valuation as it is stored and shown.

use jiff::Timestamp;
use jiff::civil::Date;
use portcullis::Scalar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::instruments::Symbol;
use crate::person::Person;
use crate::portfolios::{Currency, Portfolio, PortfolioId, Quantity};

/// Identifies a valuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Scalar)]
pub struct ValuationId(Uuid);

impl ValuationId {
    /// Makes an id that nobody can guess.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

/// In what part of the scenarios the loss is not above the value at risk.
#[derive(Debug, Clone, Copy, PartialEq, Scalar)]
#[scalar(minimum = 0.5, maximum = 0.999, example = "0.95")]
pub struct Confidence(f64);

impl Default for Confidence {
    fn default() -> Self {
        Self(0.95)
    }
}

/// Over how many trading days a loss is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Scalar)]
#[scalar(minimum = 1, maximum = 20, example = "1")]
pub struct HorizonDays(u8);

impl Default for HorizonDays {
    fn default() -> Self {
        Self(1)
    }
}

/// How many trading days are looked back on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Scalar)]
#[scalar(minimum = 40, maximum = 1000, example = "250")]
pub struct LookbackDays(u16);

impl Default for LookbackDays {
    fn default() -> Self {
        Self(250)
    }
}

/// How to value a portfolio.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValuationInput {
    /// In what part of the scenarios the loss is not above the value at risk; 0.95 unless said otherwise.
    #[serde(default)]
    pub confidence: Confidence,
    /// Over how many trading days a loss is looked at; 1 unless said otherwise.
    #[serde(default)]
    pub horizon_days: HorizonDays,
    /// How many trading days are looked back on; 250 unless said otherwise.
    #[serde(default)]
    pub lookback_days: LookbackDays,
}

/// Where a valuation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValuationStatus {
    /// It goes on.
    Running,
    /// There is a result.
    Done,
    /// There will be none.
    Failed,
}

impl ValuationStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            ValuationStatus::Running => "running",
            ValuationStatus::Done => "done",
            ValuationStatus::Failed => "failed",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "running" => Some(ValuationStatus::Running),
            "done" => Some(ValuationStatus::Done),
            "failed" => Some(ValuationStatus::Failed),
            _ => None,
        }
    }
}

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValuationFailure {
    /// On too few days there is a price of everything that the portfolio holds.
    TooFewPrices,
    /// The process that computed it has ended; begin another valuation.
    Interrupted,
    /// Our mistake; it is in the log.
    Internal,
}

impl ValuationFailure {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            ValuationFailure::TooFewPrices => "too_few_prices",
            ValuationFailure::Interrupted => "interrupted",
            ValuationFailure::Internal => "internal",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "too_few_prices" => Some(ValuationFailure::TooFewPrices),
            "interrupted" => Some(ValuationFailure::Interrupted),
            "internal" => Some(ValuationFailure::Internal),
            _ => None,
        }
    }

    /// For people.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            ValuationFailure::TooFewPrices => "there are too few days with all prices",
            ValuationFailure::Interrupted => "the process that computed it has ended",
            ValuationFailure::Internal => "it failed; the log says why",
        }
    }
}

/// The valuation of a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Valuation {
    /// Identifies the valuation.
    pub id: ValuationId,
    /// What is valued.
    pub portfolio_id: PortfolioId,
    /// Who asked for it.
    pub requested_by: Person,
    /// How it is valued.
    pub parameters: ValuationInput,
    /// Where it stands.
    pub status: ValuationStatus,
    /// How many steps are done.
    #[schema(maximum = 102)]
    pub steps_done: u32,
    /// How many steps there are.
    #[schema(minimum = 1, maximum = 102)]
    pub steps_total: u32,
    /// What was found; `null` unless it is done.
    #[schema(required = true)]
    pub result: Option<ValueAtRisk>,
    /// Why there is no result; `null` unless it has failed.
    #[schema(required = true)]
    pub failure: Option<ValuationFailure>,
    /// When it began.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub created_at: Timestamp,
    /// When it ended, or was found interrupted; `null` while it is running.
    #[schema(value_type = Option<String>, required = true, format = DateTime, max_length = 40)]
    pub finished_at: Option<Timestamp>,
}

impl Valuation {
    /// Begins to value what a portfolio holds now: one step for each position, and one for the simulation.
    pub(super) fn begin(
        portfolio: &Portfolio,
        parameters: ValuationInput,
        requested_by: Person,
        now: Timestamp,
    ) -> Self {
        let positions = u32::try_from(portfolio.positions.len());
        Self {
            id: ValuationId::random(),
            portfolio_id: portfolio.id,
            requested_by,
            parameters,
            status: ValuationStatus::Running,
            steps_done: 0,
            steps_total: positions.expect("a portfolio has at most 100 positions") + 1,
            result: None,
            failure: None,
            created_at: now,
            finished_at: None,
        }
    }
}

/// What a portfolio is worth, and what it may lose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ValueAtRisk {
    /// The last day with a price of everything; what is held is valued at its prices.
    #[schema(value_type = String, format = Date, max_length = 10)]
    pub as_of: Date,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What the portfolio is worth.
    #[schema(minimum = 0)]
    pub value: f64,
    /// The loss that is exceeded in no larger a part of the scenarios than `confidence` leaves; 0 when there is none.
    #[schema(minimum = 0)]
    pub value_at_risk: f64,
    /// The mean of that loss and the larger ones; 0 when it is a gain.
    #[schema(minimum = 0)]
    pub expected_shortfall: f64,
    /// How many scenarios were played through.
    #[schema(minimum = 20, maximum = 1000)]
    pub scenarios: u32,
    /// What each position is worth, by symbol; `null` for those who may not read the portfolio.
    #[schema(required = true, max_items = 100)]
    pub positions: Option<Vec<PositionValue>>,
}

/// What a position is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PositionValue {
    /// The instrument.
    pub symbol: Symbol,
    /// How many shares of it.
    pub quantity: Quantity,
    /// Closing price of that day.
    #[schema(exclusive_minimum = 0)]
    pub close: f64,
    /// What they are worth together.
    #[schema(minimum = 0)]
    pub value: f64,
}
