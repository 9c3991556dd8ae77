//! The black-box suite: starts the `app` binary and speaks only HTTP and MCP to it.

mod access;
mod artifacts;
mod configuration;
mod cors;
mod documents;
mod harness;
mod keys;
mod limits;
mod mcp;
mod metrics;
mod poc;
mod postgres;
mod probes;
mod problems;
mod research_desk;
mod smoke;
mod telemetry;
mod token_explain;
mod tokens;
