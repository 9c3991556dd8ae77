//! The conditions of a request: one that nobody would check is refused, since the caller has asked for no change without it;
//! one on what is shown is kept until the answer is there.

use std::sync::Arc;

use http::{HeaderMap, header};
use portcullis_api_spec::openapi::PRECONDITION_UNSUPPORTED;
use portcullis_api_spec::{EndpointDef, Op, answers_not_modified, unread_preconditions};

use super::not_modified::IfNoneMatch;
use crate::problem::Problem;

/// What the guard does about the conditions of requests to one operation.
#[derive(Debug, Clone)]
pub(super) struct Preconditions {
    /// Conditions of a change that no argument reads.
    unread: Arc<[&'static str]>,
    /// Whether `If-None-Match` is compared with the answer.
    answers_not_modified: bool,
}

impl Preconditions {
    pub(super) fn of(endpoint: &EndpointDef, op: &Op) -> Self {
        Self {
            unread: unread_preconditions(endpoint, op).into(),
            answers_not_modified: answers_not_modified(endpoint, op),
        }
    }

    /// Checks the conditions that a request makes, and gives back the one that its answer is compared with.
    ///
    /// # Errors
    /// 412 `precondition_unsupported` for the first one that nothing reads, 422 `invalid_header` for one that cannot be read.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<Option<IfNoneMatch>, Problem> {
        if let Some(field) = self.unread.iter().find(|it| headers.contains_key(**it)) {
            return Err(Problem::new(PRECONDITION_UNSUPPORTED).with_detail(format!(
                "nothing here is compared with {field}; send the request without it"
            )));
        }
        match self.answers_not_modified && headers.contains_key(header::IF_NONE_MATCH) {
            true => IfNoneMatch::read(headers),
            false => Ok(None),
        }
    }
}
