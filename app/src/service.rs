//! Questions about the service itself: is it well, and who am I to it.

use portcullis::{Health, Json, Me, MeReport, ServiceHealth, endpoint};

/// Ask how the service is doing.
///
/// Answers as long as the process serves, also while the identity provider is down; `keys` then says `stale` or
/// `missing`.
#[endpoint(
    get,
    "/health",
    public("load balancers and monitors probe it"),
    root,
    tag = "service"
)]
pub async fn health(service: ServiceHealth) -> Json<Health> {
    Json(service.report())
}

/// Tell who is calling, and which operations that caller may call.
///
/// Needs any valid token. An operation may check more than its rule says, such as who the author is.
#[endpoint(get, "/me", signed_in, mcp, tag = "service")]
pub async fn get_me(me: Me) -> Json<MeReport> {
    Json(me.report())
}
