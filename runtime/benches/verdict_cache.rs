//! What authenticating a request costs, with its token remembered and not: `cargo bench -p portcullis --bench verdict_cache`.
//!
//! Whole requests through the whole router, in process. The three kinds take turns, so that a slow moment of the machine
//! falls on all of them; the ratios are those of one turn, and the medians of them are printed.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::time::{Duration, Instant};

use portcullis::testing::{TestApi, TestCaller};
use portcullis::{Api, endpoint, endpoints};

mod api {
    #[derive(Clone, Copy, portcullis::Roles)]
    pub enum Role {
        /// Reads.
        Reader,
    }

    #[derive(Clone, Copy, portcullis::Scopes)]
    pub enum Scope {
        /// Use the API as the signed-in user.
        UserImpersonation,
    }

    portcullis::api! { state = (), roles = Role, scopes = Scope }
}

const TURNS: usize = 40;
const REQUESTS_A_TURN: u32 = 250;

/// Needs nobody: the baseline.
#[endpoint(get, "/open", public("the baseline of the benchmark"))]
async fn open() -> portcullis::NoContent {
    portcullis::NoContent
}

/// Needs a role and a scope.
#[endpoint(get, "/guarded", roles(Reader), scopes(UserImpersonation))]
async fn guarded() -> portcullis::NoContent {
    portcullis::NoContent
}

async fn start(capacity: &str) -> TestApi {
    let api = Api::new("Benchmark", "1.0.0")
        .endpoints(endpoints![open, guarded])
        .state(|_| async { Ok(()) });
    TestApi::new(api)
        .set("auth.verdict_cache.capacity", capacity)
        .await
}

/// The time of one request. Requests are made, and their tokens signed, before the clock starts.
async fn time_requests(caller: &TestCaller, path: &str) -> Duration {
    let requests: Vec<_> = (0..REQUESTS_A_TURN).map(|_| caller.get(path)).collect();
    let started = Instant::now();
    for request in requests {
        request.await.assert_status(204);
    }
    started.elapsed() / REQUESTS_A_TURN
}

fn median<T: Copy + PartialOrd>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_by(|one, other| one.partial_cmp(other).expect("no time is NaN"));
    values[values.len() / 2]
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs nothing but the machine");
    runtime.block_on(async {
        let (remembering, forgetting) = (start("10000").await, start("0").await);
        let nobody = remembering.anonymous();
        let known = remembering.as_role(api::Role::Reader);
        let unknown = forgetting.as_role(api::Role::Reader);
        let mut turns = Vec::new();
        for _ in 0..TURNS {
            turns.push([
                time_requests(&nobody, "/api/v1/open").await,
                time_requests(&known, "/api/v1/guarded").await,
                time_requests(&unknown, "/api/v1/guarded").await,
            ]);
        }
        let names = ["public", "guarded, hit", "guarded, miss"];
        println!("| request | median, µs | to public |\n|---|---:|---:|");
        for (index, name) in names.into_iter().enumerate() {
            let micros = median(turns.iter().map(|turn| turn[index])).as_secs_f64() * 1e6;
            let to_public =
                |turn: &[Duration; 3]| turn[index].as_secs_f64() / turn[0].as_secs_f64();
            let ratio = median(turns.iter().map(to_public));
            println!("| {name} | {micros:.1} | {ratio:.2} |");
        }
    });
}
