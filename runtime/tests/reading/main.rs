//! Resources and prompts: operations that MCP clients read, behind the same guard as over REST.
#![deny(warnings)]
#![expect(
    clippy::unwrap_used,
    reason = "clippy lets tests unwrap, not the functions they share"
)]

mod access;
mod api;
mod completion;
mod listing;
mod message;
mod notes;
mod prompts;
mod protocol;
mod resources;
mod siblings;
