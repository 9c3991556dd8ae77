//! Keys of `cors`, `mcp` and `docs`: what browsers, models and readers of the document get.

use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::{HOUR, KIB, MIB, SECOND, TENTH};
use crate::config::key::{DurationRange, Key, KeyDef};
use crate::config::sections::SecretText;

pub(crate) const ALLOWED_ORIGINS: Key<Vec<String>> = Key::text_list(
    "cors.allowed_origins",
    "Origins of the browser frontends, each `scheme://host[:port]` in canonical form.",
)
.default("");
pub(crate) const MCP_ENABLED: Key<bool> =
    Key::boolean("mcp.enabled", "Serves MCP at `/api/v1/mcp`.").default("true");
pub(crate) const MCP_RESOURCE: Key<Url> = Key::url(
    "mcp.resource",
    "The resource identifier MCP clients ask tokens for; an identifier URI of the app registration.",
)
.derived("<server.public_url>/api/v1/mcp");
pub(crate) const MCP_WAIT_TIMEOUT: Key<Duration> = Key::duration(
    "mcp.wait_timeout",
    DurationRange::new(SECOND, HOUR).or_locally(TENTH),
    "How long a tool call waits for work that reports progress, in place of `server.request_timeout`. A job goes on after that.",
)
.default("5min");
pub(crate) const MCP_RESULT_LIMIT: Key<u64> = Key::size(
    "mcp.result_limit",
    KIB,
    64 * MIB,
    "Largest answer of an operation that becomes a tool's result. A larger one is an error that asks for less.",
)
.default("4MiB");
pub(crate) const MCP_CONFIRMATION_KEY: Key<SecretText> = Key::key_256(
    "mcp.confirmation_key",
    "Key that seals what a client carries from the question whether a destructive tool may run to its answer, 32 random bytes in \
     base64 (`openssl rand -base64 32`). With one, any replica takes the answer; without one, each draws its own at start, and an \
     answer that reaches another replica is asked for again.",
)
.secret();
pub(crate) const MCP_CONFIRMATION_LIFETIME: Key<Duration> = Key::duration(
    "mcp.confirmation_lifetime",
    DurationRange::new(Duration::from_secs(30), HOUR).or_locally(SECOND),
    "How long an answer counts after the question whether a destructive tool may run. Later the user is asked again.",
)
.default("5min");
pub(crate) const DOCS_ACCESS: Key<String> = Key::choice(
    "docs.access",
    &["public", "signed_in", "off"],
    "Who may read `/docs` and `/openapi.json`.",
)
.by_environment("public", "signed_in", "off");
pub(crate) const SWAGGER_CLIENT_ID: Key<Uuid> = Key::guid(
    "docs.swagger_client_id",
    "Client id of the single-page-application registration that Swagger UI signs in with.",
);
pub(crate) const PERSIST_TOKEN: Key<bool> = Key::boolean(
    "docs.persist_token",
    "Swagger UI keeps the token of a sign-in in the browser's storage, so that it outlives the page. For dev and test.",
)
.default("false");

/// In the order operators read them.
pub(super) const SURFACES_KEYS: &[KeyDef] = &[
    ALLOWED_ORIGINS.def,
    MCP_ENABLED.def,
    MCP_RESOURCE.def,
    MCP_WAIT_TIMEOUT.def,
    MCP_RESULT_LIMIT.def,
    MCP_CONFIRMATION_KEY.def,
    MCP_CONFIRMATION_LIFETIME.def,
    DOCS_ACCESS.def,
    SWAGGER_CLIENT_ID.def,
    PERSIST_TOKEN.def,
];
