//! The reference application as its callers meet it: reports from draft to end, portfolios
//! and their valuations, prices, pages, and who did what.

mod audit;
mod conditions;
mod instruments;
pub(crate) mod portfolios;
mod reports;
mod valuations;
