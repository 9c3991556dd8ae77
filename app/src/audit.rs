//! The audit log: who called what, when, and what came of it. For every call that may have changed something.
//!
//! Written by the recorder that `desk` hands to Portcullis, read by administrators. Invariant: it costs one row a call,
//! calls are bounded by the rate limit, and rows are kept for a year.

mod entry;
mod query;
pub(crate) mod store;

use portcullis::{CallRecord, Page, Query, State, endpoint};

pub use entry::{AuditEntry, AuditId, CallSurface, CallerType};
pub use query::{AuditCursor, AuditQuery, ObjectId, OperationId};
pub(crate) use store::Retention;

use crate::state::AppState;
use crate::store::StoreError;

/// List who called what, newest first.
///
/// Every call that may have changed something has an entry: also those that were refused, and those whose client went
/// away. Calls beyond the rate limit and tool calls that their caller is not offered have none; they reached nothing.
/// Entries are kept for a year.
#[endpoint(get, "/audit", roles(Admin), scopes(UserImpersonation))]
pub async fn list_audit(
    State(state): State<AppState>,
    Query(query): Query<AuditQuery>,
) -> Result<Page<AuditEntry>, StoreError> {
    let rows = store::list(&state.store, &query).await?;
    Ok(query.limit.page(rows, AuditEntry::place))
}

/// Keeps the record of a call. What cannot be kept goes to the log, whole: a database that fails, or that a caller keeps
/// busy, hides nothing.
pub(crate) async fn record(state: AppState, record: CallRecord) {
    let now = state.clock.now();
    let entry = AuditEntry::of(record, now);
    if let Err(error) = store::insert(&state.store, &entry).await {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(?entry, cause, "an audit entry could not be stored");
    }
    if state.retention.is_due(now)
        && let Err(error) = store::forget_old(&state.store, now).await
    {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(cause, "old audit entries could not be deleted");
    }
}
