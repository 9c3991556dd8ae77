//! Research reports: drafts that their authors write, and published ones that everyone on the desk reads.

pub(crate) mod manuscript;
mod problem;
mod query;
mod report;
pub(crate) mod store;

pub use manuscript::ReportInput;
pub use problem::{CreateProblem, PublishProblem, ReportProblem, ReviseProblem};
pub(crate) use query::VisibleDrafts;
pub use query::{ReportKey, ReportPage, ReportQuery, SearchText};
pub use report::{Author, Report, ReportId, ReportStatus, ReportSummary};
