//! Reads responses to their end.

use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;

/// The status and the JSON body of a response.
pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}
