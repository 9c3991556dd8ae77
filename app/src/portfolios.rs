//! Portfolios: what portfolio managers hold.
//!
//! Everyone who may read portfolios reads all of them. What the annotations cannot say is decided here: a portfolio is
//! changed by its manager only, and it holds instruments of one currency, since the desk has no exchange rates.

mod model;
mod problem;
mod query;
pub(crate) mod store;

use portcullis::{
    Caller, Created, Json, Page, Path, PathParams, Query, State, Version, Versioned, endpoint,
};
use serde::Deserialize;

pub use model::{
    Currency, Portfolio, PortfolioId, PortfolioInput, PortfolioName, PortfolioSummary, Position,
    PositionInput, Quantity,
};
pub use problem::{PortfolioProblem, PositionProblem};
pub use query::{PortfolioCursor, PortfolioQuery};

use crate::instruments::{self, InstrumentProblem, Symbol};
use crate::person::Person;
use crate::state::AppState;
use crate::store::{Store, StoreError};
use store::Put;

/// List portfolios, newest first, without their positions.
#[endpoint(
    get,
    "/portfolios",
    roles(Viewer, Pm, Admin),
    scopes(UserImpersonation),
    mcp
)]
pub async fn list_portfolios(
    State(state): State<AppState>,
    Query(query): Query<PortfolioQuery>,
) -> Result<Page<PortfolioSummary>, StoreError> {
    let rows = store::list(&state.store, &query).await?;
    Ok(query.limit.page(rows, PortfolioSummary::place))
}

/// Fetch one portfolio with its positions.
#[endpoint(
    get,
    "/portfolios/{id}",
    roles(Viewer, Pm, Admin),
    scopes(UserImpersonation),
    mcp
)]
pub async fn get_portfolio(
    State(state): State<AppState>,
    Path(id): Path<PortfolioId>,
) -> Result<Versioned<Json<Portfolio>>, PortfolioProblem> {
    find(&state.store, id).await.map(versioned)
}

/// Create a portfolio without positions.
///
/// The caller becomes its manager. It holds instruments of its currency only.
#[endpoint(post, "/portfolios", roles(Pm), scopes(UserImpersonation), mcp)]
pub async fn create_portfolio(
    caller: Caller,
    State(state): State<AppState>,
    Json(input): Json<PortfolioInput>,
) -> Result<Created<Versioned<Json<Portfolio>>>, StoreError> {
    let portfolio = Portfolio::begin(input, (&caller).into(), state.clock.now());
    store::insert(&state.store, &portfolio).await?;
    let location = format!("/api/v1/portfolios/{}", portfolio.id);
    Ok(Created::at(location, versioned(portfolio)))
}

/// A position of a portfolio.
#[derive(Debug, Deserialize, PathParams)]
pub struct PositionPath {
    /// The portfolio.
    pub id: PortfolioId,
    /// The instrument it holds.
    pub symbol: Symbol,
}

/// Set how much of an instrument a portfolio holds, and get the portfolio as it is then.
///
/// The quantity takes the place of the one before; 0 closes the position. Doing it again changes nothing but the version.
#[endpoint(
    put,
    "/portfolios/{id}/positions/{symbol}",
    roles(Pm),
    scopes(UserImpersonation),
    also("only its manager"),
    mcp
)]
pub async fn put_position(
    caller: Caller,
    State(state): State<AppState>,
    Path(PositionPath { id, symbol }): Path<PositionPath>,
    Json(input): Json<PositionInput>,
) -> Result<Versioned<Json<Portfolio>>, PositionProblem> {
    let portfolio = find(&state.store, id).await?;
    if portfolio.manager != Person::from(&caller) {
        return Err(PositionProblem::NotTheManager);
    }
    let Some(instrument) = instruments::store::find(&state.store, &symbol).await? else {
        return Err(InstrumentProblem::UnknownInstrument(symbol).into());
    };
    if instrument.currency != *portfolio.currency.get() {
        return Err(PositionProblem::AnotherCurrency {
            symbol,
            priced_in: instrument.currency,
            held: portfolio.currency,
        });
    }
    let now = state.clock.now();
    match store::put_position(&state.store, id, &symbol, input.quantity, now).await? {
        Put::Stored => Ok(versioned(find(&state.store, id).await?)),
        Put::TooMany => Err(PositionProblem::TooManyPositions),
    }
}

/// Reads a portfolio that must be there.
pub(crate) async fn find(store: &Store, id: PortfolioId) -> Result<Portfolio, PortfolioProblem> {
    let found = store::find(store, id).await?;
    found.ok_or(PortfolioProblem::PortfolioNotFound)
}

fn versioned(portfolio: Portfolio) -> Versioned<Json<Portfolio>> {
    Versioned {
        version: Version(portfolio.version),
        reply: Json(portfolio),
    }
}
