//! The reference application as its callers meet it: reports from draft to end, portfolios, prices, pages.

mod instruments;
mod portfolios;
mod reports;
