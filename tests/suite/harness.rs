//! What every suite stands on: the real binary, a tenant of our own to sign tokens, and one way to ask and to wait.
//!
//! Invariant: nothing here knows the inside of the product. It starts the binary with a clean environment on free
//! ports and speaks HTTP and JSON-RPC to it; tokens are made with a key of its own, by hand.

mod answer;
mod cable;
mod collector;
mod contract;
mod database;
mod deadline;
mod front;
mod log;
mod log_writes;
mod matrix;
mod mcp;
mod metrics;
mod program;
mod service;
mod signing_key;
mod tenant;
mod token;
mod tool_contract;

pub(crate) use answer::Answer;
pub(crate) use cable::Cable;
pub(crate) use collector::{Collector, texts_of};
pub(crate) use contract::{document, schema_faults};
pub(crate) use database::postgres;
pub(crate) use deadline::{eventually, in_time, within};
pub(crate) use front::{Asked, Front, Seen};
pub(crate) use log::Log;
pub(crate) use log_writes::LogWrites;
pub(crate) use matrix::{Matrix, MatrixCaller, MatrixOperation};
pub(crate) use mcp::{Era, Mcp, Reply};
pub(crate) use metrics::Metrics;
pub(crate) use program::{Finished, Program};
pub(crate) use service::Service;
pub(crate) use signing_key::{SigningKey, foreign_key, tenant_key};
pub(crate) use tenant::{CLIENT_ID, KeyDocument, TENANT_ID, Tenant};
pub(crate) use token::{Token, unix_now};
