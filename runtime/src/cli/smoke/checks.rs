//! The checks, one small function each, in the order in which they are run.
//!
//! Each asks the deployment and says what it found; none knows of the table, of exit codes, or of the others.

mod cors;
mod credential;
mod document;
mod health;
mod mcp;
mod me;
mod metadata;
mod operations;
mod refusals;

pub(super) use cors::{check_allowed as check_cors_allowed, check_refused as check_cors_refused};
pub(super) use credential::{TokenWish, check as check_token};
pub(super) use document::{Source, check as check_document};
pub(super) use health::check as check_health;
pub(super) use mcp::{
    Mcp, check_call, check_discover, check_initialize, check_no_token as check_mcp_no_token,
    check_tools,
};
pub(super) use me::check as check_me;
pub(super) use metadata::{Metadata, check as check_metadata};
pub(super) use operations::{
    check as check_operation, check_bypassed, choose as choose_operations,
};
pub(super) use refusals::{check_bad_token, check_no_token};

use std::collections::BTreeSet;

/// Names in one line, `none` without any.
fn list(names: &BTreeSet<String>) -> String {
    match names.is_empty() {
        true => "none".to_owned(),
        false => Vec::from_iter(names.iter().map(String::as_str)).join(", "),
    }
}
