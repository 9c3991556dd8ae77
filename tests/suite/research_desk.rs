//! The reference application as its callers meet it: reports from draft to end, prices, pages.

mod instruments;
mod reports;
