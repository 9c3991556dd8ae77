//! Portcullis: one annotated `async fn` becomes a guarded REST endpoint, its OpenAPI operation and an MCP tool.

mod api;
mod application;
mod arg;
mod azure_cli;
mod background;
mod bounded_body;
mod caller;
pub mod cli;
mod config;
mod content_type;
mod docs;
mod document;
mod downstream;
mod endpoint;
mod entity_tags;
mod error_chain;
mod file_name;
mod gate;
mod guard;
mod handler;
mod health;
mod hex;
mod identity;
mod jitter;
mod key_vault;
mod login_host;
mod managed_identity;
mod mcp;
mod me;
mod microsoft_resource;
mod paging;
mod problem;
mod progress;
mod record;
mod refresh;
mod reply;
mod schema;
mod server;
mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod until;
mod whole_number;

#[doc(hidden)]
pub mod __private;

pub use api::{Api, Draft, EndpointSet, Start, StateError, Stateless};
pub use arg::{
    Arg, Form, Header, HeaderValueType, Json, Multipart, OptionalArg, Path, PathParams,
    PathSegment, Query, Upload,
};
pub use axum::extract::State;
pub use caller::Caller;
pub use config::{DownstreamApi, SettingValue, Settings};
pub use downstream::{Downstream, DownstreamError, DownstreamToken};
pub use endpoint::Endpoint;
pub use health::{Health, ServiceHealth};
pub use me::{Me, MeReport};
pub use paging::{Cursor, Limit, Page, SortKey};
pub use portcullis_api_spec as api_spec;
pub use portcullis_api_spec::{Scalar, ScalarFault};
pub use portcullis_macros::{
    PathParams, Problem, Roles, Scalar, Scopes, Settings, endpoint, endpoints,
};
pub use problem::{FieldError, Problem};
pub use progress::{Progress, Step, Steps};
pub use record::{CallOutcome, CallRecord, Surface};
pub use refresh::ChangeRefused;
pub use reply::{
    Accepted, Content, Contents, Created, Event, EventId, EventIdError, Events, File, IfMatch,
    LastEventId, MediaType, NoContent, Problems, Prompt, PromptReply, Reply, Version, Versioned,
    media,
};
pub use schema::HasSchema;
pub use telemetry::trace_headers;
