//! A report as it is stored and shown.

use jiff::Timestamp;
use portcullis::Scalar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::manuscript::Manuscript;
use crate::instruments::Symbol;
use crate::newest_first::NewestFirst;
pub use crate::person::Person as Author;

/// Identifies a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Scalar)]
pub struct ReportId(Uuid);

impl ReportId {
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

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportStatus {
    /// Seen by its author and by administrators only.
    Draft,
    /// Seen by everyone on the desk.
    Published,
}

impl ReportStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            ReportStatus::Draft => "draft",
            ReportStatus::Published => "published",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "draft" => Some(ReportStatus::Draft),
            "published" => Some(ReportStatus::Published),
            _ => None,
        }
    }
}

/// A research report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// Identifies the report.
    pub id: ReportId,
    /// The instrument it is about.
    pub symbol: Symbol,
    /// What it says, in one line.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
    )]
    pub title: String,
    /// The whole text, in Markdown.
    #[schema(max_length = 100_000, pattern = r"^[^\x00]*$")]
    pub body: String,
    /// Where it stands.
    pub status: ReportStatus,
    /// Who wrote it.
    pub author: Author,
    /// Grows by one with each change; the number in `ETag`.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991i64)]
    pub version: i64,
    /// When it was created.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub updated_at: Timestamp,
    /// When it was published; `null` for a draft.
    #[schema(value_type = Option<String>, required = true, format = DateTime, max_length = 40)]
    pub published_at: Option<Timestamp>,
}

impl Report {
    /// Starts a draft from what its author wrote.
    pub(super) fn draft(manuscript: Manuscript, author: Author, now: Timestamp) -> Self {
        Self {
            id: ReportId::random(),
            symbol: manuscript.symbol,
            title: manuscript.title,
            body: manuscript.body,
            status: ReportStatus::Draft,
            author,
            version: 1,
            created_at: now,
            updated_at: now,
            published_at: None,
        }
    }
}

/// A report without its text, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportSummary {
    /// Identifies the report.
    pub id: ReportId,
    /// The instrument it is about.
    pub symbol: Symbol,
    /// What it says, in one line.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
    )]
    pub title: String,
    /// Where it stands.
    pub status: ReportStatus,
    /// Who wrote it.
    pub author: Author,
    /// Grows by one with each change.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991i64)]
    pub version: i64,
    /// When it was created.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime, max_length = 40)]
    pub updated_at: Timestamp,
    /// When it was published; `null` for a draft.
    #[schema(value_type = Option<String>, required = true, format = DateTime, max_length = 40)]
    pub published_at: Option<Timestamp>,
}

impl ReportSummary {
    /// The place of a report in the list.
    pub(super) fn place(&self) -> NewestFirst<ReportId> {
        NewestFirst {
            at: self.created_at,
            id: self.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_id_has_one_form() {
        let id = ReportId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        let uuid = Uuid::from(id);
        for text in [
            String::new(),
            uuid.simple().to_string(),
            uuid.braced().to_string(),
            uuid.urn().to_string(),
        ] {
            assert!(text.parse::<ReportId>().is_err(), "{text}");
        }
    }
}
