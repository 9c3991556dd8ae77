//! The MCP endpoint: challenges, metadata, filtered lists, and answers that equal REST's.

mod confirmation;
mod hidden_tools;
mod metadata;
mod results;
mod tools;
mod transport;
