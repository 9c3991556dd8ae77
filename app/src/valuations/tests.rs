//! Who finds no room is told so, and when to come back.

use portcullis::testing::TestApi;
use portcullis::{Api, endpoints};
use uuid::Uuid;

use super::*;
use crate::api::Role;
use crate::audit::Retention;
use crate::clock::Clock;
use crate::room::Room;
use crate::seed;
use crate::store::tests::store;

/// One of the seeded portfolios.
const PORTFOLIO: &str = "706f7274-666f-8000-8000-000000000001";

async fn desk(limits: Limits) -> TestApi {
    let api = Api::new("Desk", "1.0.0")
        .endpoints(endpoints![value_portfolio, watch_valuation])
        .state(async move |_| {
            let store = store().await;
            seed::fill(&store, Uuid::nil()).await.unwrap();
            Ok(AppState {
                store,
                clock: Clock::system(),
                computing: Room::new(limits),
                watching: Room::new(limits),
                retention: Retention::default(),
            })
        });
    TestApi::new(api).await
}

#[tokio::test]
async fn whoever_finds_no_room_is_told_when_to_come_back() {
    let full = Limits { all: 0, each: 1 };
    let enough = Limits { all: 1, each: 0 };
    for (limits, status, code) in [
        (full, 503, "desk_is_busy"),
        (enough, 429, "too_much_at_once"),
    ] {
        let manager = desk(limits).await.as_role(Role::Pm);
        let path = format!("/api/v1/portfolios/{PORTFOLIO}/valuations");
        let valued = manager.post(&path).json(&serde_json::json!({})).await;
        let watched = format!("/api/v1/valuations/{PORTFOLIO}/events");
        for answer in [valued, manager.get(&watched).await] {
            answer.assert_problem(status, code);
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    }
}

#[tokio::test]
async fn whoever_finds_room_is_served() {
    let manager = desk(Limits { all: 1, each: 1 }).await.as_role(Role::Pm);
    let path = format!("/api/v1/portfolios/{PORTFOLIO}/valuations");
    let valued = manager.post(&path).json(&serde_json::json!({})).await;
    valued.assert_status(202);
}
