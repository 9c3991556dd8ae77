//! What can go wrong with portfolios, as the client is told.

use portcullis::Problem;

use super::Currency;
use crate::instruments::{InstrumentProblem, Symbol};
use crate::store::StoreError;

/// Why a portfolio could not be shown.
#[derive(Debug, thiserror::Error, Problem)]
pub enum PortfolioProblem {
    /// There is none of this id.
    #[error("no such portfolio")]
    #[problem(status = 404, title = "There is no such portfolio")]
    PortfolioNotFound,
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why a position was not set.
#[derive(Debug, thiserror::Error, Problem)]
pub enum PositionProblem {
    /// The portfolio cannot be shown.
    #[error(transparent)]
    #[problem(transparent)]
    Portfolio(#[from] PortfolioProblem),
    /// The caller is not its manager.
    #[error("not the manager")]
    #[problem(status = 403, title = "Only its manager may change a portfolio")]
    NotTheManager,
    /// The desk does not cover the instrument.
    #[error(transparent)]
    #[problem(transparent)]
    Instrument(#[from] InstrumentProblem),
    /// The desk has no exchange rates.
    #[error("{symbol} is priced in {priced_in}")]
    #[problem(
        status = 409,
        title = "The instrument is priced in another currency than the portfolio",
        detail = "{symbol} is priced in {priced_in}, and the portfolio holds {held}"
    )]
    AnotherCurrency {
        /// The instrument.
        symbol: Symbol,
        /// Its currency.
        priced_in: String,
        /// The portfolio's.
        held: Currency,
    },
    /// The portfolio is full.
    #[error("too many positions")]
    #[problem(status = 409, title = "A portfolio holds at most 100 instruments")]
    TooManyPositions,
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}
