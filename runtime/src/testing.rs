//! The test kit: an application in process, with real tokens, the real validator, guard and router. No tenant, no network.
//!
//! `TestApi::new(api())` loads the application's own configuration for `test`, signs tokens with a key that lives as long
//! as the process, and hands the key's public half to the authenticator as if Entra had published it. Behind that point
//! nothing knows that it is being tested. The guide: `docs/guide/testing.md`.
//!
//! Invariant: cargo feature `testing` only. An application names it in its dev-dependencies, so that no build that is
//! deployed has it.

mod builder;
mod caller;
mod deviations;
mod document;
mod events;
mod forgeries;
mod key;
mod listed;
mod matrix;
mod mcp;
#[doc(hidden)]
pub mod properties;
mod reading;
mod request;
mod response;
mod sample;
mod tenant;
mod test_api;
mod token;

pub use builder::TestApiBuilder;
pub use caller::TestCaller;
pub use events::{TestEvent, TestEvents};
pub use mcp::{ToolAnswer, ToolStep};
pub use reading::{PromptAnswer, ResourceAnswer};
pub use request::TestRequest;
pub use response::TestResponse;
pub use test_api::TestApi;

#[cfg(test)]
pub(crate) use key::{SigningKey, encode};
