//! The headers of answers. Each is described once, under its own name in `components/headers`, and referred to.

use std::collections::BTreeMap;

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, ResponseBuilder};

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const CACHE_CONTROL: &str = "Cache-Control";
const CORRELATION_ID: &str = "x-correlation-id";
const RATE_LIMIT: &str = "RateLimit";
const RATE_LIMIT_POLICY: &str = "RateLimit-Policy";
const RETRY_AFTER: &str = "Retry-After";
const WWW_AUTHENTICATE: &str = "WWW-Authenticate";

/// Longest wait that an answer asks for, in seconds.
const MAX_RETRY_AFTER_SECONDS: usize = 3600;

/// Names the headers that an answer of this status can have, `None` for a success and for one that has not changed.
fn of_answer(status: Option<u16>) -> Vec<&'static str> {
    let mut names = vec![ALLOW_ORIGIN, CORRELATION_ID, RATE_LIMIT, RATE_LIMIT_POLICY];
    match status {
        Some(401 | 403) => names.push(WWW_AUTHENTICATE),
        Some(429 | 503) => names.push(RETRY_AFTER),
        Some(_) => {}
        None => names.push(CACHE_CONTROL),
    }
    names
}

/// Lets an answer of this status refer to the headers that it can have, `None` for a success.
pub(super) fn refer(builder: ResponseBuilder, status: Option<u16>) -> ResponseBuilder {
    of_answer(status)
        .into_iter()
        .fold(builder, |builder, name| {
            builder.header_ref(name, Ref::new(format!("#/components/headers/{name}")))
        })
}

/// Describes every header that answers refer to.
pub(super) fn shared() -> BTreeMap<String, RefOr<Header>> {
    let headers = [
        (
            ALLOW_ORIGIN,
            "The origin of the page that asks, when it is one of those configured; absent otherwise.",
            text(255).pattern(Some("^https?://[^/]+$")),
        ),
        (
            CACHE_CONTROL,
            "`no-store` where the answer is for its caller alone: everywhere but on public operations, unless the operation \
             says otherwise.",
            text(255).pattern(Some("^[ -~]+$")),
        ),
        (
            CORRELATION_ID,
            "Identifies this request in the service's log. A valid one that the client sends is kept.",
            text(64).pattern(Some("^[A-Za-z0-9._-]{1,64}$")),
        ),
        (
            RATE_LIMIT,
            "How many requests `r` this caller has left, and in how many seconds `t` the quota is whole again; for public \
             operations, and after too many failed authentications, the `address` in place of the caller. Absent while \
             the caller is not known, on public operations at the root, and where the limit is switched off.",
            text(64).pattern(Some("^\"(caller|address)\";r=[0-9]+;t=[0-9]+$")),
        ),
        (
            RATE_LIMIT_POLICY,
            "How many requests `q` a caller or an address may send within `w` seconds. Stands and falls with `RateLimit`.",
            text(64).pattern(Some("^\"(caller|address)\";q=[0-9]+;w=[0-9]+$")),
        ),
        (
            RETRY_AFTER,
            "Seconds to wait before the next attempt.",
            seconds(),
        ),
        (
            WWW_AUTHENTICATE,
            "The challenge (RFC 6750): what kind of token is wanted, with the scopes to ask for and the URL of the \
             resource metadata (RFC 9728). Absent when no token of this caller could help.",
            text(8192).pattern(Some("^Bearer")),
        ),
    ];
    headers
        .into_iter()
        .map(|(name, description, schema)| {
            let header = HeaderBuilder::new()
                .schema(Some(schema))
                .description(Some(description))
                .build();
            (name.to_owned(), RefOr::T(header))
        })
        .collect()
}

fn text(max_length: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(max_length))
}

fn seconds() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(0))
        .maximum(Some(MAX_RETRY_AFTER_SECONDS))
}
