//! A portfolio as it is stored and shown.

use jiff::Timestamp;
use portcullis::Scalar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::instruments::Symbol;
use crate::newest_first::NewestFirst;
use crate::person::Person;

/// Identifies a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Scalar)]
pub struct PortfolioId(Uuid);

impl PortfolioId {
    /// Makes an id that nobody can guess.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Takes an id made elsewhere.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

/// What a portfolio is called, in one line.
#[derive(Debug, Clone, PartialEq, Eq, Scalar)]
#[scalar(
    min_length = 1,
    max_length = 100,
    pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$",
    example = "Global technology"
)]
pub struct PortfolioName(String);

/// A currency by its code, ISO 4217.
#[derive(Debug, Clone, PartialEq, Eq, Scalar)]
#[scalar(
    min_length = 3,
    max_length = 3,
    pattern = "^[A-Z]{3}$",
    example = "USD"
)]
pub struct Currency(String);

/// How many shares; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Scalar)]
#[scalar(minimum = 0, maximum = 1_000_000_000, example = "250")]
pub struct Quantity(u32);

/// A portfolio to be created.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortfolioInput {
    /// What it is called.
    pub name: PortfolioName,
    /// The currency of all that it holds.
    pub currency: Currency,
}

/// How much a portfolio holds of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionInput {
    /// How many shares; 0 closes the position.
    pub quantity: Quantity,
}

/// What a portfolio holds of one instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Position {
    /// The instrument.
    pub symbol: Symbol,
    /// How many shares of it.
    pub quantity: Quantity,
}

/// A portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Portfolio {
    /// Identifies the portfolio.
    pub id: PortfolioId,
    /// What it is called.
    pub name: PortfolioName,
    /// The currency of all that it holds.
    pub currency: Currency,
    /// Who changes it.
    pub manager: Person,
    /// What it holds, by symbol.
    #[schema(max_items = 100)]
    pub positions: Vec<Position>,
    /// Grows by one with each change; the number in `ETag`.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991i64)]
    pub version: i64,
    /// When it was created.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub updated_at: Timestamp,
}

impl Portfolio {
    /// Begins one that holds nothing.
    pub(super) fn begin(input: PortfolioInput, manager: Person, now: Timestamp) -> Self {
        Self {
            id: PortfolioId::random(),
            name: input.name,
            currency: input.currency,
            manager,
            positions: Vec::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A portfolio without its positions, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortfolioSummary {
    /// Identifies the portfolio.
    pub id: PortfolioId,
    /// What it is called.
    pub name: PortfolioName,
    /// The currency of all that it holds.
    pub currency: Currency,
    /// Who changes it.
    pub manager: Person,
    /// Grows by one with each change.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991i64)]
    pub version: i64,
    /// When it was created.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub updated_at: Timestamp,
}

impl PortfolioSummary {
    /// The place of a portfolio in the list.
    pub(super) fn place(&self) -> NewestFirst<PortfolioId> {
        NewestFirst {
            at: self.created_at,
            id: self.id,
        }
    }
}
