//! How to show one thing; the same for all of them.

use serde::Deserialize;

/// How to show it.
#[derive(Debug, Deserialize, utoipa::QUERY_DERIVE)]
pub struct View {
    /// Only this revision.
    pub revision: Option<u32>,
}
