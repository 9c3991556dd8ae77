//! Tests of the whole flow, from sources to `Config` or to the list of problems. They pass maps, never the
//! process environment.

mod diff;
mod downstream;
mod environments;
mod explain;
mod files;
mod key_vault;
mod markers;
mod secrets;
mod shipped;
pub(crate) mod sources;
mod together;
mod unnumbered;
mod variables;
