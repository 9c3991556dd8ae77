//! What can go wrong with reports, as the client is told. One enum an operation, so that each lists its own answers.

use axum::response::{IntoResponse, Response};
use portcullis::api_spec::ProblemDef;
use portcullis::{Problem, Problems};

use crate::faults::Faults;
use crate::store::StoreError;

const NOT_FOUND: ProblemDef = ProblemDef {
    status: 404,
    code: "report_not_found",
    title: "There is no such report among those you may see",
};
const NOT_THE_AUTHOR: ProblemDef = ProblemDef {
    status: 403,
    code: "not_the_author",
    title: "Only its author may change a report",
};
const ALREADY_PUBLISHED: ProblemDef = ProblemDef {
    status: 409,
    code: "already_published",
    title: "The report is already published",
};
const INVALID_REPORT: ProblemDef = ProblemDef {
    status: 422,
    code: "invalid_report",
    title: "The report is not valid; nothing was stored",
};

/// Why a report could not be shown or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ReportProblem {
    /// It does not exist, or it is somebody else's draft: the two must look alike.
    #[error("no such report")]
    NotFound,
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Why a report could not be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateProblem {
    /// It has faults.
    #[error("invalid report")]
    Invalid(Faults),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Why a report could not be revised.
#[derive(Debug, thiserror::Error)]
pub enum ReviseProblem {
    /// The new text has faults.
    #[error("invalid report")]
    Invalid(Faults),
    /// The report cannot be shown to the caller.
    #[error(transparent)]
    Report(#[from] ReportProblem),
    /// The caller is not its author.
    #[error("not the author")]
    NotTheAuthor,
    /// It is published, and so final.
    #[error("already published")]
    AlreadyPublished,
    /// It has changed since the caller read it; the problem comes from `If-Match`.
    #[error("changed since it was read")]
    Changed(Problem),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Why a report could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishProblem {
    /// The report cannot be shown to the caller.
    #[error(transparent)]
    Report(#[from] ReportProblem),
    /// The caller is not its author.
    #[error("not the author")]
    NotTheAuthor,
    /// It has been published before.
    #[error("already published")]
    AlreadyPublished,
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl Problems for ReportProblem {
    const PROBLEMS: &'static [ProblemDef] = &[NOT_FOUND];
}

impl Problems for CreateProblem {
    const PROBLEMS: &'static [ProblemDef] = &[INVALID_REPORT];
}

impl Problems for ReviseProblem {
    /// `If-Match` lists 412 itself.
    const PROBLEMS: &'static [ProblemDef] =
        &[NOT_FOUND, NOT_THE_AUTHOR, ALREADY_PUBLISHED, INVALID_REPORT];
}

impl Problems for PublishProblem {
    const PROBLEMS: &'static [ProblemDef] = &[NOT_FOUND, NOT_THE_AUTHOR, ALREADY_PUBLISHED];
}

impl From<ReportProblem> for Problem {
    fn from(problem: ReportProblem) -> Self {
        match problem {
            ReportProblem::NotFound => Problem::new(NOT_FOUND),
            ReportProblem::Store(error) => error.into(),
        }
    }
}

impl From<CreateProblem> for Problem {
    fn from(problem: CreateProblem) -> Self {
        match problem {
            CreateProblem::Invalid(faults) => invalid(faults),
            CreateProblem::Store(error) => error.into(),
        }
    }
}

impl From<ReviseProblem> for Problem {
    fn from(problem: ReviseProblem) -> Self {
        match problem {
            ReviseProblem::Invalid(faults) => invalid(faults),
            ReviseProblem::Report(problem) => problem.into(),
            ReviseProblem::NotTheAuthor => Problem::new(NOT_THE_AUTHOR),
            ReviseProblem::AlreadyPublished => Problem::new(ALREADY_PUBLISHED),
            ReviseProblem::Changed(problem) => problem,
            ReviseProblem::Store(error) => error.into(),
        }
    }
}

impl From<PublishProblem> for Problem {
    fn from(problem: PublishProblem) -> Self {
        match problem {
            PublishProblem::Report(problem) => problem.into(),
            PublishProblem::NotTheAuthor => Problem::new(NOT_THE_AUTHOR),
            PublishProblem::AlreadyPublished => Problem::new(ALREADY_PUBLISHED),
            PublishProblem::Store(error) => error.into(),
        }
    }
}

fn invalid(faults: Faults) -> Problem {
    Problem::new(INVALID_REPORT).with_errors(faults.into())
}

impl IntoResponse for ReportProblem {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl IntoResponse for CreateProblem {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl IntoResponse for ReviseProblem {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl IntoResponse for PublishProblem {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
