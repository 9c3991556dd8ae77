//! What can go wrong with valuations, as the client is told.

use portcullis::Problem;

use crate::portfolios::PortfolioProblem;
use crate::room::NoRoom;
use crate::store::StoreError;

/// Why a valuation did not begin.
#[derive(Debug, thiserror::Error, Problem)]
pub enum BeginProblem {
    /// The portfolio cannot be shown.
    #[error(transparent)]
    #[problem(transparent)]
    Portfolio(#[from] PortfolioProblem),
    /// There is nothing to value.
    #[error("the portfolio is empty")]
    #[problem(status = 409, title = "The portfolio holds nothing")]
    PortfolioIsEmpty,
    /// As many valuations as may be are running.
    #[error(transparent)]
    #[problem(transparent)]
    NoRoom(#[from] NoRoom),
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why a valuation could not be shown.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ValuationProblem {
    /// There is none of this id, or it was too old to be kept.
    #[error("no such valuation")]
    #[problem(status = 404, title = "There is no such valuation")]
    ValuationNotFound,
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why a valuation could not be watched.
#[derive(Debug, thiserror::Error, Problem)]
pub enum WatchProblem {
    /// The valuation cannot be shown.
    #[error(transparent)]
    #[problem(transparent)]
    Valuation(#[from] ValuationProblem),
    /// As many valuations as may be are watched.
    #[error(transparent)]
    #[problem(transparent)]
    NoRoom(#[from] NoRoom),
}
