//! What can go wrong with instruments and prices, as the client is told.

use axum::response::{IntoResponse, Response};
use portcullis::api_spec::ProblemDef;
use portcullis::{Problem, Problems};

use super::Symbol;
use crate::faults::Faults;
use crate::store::StoreError;

const UNKNOWN_INSTRUMENT: ProblemDef = ProblemDef {
    status: 404,
    code: "unknown_instrument",
    title: "The desk does not cover this instrument",
};
const INVALID_PRICES: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_prices",
    title: "Some prices are not valid; none was stored",
};

/// Why an instrument could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InstrumentProblem {
    /// The desk does not cover it.
    #[error("unknown instrument {0}")]
    Unknown(Symbol),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Why delivered prices were not stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestProblem {
    /// The delivery has faults.
    #[error("invalid prices")]
    Invalid(Faults),
    /// The instrument could not be read.
    #[error(transparent)]
    Instrument(#[from] InstrumentProblem),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Problems for InstrumentProblem {
    const PROBLEMS: &'static [ProblemDef] = &[UNKNOWN_INSTRUMENT];
}

impl Problems for IngestProblem {
    const PROBLEMS: &'static [ProblemDef] = &[UNKNOWN_INSTRUMENT, INVALID_PRICES];
}

impl From<InstrumentProblem> for Problem {
    fn from(problem: InstrumentProblem) -> Self {
        match problem {
            InstrumentProblem::Unknown(_) => Problem::new(UNKNOWN_INSTRUMENT)
                .with_detail("list the instruments to see which symbols there are"),
            InstrumentProblem::Store(error) => error.into(),
        }
    }
}

impl From<IngestProblem> for Problem {
    fn from(problem: IngestProblem) -> Self {
        match problem {
            IngestProblem::Invalid(faults) => {
                Problem::new(INVALID_PRICES).with_errors(faults.into())
            }
            IngestProblem::Instrument(problem) => problem.into(),
            IngestProblem::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for InstrumentProblem {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl IntoResponse for IngestProblem {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
