//! The MCP endpoint: challenges, metadata, filtered lists, and answers that equal REST's.

mod metadata;
mod tools;
mod transport;
