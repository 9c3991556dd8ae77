//! The research desk: the reference application of Portcullis.
//!
//! Analysts publish reports on instruments, portfolio managers hold positions in them, viewers read, an application
//! delivers prices, administrators look after it. Each subject is one module with its annotated handlers on top; `api`
//! holds the words they are written in.

pub mod api;
pub mod audit;
pub mod clock;
mod desk;
pub mod faults;
pub mod instruments;
pub mod newest_first;
pub mod person;
pub mod portfolios;
pub mod reports;
pub mod room;
mod seed;
pub mod service;
pub mod settings;
pub mod state;
pub mod store;
pub mod valuations;

pub use desk::api;

/// Compiles and runs the guide on annotations, which is written in the words of this application.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/annotations.md")]
mod annotations_guide {}

/// Compiles and runs the guide on other APIs, called for the user.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/downstream.md")]
mod downstream_guide {}

/// Compiles and runs the guide on testing, which is written about this application.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/testing.md")]
mod testing_guide {}
