//! The reference application as its callers meet it: reports from draft to end, portfolios
//! and their valuations, prices, pages.

mod instruments;
mod portfolios;
mod reports;
mod valuations;
