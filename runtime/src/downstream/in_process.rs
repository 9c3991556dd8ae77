//! Tokens for the test kit, which has no authority to ask: each says for which API and for whom it is, and opens nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::{DownstreamError, DownstreamToken, exchange};

const LIFETIME: Duration = Duration::from_secs(3600);

/// `<name>.<object id>`
pub(super) fn token_for(request: &exchange::Request) -> Result<DownstreamToken, DownstreamError> {
    let text = format!("{}.{}", request.api, request.caller.object_id());
    DownstreamToken::new(&text, Instant::now() + LIFETIME).ok_or(DownstreamError::Refused)
}
