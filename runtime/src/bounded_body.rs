//! The body of what another service answers, read up to a limit: a length that is announced wrongly, or not at all, costs no more.

use reqwest::Response;

/// Why there is no whole body.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the answer is too large")]
    Oversized,
    /// The connection or the time ended before the body did.
    #[error(transparent)]
    Broken(reqwest::Error),
}

/// Reads the body of an answer, of at most `limit_bytes`.
///
/// # Errors
/// [`BodyError`]; it does not hold the address that was asked.
pub(crate) async fn read(mut response: Response, limit_bytes: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    let broken = |error: reqwest::Error| BodyError::Broken(error.without_url());
    while let Some(piece) = response.chunk().await.map_err(broken)? {
        if body.len() + piece.len() > limit_bytes {
            return Err(BodyError::Oversized);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
