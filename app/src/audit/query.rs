//! Which entries of the audit log a list shows.

use portcullis::{Cursor, Limit, Scalar};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AuditId, CallSurface};
use crate::newest_first::NewestFirst;

/// The end of a page of the audit log.
pub type AuditCursor = Cursor<NewestFirst<AuditId>>;

/// The object id of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Scalar)]
pub struct ObjectId(Uuid);

/// The id of an operation, as the document has it.
#[derive(Debug, Clone, PartialEq, Eq, Scalar)]
#[scalar(
    min_length = 1,
    max_length = 128,
    pattern = "^[A-Za-z0-9_]+$",
    example = "publish_report"
)]
pub struct OperationId(String);

/// Which entries to list. All conditions given must hold.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only calls by this caller.
    pub caller: Option<ObjectId>,
    /// Only calls of this operation.
    pub operation: Option<OperationId>,
    /// Only calls that came in there.
    pub surface: Option<CallSurface>,
    /// Largest number of entries on the page.
    #[serde(default)]
    pub limit: Limit<20, 100>,
    /// `next_cursor` of the page before; without it, the first page.
    pub cursor: Option<AuditCursor>,
}
