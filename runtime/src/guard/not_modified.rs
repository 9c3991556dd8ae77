//! `If-None-Match`: who has kept an answer is told whether it is still what would be shown (RFC 9110 section 13.1.2).
//!
//! Compared when the answer is there, and so behind the access rule and whatever the handler checks: a 304 tells as much as a 200,
//! and nobody gets it who would not get that.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use http_body::Frame;
use portcullis_api_spec::describes_content;

use crate::entity_tags::{Condition, EntityTag, names_no_tag};
use crate::problem::Problem;

/// The answers that the client has kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum IfNoneMatch {
    /// `*`: any at all.
    Any,
    /// Those with one of these tags, each without its quotes. Whether it is weak makes no difference (section 13.1.2).
    Tags(Vec<Box<[u8]>>),
}

impl IfNoneMatch {
    /// Reads the header, `None` when it was not sent.
    ///
    /// # Errors
    /// 422 `invalid_header` when it is neither `*` nor a list of entity tags, or longer than 8 KiB.
    pub(super) fn read(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        match Condition::read(headers, &header::IF_NONE_MATCH)? {
            None => Ok(None),
            Some(Condition::Any) => Ok(Some(Self::Any)),
            Some(Condition::Tags(tags)) if tags.is_empty() => {
                Err(names_no_tag(&header::IF_NONE_MATCH))
            }
            Some(Condition::Tags(tags)) => {
                let kept = tags.into_iter().map(|tag| tag.opaque.into());
                Ok(Some(Self::Tags(kept.collect())))
            }
        }
    }

    /// Says 304 in place of a 200 that the client has kept; leaves any other answer alone.
    pub(super) fn settle(&self, response: Response) -> Response {
        if response.status() == StatusCode::OK && self.names(response.headers()) {
            not_modified(response)
        } else {
            response
        }
    }

    fn names(&self, answered: &HeaderMap) -> bool {
        let Some(etag) = answered.get(header::ETAG) else {
            return false;
        };
        match (self, EntityTag::parse(etag.as_bytes())) {
            (Self::Any, _) => true,
            (Self::Tags(kept), Some(current)) => kept.iter().any(|it| **it == *current.opaque),
            (Self::Tags(_), None) => false,
        }
    }
}

/// Keeps what a cache brings up to date by it (section 15.4.5), and nothing of the content.
fn not_modified(response: Response) -> Response {
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::NOT_MODIFIED;
    let of_content = |name: &&http::HeaderName| describes_content(name.as_str());
    let of_content: Vec<_> = head.headers.keys().filter(of_content).cloned().collect();
    for name in of_content {
        head.headers.remove(name);
    }
    Response::from_parts(head, Body::new(Nothing))
}

/// No content, and no word about its length: of an empty body axum says `Content-Length: 0`, which would be the length of the
/// 200 (section 8.6).
struct Nothing;

impl http_body::Body for Nothing {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
