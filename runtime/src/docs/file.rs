//! One file of the documentation, as it goes over the wire.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header;

/// A file that is known when the service starts.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
    pub(super) cached: Cached,
}

/// How long a browser may keep a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cached {
    /// It says something about this deployment, which may change with the next start.
    Never,
    /// It is the same for everyone until the next release.
    Hour,
}

impl File {
    pub(super) fn respond(&self) -> Response {
        let cache_control = match self.cached {
            Cached::Never => "no-cache",
            Cached::Hour => "private, max-age=3600",
        };
        let headers = [
            (header::CONTENT_TYPE, self.content_type),
            (header::CACHE_CONTROL, cache_control),
        ];
        (headers, self.body.clone()).into_response()
    }
}
