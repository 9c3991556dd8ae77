//! Speaks JSON-RPC over HTTP to a small desk of notes, in both eras of the protocol.

mod access;
mod audit;
mod calls;
mod confirmation;
mod desk;
mod direct;
mod limits;
mod long_work;
mod protocol;
mod settings;
mod traps;
