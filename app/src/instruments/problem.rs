//! What can go wrong with instruments and prices, as the client is told.

use portcullis::Problem;

use super::Symbol;
use crate::faults::Faults;
use crate::store::StoreError;

/// Why an instrument could not be read.
#[derive(Debug, thiserror::Error, Problem)]
pub enum InstrumentProblem {
    /// The desk does not cover it.
    #[error("unknown instrument {0}")]
    #[problem(
        status = 404,
        title = "The desk does not cover this instrument",
        detail = "list the instruments to see which symbols there are; {0} is not among them"
    )]
    UnknownInstrument(Symbol),
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why delivered prices were not stored.
#[derive(Debug, thiserror::Error, Problem)]
pub enum IngestProblem {
    /// The delivery has faults.
    #[error("invalid prices")]
    #[problem(status = 422, title = "Some prices are not valid; none was stored")]
    InvalidPrices(#[problem(errors)] Faults),
    /// The instrument could not be read.
    #[error(transparent)]
    #[problem(transparent)]
    Instrument(#[from] InstrumentProblem),
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}
