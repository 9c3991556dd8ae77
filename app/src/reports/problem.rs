//! What can go wrong with reports, as the client is told. One enum an operation, so that each lists its own answers.

use portcullis::Problem;

use crate::faults::Faults;
use crate::store::StoreError;

/// Why a report could not be shown.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ReportProblem {
    /// It does not exist, or it is somebody else's draft: the two must look alike.
    #[error("no such report")]
    #[problem(
        status = 404,
        title = "There is no such report among those you may see"
    )]
    ReportNotFound,
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why a report could not be created.
#[derive(Debug, thiserror::Error, Problem)]
pub enum CreateProblem {
    /// It has faults.
    #[error("invalid report")]
    #[problem(status = 422, title = "The report is not valid; nothing was stored")]
    InvalidReport(#[problem(errors)] Faults),
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why a report could not be revised.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ReviseProblem {
    /// The report cannot be shown to the caller.
    #[error(transparent)]
    #[problem(transparent)]
    Report(#[from] ReportProblem),
    /// The new text has faults.
    #[error("invalid report")]
    #[problem(status = 422, title = "The report is not valid; nothing was stored")]
    InvalidReport(#[problem(errors)] Faults),
    /// The caller is not its author.
    #[error("not the author")]
    #[problem(status = 403, title = "Only its author may change a report")]
    NotTheAuthor,
    /// It is published, and so final.
    #[error("already published")]
    #[problem(status = 409, title = "The report is already published")]
    AlreadyPublished,
    /// It has changed since the caller read it; the problem comes from `If-Match`, which lists it itself.
    #[error("changed since it was read")]
    #[problem(transparent)]
    Changed(Problem),
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why a report could not be published.
#[derive(Debug, thiserror::Error, Problem)]
pub enum PublishProblem {
    /// The report cannot be shown to the caller.
    #[error(transparent)]
    #[problem(transparent)]
    Report(#[from] ReportProblem),
    /// The caller is not its author.
    #[error("not the author")]
    #[problem(status = 403, title = "Only its author may change a report")]
    NotTheAuthor,
    /// It has been published before.
    #[error("already published")]
    #[problem(status = 409, title = "The report is already published")]
    AlreadyPublished,
    /// It has changed since the caller read it; the problem comes from `If-Match`, which lists it itself.
    #[error("changed since it was read")]
    #[problem(transparent)]
    Changed(Problem),
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Why a report could not be deleted.
#[derive(Debug, thiserror::Error, Problem)]
pub enum DeleteProblem {
    /// There is none that the caller could be shown.
    #[error(transparent)]
    #[problem(transparent)]
    Report(#[from] ReportProblem),
    /// It has changed since the caller read it; the problem comes from `If-Match`, which lists it itself.
    #[error("changed since it was read")]
    #[problem(transparent)]
    Changed(Problem),
    /// The database failed.
    #[error("the store failed")]
    #[problem(transparent)]
    Store(#[from] StoreError),
}
