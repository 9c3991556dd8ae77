//! Instruments that the desk covers, and their daily prices.

mod ingest;
mod model;
mod problem;
pub(crate) mod store;
mod symbol;

pub use ingest::{PriceDelivery, PriceRow, PricesStored};
pub use model::{
    Instrument, InstrumentKey, InstrumentKind, InstrumentPage, InstrumentQuery, Price, PriceKey,
    PricePage, PriceQuery,
};
pub use problem::{IngestProblem, InstrumentProblem};
pub use symbol::{InvalidSymbol, Symbol};
