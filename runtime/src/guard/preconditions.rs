//! A condition that nobody would check is refused, and not passed over: the caller has asked for no change without it.

use http::HeaderMap;
use portcullis_api_spec::openapi::PRECONDITION_UNSUPPORTED;

use crate::problem::Problem;

/// Checks that a request makes none of these conditions.
///
/// # Errors
/// 412 `precondition_unsupported` for the first one that it makes.
pub(super) fn check_preconditions(
    unread: &[&'static str],
    headers: &HeaderMap,
) -> Result<(), Problem> {
    match unread.iter().find(|field| headers.contains_key(**field)) {
        None => Ok(()),
        Some(field) => Err(Problem::new(PRECONDITION_UNSUPPORTED).with_detail(format!(
            "nothing here is compared with {field}; send the request without it"
        ))),
    }
}
