//! The research desk: the reference application of Portcullis (design in `ARCHITECTURE.md`).
//!
//! Analysts publish reports on instruments, viewers and portfolio managers read them, an application ingests prices,
//! administrators look after it.

pub mod api;
pub mod clock;
pub mod faults;
pub mod instruments;
pub mod paging;
pub mod reports;
mod seed;
pub mod state;
pub mod store;
