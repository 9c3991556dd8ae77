//! Portcullis: one annotated `async fn` becomes a guarded REST endpoint, its OpenAPI operation and an MCP tool.

mod caller;
mod config;
mod identity;

pub use caller::Caller;
pub use config::{AppSetting, AppValues, Config, Environment};
pub use portcullis_api_spec as api_spec;
