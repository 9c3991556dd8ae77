//! Valuations: what a portfolio is worth, and what it may lose.
//!
//! Value at risk by historical simulation over the stored prices. A valuation is a job: it goes on by itself in the
//! process that began it, and keeps its steps and its result in the database, where every replica reads them. Invariant:
//! one whose process has died is shown as failed, not as running for ever.

mod events;
mod explanation;
mod job;
mod model;
mod problem;
mod simulation;
pub(crate) mod store;

use portcullis::api_spec::{Decision, decide};
use portcullis::{
    Accepted, Caller, Endpoint, Events, Header, Json, LastEventId, Path, Progress, State, endpoint,
};
use tracing::Instrument;

pub use events::ValuationEvent;
pub use explanation::{RiskArguments, explain_portfolio_risk};
pub use model::{
    Confidence, HorizonDays, LookbackDays, PositionValue, Valuation, ValuationFailure, ValuationId,
    ValuationInput, ValuationStatus, ValueAtRisk,
};
pub use problem::{BeginProblem, ValuationProblem, WatchProblem};

use crate::portfolios::{self, PortfolioId, get_portfolio};
use crate::room::Limits;
use crate::state::AppState;
use job::Job;

/// Valuations that one instance computes at the same time.
pub(crate) const COMPUTING: Limits = Limits { all: 8, each: 4 };

/// Streams of valuations that one instance keeps open. Each asks the database twice a second.
pub(crate) const WATCHING: Limits = Limits { all: 200, each: 10 };

/// Value a portfolio, and find what it may lose.
///
/// Value at risk by historical simulation: each stretch of `horizon_days` trading days among those looked back on is
/// played through with what the portfolio holds now. The answer comes at once; the valuation goes on by itself. A tool
/// call waits for it, reports progress and answers with the result.
///
/// Who may not read the portfolio learns what it is worth, and not what it holds. A valuation is kept for 30 days.
#[endpoint(
    post,
    "/portfolios/{id}/valuations",
    roles(Pm, Analyst),
    scopes(UserImpersonation),
    // A model that may choose the window tries until the risk looks small.
    mcp(hide = ["lookback_days"]),
    tag = "valuations"
)]
pub async fn value_portfolio(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<PortfolioId>,
    Json(input): Json<ValuationInput>,
) -> Result<Accepted<Valuation>, BeginProblem> {
    let portfolio = portfolios::find(&state.store, id).await?;
    if portfolio.positions.is_empty() {
        return Err(BeginProblem::PortfolioIsEmpty);
    }
    let place = state.computing.take((&caller).into())?;
    let now = state.clock.now();
    let valuation = Valuation::begin(&portfolio, input, (&caller).into(), now);
    store::forget_old(&state.store, now).await?;
    store::insert(&state.store, &valuation, now).await?;
    let location = format!("/api/v1/valuations/{}", valuation.id);
    let (progress, steps) = Progress::channel();
    let job = Job {
        store: state.store,
        clock: state.clock,
        valuation,
        portfolio,
        place,
    };
    tokio::spawn(job.run(progress).in_current_span());
    Ok(Accepted::at(location, steps))
}

/// Fetch a valuation: how far it is, and its result once it is done.
#[endpoint(
    get,
    "/valuations/{id}",
    roles(Pm, Analyst, Admin),
    scopes(UserImpersonation),
    also("positions only to those who may read the portfolio"),
    mcp
)]
pub async fn get_valuation(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<ValuationId>,
) -> Result<Json<Valuation>, ValuationProblem> {
    let mut valuation = find(&state, id).await?;
    if !may_read_portfolios(&caller)
        && let Some(result) = &mut valuation.result
    {
        result.positions = None;
    }
    Ok(Json(valuation))
}

/// Watch a valuation step by step.
///
/// The events that have been are sent first, then those that come; the last one is named `done` or `failed`. Send its id
/// as `Last-Event-ID` to go on behind an event.
#[endpoint(
    get,
    "/valuations/{id}/events",
    roles(Pm, Analyst, Admin),
    scopes(UserImpersonation)
)]
pub async fn watch_valuation(
    caller: Caller,
    State(state): State<AppState>,
    Path(id): Path<ValuationId>,
    last: Option<Header<LastEventId>>,
) -> Result<Events<ValuationEvent>, WatchProblem> {
    let place = state.watching.take((&caller).into())?;
    find(&state, id).await?;
    // An id that is none of ours has seen nothing.
    let seen = last.and_then(|Header(LastEventId(id))| id.as_str().parse().ok());
    Ok(events::watch(state, id, seen.unwrap_or(0), place))
}

async fn find(state: &AppState, id: ValuationId) -> Result<Valuation, ValuationProblem> {
    let found = store::find(&state.store, id, state.clock.now()).await?;
    found.ok_or(ValuationProblem::ValuationNotFound)
}

/// Asks the rule of the operation that shows portfolios, so that a valuation shows no more than it does.
fn may_read_portfolios(caller: &Caller) -> bool {
    let rule = <get_portfolio as Endpoint<AppState>>::DEF.access;
    match decide(&rule, Some(caller.rights())) {
        Decision::Allow => true,
        Decision::Deny(_) => false,
    }
}

#[cfg(test)]
mod tests;
