//! Instruments that the desk covers, and their daily prices.
//!
//! Users read them; only the price feed, an application, writes prices. The catalogue comes with the schema.

mod day;
mod ingest;
mod model;
mod problem;
pub(crate) mod store;
mod symbol;

use portcullis::{Json, Page, Path, Query, State, endpoint};

pub use day::Day;
pub use ingest::{PriceDelivery, PriceRow, PricesStored};
pub use model::{
    Instrument, InstrumentCursor, InstrumentKey, InstrumentKind, InstrumentQuery, Price,
    PriceCursor, PriceKey, PriceQuery,
};
pub use problem::{IngestProblem, InstrumentProblem};
pub use symbol::Symbol;

use crate::state::AppState;
use crate::store::{Store, StoreError};

/// List the instruments that the desk covers, by symbol.
#[endpoint(
    get,
    "/instruments",
    roles(Viewer, Analyst, Pm, Admin),
    scopes(UserImpersonation),
    mcp
)]
pub async fn list_instruments(
    State(state): State<AppState>,
    Query(query): Query<InstrumentQuery>,
) -> Result<Page<Instrument>, StoreError> {
    let rows = store::list(&state.store, &query).await?;
    Ok(query.limit.page(rows, InstrumentKey::of))
}

/// Fetch one instrument.
#[endpoint(
    get,
    "/instruments/{symbol}",
    roles(Viewer, Analyst, Pm, Admin),
    scopes(UserImpersonation),
    mcp
)]
pub async fn get_instrument(
    State(state): State<AppState>,
    Path(symbol): Path<Symbol>,
) -> Result<Json<Instrument>, InstrumentProblem> {
    find_covered(&state.store, symbol).await.map(Json)
}

/// List the closing prices of an instrument, oldest first.
///
/// Weekends and holidays have none. Narrow the days with `from` and `to`.
#[endpoint(
    get,
    "/instruments/{symbol}/prices",
    roles(Viewer, Analyst, Pm, Admin),
    scopes(UserImpersonation),
    mcp
)]
pub async fn list_prices(
    State(state): State<AppState>,
    Path(symbol): Path<Symbol>,
    Query(query): Query<PriceQuery>,
) -> Result<Page<Price, 1000>, InstrumentProblem> {
    let instrument = find_covered(&state.store, symbol).await?;
    let rows = store::list_prices(&state.store, &instrument.symbol, &query).await?;
    Ok(query.limit.page(rows, PriceKey::of))
}

/// Store closing prices of an instrument.
///
/// A row takes the place of the price that its day had before; days without a row stay as they are. Sending the same
/// rows again changes nothing. All rows are stored, or none.
#[endpoint(put, "/instruments/{symbol}/prices", applications(Ingest))]
pub async fn put_prices(
    State(state): State<AppState>,
    Path(symbol): Path<Symbol>,
    Json(delivery): Json<PriceDelivery>,
) -> Result<Json<PricesStored>, IngestProblem> {
    let prices = delivery.parse().map_err(IngestProblem::InvalidPrices)?;
    let symbol = find_covered(&state.store, symbol).await?.symbol;
    store::put_prices(&state.store, &symbol, &prices).await?;
    let rows = prices.len();
    Ok(Json(PricesStored { symbol, rows }))
}

async fn find_covered(store: &Store, symbol: Symbol) -> Result<Instrument, InstrumentProblem> {
    let found = store::find(store, &symbol).await?;
    found.ok_or(InstrumentProblem::UnknownInstrument(symbol))
}
