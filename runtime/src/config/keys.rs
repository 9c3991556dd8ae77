//! Every built-in key, declared once: the registry, the typed [`Config`](super::Config), messages and the
//! configuration reference all read it from here.
//!
//! Invariant: a constant that is missing in [`ALL`] is unknown to the layers; a test reads every key.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::key::{DurationRange, Key, KeyDef};
use super::sections::SecretText;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const TENTH: Duration = Duration::from_millis(100);

pub(crate) const BIND: Key<SocketAddr> = Key::address(
    "server.bind",
    "Address and port of the API. Port 0 takes a free one, in dev and test.",
)
.default("127.0.0.1:8080");
pub(crate) const MANAGEMENT_BIND: Key<SocketAddr> = Key::address(
    "server.management_bind",
    "Address and port of `/livez`, `/readyz` and `/metrics`. Port 0 takes a free one, in dev and test.",
)
.default("127.0.0.1:9090");
pub(crate) const PUBLIC_URL: Key<Url> = Key::base_url(
    "server.public_url",
    "The address clients use; metadata, documents and Host checks are made from it. Required in staging, uat and prod.",
)
.derived("http://<server.bind> in dev and test, none elsewhere");
pub(crate) const BODY_LIMIT: Key<u64> = Key::size(
    "server.body_limit",
    KIB,
    64 * MIB,
    "Largest request body the server reads. Larger bodies get 413.",
)
.default("1MiB");
pub(crate) const REQUEST_TIMEOUT: Key<Duration> = Key::duration(
    "server.request_timeout",
    DurationRange::new(TENTH, Duration::from_secs(600)),
    "Longest time a request may take, its body included.",
)
.default("30s");
pub(crate) const HEADER_TIMEOUT: Key<Duration> = Key::duration(
    "server.header_timeout",
    DurationRange::new(TENTH, MINUTE),
    "Longest time a client may take to send the head of a request.",
)
.default("10s");
pub(crate) const IDLE_TIMEOUT: Key<Duration> = Key::duration(
    "server.idle_timeout",
    DurationRange::new(TENTH, HOUR),
    "How long a connection may stay idle between two requests, or with a client that does not read its answer. Longer than \
     a proxy in front keeps its own, or requests are lost.",
)
.default("75s");
pub(crate) const SHUTDOWN_GRACE: Key<Duration> = Key::duration(
    "server.shutdown_grace",
    DurationRange::new(Duration::ZERO, Duration::from_secs(600)),
    "How long requests in flight may take once the server stops accepting.",
)
.default("20s");
pub(crate) const DRAIN_DELAY: Key<Duration> = Key::duration(
    "server.drain_delay",
    DurationRange::new(Duration::ZERO, Duration::from_secs(300)),
    "How long the server goes on accepting, not ready, after SIGTERM, so that load balancers look away first.",
)
.by_environment("0s", "5s", "5s");
pub(crate) const MAX_CONNECTIONS: Key<u64> = Key::count(
    "server.max_connections",
    1,
    1_000_000,
    "Most connections open at once; further ones wait to be accepted.",
)
.default("4096");

pub(crate) const TRUSTED_HOPS: Key<u64> = Key::count(
    "server.trusted_hops",
    0,
    10,
    "Proxies in front of the server that append to `X-Forwarded-For`: so many entries of it are believed, from the right. \
     0 takes the address of the connection.",
)
.default("0");

pub(crate) const REQUIRED: Key<bool> = Key::boolean(
    "auth.required",
    "`false` is POC mode: nobody is authenticated and every caller holds what `auth.poc` says. Only in dev and test.",
)
.default("true")
.procedure_variable("AUTH_REQUIRED");
pub(crate) const AUTHORITY: Key<Url> = Key::base_url(
    "auth.authority",
    "The identity provider. Sovereign clouds have their own; `http` only on loopback in dev and test.",
)
.default("https://login.microsoftonline.com");
pub(crate) const ISSUER: Key<String> = Key::uri(
    "auth.issuer",
    "The `iss` of accepted tokens, compared byte for byte. For External ID, whose issuer host differs from its authority.",
)
.derived("<auth.authority>/<auth.tenant_id>/v2.0");
pub(crate) const TENANT_ID: Key<Uuid> = Key::guid(
    "auth.tenant_id",
    "The Entra tenant whose tokens are accepted. Required while authentication is on.",
)
.procedure_variable("AZURE_TENANT_ID")
.judged_by_guardrail();
pub(crate) const CLIENT_ID: Key<Uuid> = Key::guid(
    "auth.client_id",
    "Client id of the Entra app registration of this API; the audience of its tokens. Required while authentication is on.",
)
.procedure_variable("AZURE_AD_CLIENT_ID")
.judged_by_guardrail();
pub(crate) const APP_ID_URIS: Key<Vec<String>> = Key::uri_list(
    "auth.app_id_uris",
    "App ID URIs, accepted as audience beside the client id. The first one qualifies scopes.",
)
.derived("[\"api://<auth.client_id>\"]");
pub(crate) const ACCEPT_V1_TOKENS: Key<bool> = Key::boolean(
    "auth.accept_v1_tokens",
    "Accepts v1.0 access tokens too, with the v1 issuer of the same tenant.",
)
.default("false");
pub(crate) const CLOCK_SKEW: Key<Duration> = Key::duration(
    "auth.clock_skew",
    DurationRange::new(Duration::ZERO, Duration::from_secs(300)),
    "How far the clocks of issuer and server may differ.",
)
.default("60s");
pub(crate) const ROLES: Key<BTreeMap<String, String>> = Key::table(
    "auth.roles",
    "Entra app-role value to internal role. When set it replaces the identity map whole.",
)
.derived("every internal role is its own Entra value");
pub(crate) const ALLOWED_CLIENTS: Key<Vec<String>> = Key::guid_list(
    "auth.allowed_clients",
    "Client applications (`azp`) whose tokens are accepted.",
)
.derived("any");
pub(crate) const GUESTS: Key<String> = Key::choice(
    "auth.guests",
    &["allow", "deny"],
    "Whether guests of the tenant are admitted like members. Without the claim `acct`, whoever another provider signed in (`idp`) is one.",
)
.default("allow");
pub(crate) const POC_ROLES: Key<Vec<String>> =
    Key::text_list("auth.poc.roles", "Roles the caller of POC mode holds.")
        .derived("every declared role");
pub(crate) const POC_SCOPES: Key<Vec<String>> =
    Key::text_list("auth.poc.scopes", "Scopes the caller of POC mode holds.")
        .derived("every scope");
pub(crate) const KEYS_REFRESH: Key<Duration> = Key::duration(
    "auth.keys.refresh",
    DurationRange::new(MINUTE, DAY).or_locally(TENTH),
    "How often signing keys are fetched again.",
)
.default("1h");
pub(crate) const KEYS_COOLDOWN: Key<Duration> = Key::duration(
    "auth.keys.cooldown",
    DurationRange::new(Duration::from_secs(10), HOUR).or_locally(Duration::from_millis(10)),
    "Shortest time between two fetches that an unknown key id causes.",
)
.default("5min");
pub(crate) const KEYS_LIFETIME: Key<Duration> = Key::duration(
    "auth.keys.lifetime",
    DurationRange::new(HOUR, Duration::from_secs(7 * 24 * 60 * 60)).or_locally(TENTH),
    "How long the last good signing keys serve while the identity provider is down.",
)
.default("24h");
pub(crate) const KEYS_TIMEOUT: Key<Duration> = Key::duration(
    "auth.keys.timeout",
    DurationRange::new(SECOND, MINUTE).or_locally(Duration::from_millis(10)),
    "Longest time one fetch of signing keys may take.",
)
.default("5s");
pub(crate) const KEYS_APP_SPECIFIC: Key<bool> = Key::boolean(
    "auth.keys.app_specific",
    "Asks for the key document with `?appid=<auth.client_id>`, for registrations with custom signing keys.",
)
.default("false");

pub(crate) const VERDICT_CACHE_CAPACITY: Key<u64> = Key::count(
    "auth.verdict_cache.capacity",
    0,
    1_000_000,
    "How many verified tokens are remembered, so that the next request with one costs no signature check; 0 for none.",
)
.default("10000");
pub(crate) const VERDICT_CACHE_MAX_AGE: Key<Duration> = Key::duration(
    "auth.verdict_cache.max_age",
    DurationRange::new(SECOND, Duration::from_secs(5 * 60)),
    "How long a verified token is remembered at most. Its own times are checked on every request.",
)
.default("5min");

pub(crate) const CLIENT_CREDENTIAL: Key<String> = Key::choice(
    "auth.client_credential",
    &[
        "federated_token",
        "managed_identity",
        "certificate",
        "secret",
    ],
    "How this API proves who it is when it asks for tokens of other APIs.",
)
.derived("the first one of the choices that is set");
pub(crate) const FEDERATED_TOKEN_FILE: Key<String> = Key::text(
    "auth.federated_token_file",
    "File with the projected service-account token that stands for the app registration; read anew for every exchange.",
)
.procedure_variable("AZURE_FEDERATED_TOKEN_FILE");
pub(crate) const CLIENT_CERTIFICATE: Key<SecretText> = Key::text(
    "auth.client_certificate",
    "Certificate of the app registration and its RSA key, in PEM. Mount it and name the file in `APP_AUTH__CLIENT_CERTIFICATE_FILE`.",
)
.secret();
pub(crate) const CLIENT_SECRET: Key<SecretText> = Key::text(
    "auth.client_secret",
    "Client secret of the app registration; a managed identity or a certificate is better. Mount it and name the file in `APP_AUTH__CLIENT_SECRET_FILE`.",
)
.secret();

pub(crate) const MANAGED_IDENTITY_CLIENT_ID: Key<Uuid> = Key::guid(
    "azure.managed_identity_client_id",
    "Client id of the user-assigned managed identity, for the Azure SDK. Never the app registration's.",
)
.derived("none: the system-assigned identity of the host")
.procedure_variable("AZURE_CLIENT_ID");
pub(crate) const IDENTITY_ENDPOINT: Key<Url> = Key::url(
    "azure.identity_endpoint",
    "Where App Service and Container Apps hand out managed identity tokens. The platform sets it.",
)
.procedure_variable("IDENTITY_ENDPOINT");
pub(crate) const IDENTITY_HEADER: Key<SecretText> = Key::text(
    "azure.identity_header",
    "What requests to `azure.identity_endpoint` must carry. The platform sets it.",
)
.procedure_variable("IDENTITY_HEADER")
.secret();
pub(crate) const AUTHORITY_HOST: Key<Url> = Key::base_url(
    "azure.authority_host",
    "Where the token of a pod (`AZURE_FEDERATED_TOKEN_FILE`) is exchanged for one of its identity. The platform sets it.",
)
.default("https://login.microsoftonline.com")
.procedure_variable("AZURE_AUTHORITY_HOST");
pub(crate) const IDENTITY_TIMEOUT: Key<Duration> = Key::duration(
    "azure.identity_timeout",
    DurationRange::new(SECOND, Duration::from_secs(120)).or_locally(TENTH),
    "How long the start waits for a token of the identity that reads Key Vault, repetitions included.",
)
.default("10s");
pub(crate) const DEVELOPER_CREDENTIALS: Key<bool> = Key::boolean(
    "azure.developer_credentials",
    "Reads Key Vault as whoever is signed in with `az login`, where no managed or workload identity is set.",
)
.derived("true in dev, false elsewhere");

pub(crate) const KEY_VAULT_URL: Key<Url> = Key::base_url(
    "key_vault.url",
    "The vault that `key_vault.secrets` are read from at start, such as `https://desk.vault.azure.net`. Unset: none is.",
);
pub(crate) const KEY_VAULT_SECRETS: Key<BTreeMap<String, String>> = Key::table(
    "key_vault.secrets",
    "Configuration key, in quotation marks, to secret: `\"app.database_url\" = \"desk-database-url\"`. `name/version` pins a version; a `?` at the end lets the secret be absent.",
);
pub(crate) const KEY_VAULT_TIMEOUT: Key<Duration> = Key::duration(
    "key_vault.timeout",
    DurationRange::new(SECOND, MINUTE).or_locally(TENTH),
    "How long the start waits for each secret, repetitions included.",
)
.default("10s");

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

pub(crate) const RATE_LIMIT_ENABLED: Key<bool> = Key::boolean(
    "rate_limit.enabled",
    "Limits how often one verified caller may call, over REST and MCP together, and how often one address may fail to \
     authenticate or call public operations.",
)
.default("true");
pub(crate) const RATE_LIMIT_PER_SECOND: Key<u64> = Key::count(
    "rate_limit.per_second",
    1,
    10_000_000,
    "Calls a second one caller may make for long.",
)
.default("100");
pub(crate) const RATE_LIMIT_BURST: Key<u64> = Key::count(
    "rate_limit.burst",
    1,
    10_000_000,
    "Calls one caller may make at once.",
)
.default("200");
pub(crate) const RATE_LIMIT_ADDRESS_FACTOR: Key<u64> = Key::count(
    "rate_limit.address_factor",
    1,
    1000,
    "How many times a caller's burst one address has of failed authentications, and as much of public operations. Raise it \
     where many people call from behind one address.",
)
.default("2");

pub(crate) const RATE_LIMIT_WAITING: Key<u64> = Key::count(
    "rate_limit.waiting_per_caller",
    1,
    10_000,
    "How many event streams and waiting tool calls of one caller may be open at once. Further ones get 429, also where \
     rates are not limited.",
)
.default("32");

pub(crate) const LOG_FORMAT: Key<String> = Key::choice(
    "telemetry.log_format",
    &["json", "pretty"],
    "One JSON object a line, or lines for people.",
)
.default("json");
pub(crate) const LOG_LEVEL: Key<String> = Key::log_filter(
    "telemetry.log_level",
    "What is logged: a level, or a list such as `info,portcullis=debug`.",
)
.default("info");

pub(crate) const AUDIT_KEY: Key<SecretText> = Key::text(
    "telemetry.audit_key",
    "Key of the HMAC that stands for a tool call's arguments in the log, 32 random bytes or more. With one, all replicas write \
     the same for the same arguments; without one, each draws its own at start.",
)
.secret();
pub(crate) const FAILURE_SPIKE_WINDOW: Key<Duration> = Key::duration(
    "telemetry.failure_spike.window",
    DurationRange::new(Duration::from_secs(10), HOUR).or_locally(TENTH),
    "How long refusals (401, 403) are counted together; a bad window is one `authentication_failure_spike` in the log.",
)
.default("1min");
pub(crate) const FAILURE_SPIKE_PERCENT: Key<u64> = Key::count(
    "telemetry.failure_spike.percent",
    1,
    100,
    "How many of a hundred credentials must be refused in a window for it to be bad.",
)
.default("20");
pub(crate) const FAILURE_SPIKE_FLOOR: Key<u64> = Key::count(
    "telemetry.failure_spike.floor",
    1,
    1_000_000_000,
    "How many refusals there must be in a window for it to be bad, whatever their proportion.",
)
.default("50");
pub(crate) const OTLP_ENDPOINT: Key<Url> = Key::base_url(
    "telemetry.otlp.endpoint",
    "Base address of an OpenTelemetry collector; traces go to `/v1/traces` below it, metrics to `/v1/metrics`. Unset: none \
     are sent.",
)
.procedure_variable("OTEL_EXPORTER_OTLP_ENDPOINT");
pub(crate) const OTLP_HEADERS: Key<SecretText> = Key::text(
    "telemetry.otlp.headers",
    "Headers that the collector asks for, `name=value,name=value`, values percent-encoded.",
)
.secret()
.procedure_variable("OTEL_EXPORTER_OTLP_HEADERS");
pub(crate) const OTLP_PROTOCOL: Key<String> = Key::choice(
    "telemetry.otlp.protocol",
    &["http/protobuf"],
    "How the collector is spoken to. gRPC and JSON are not served.",
)
.default("http/protobuf")
.procedure_variable("OTEL_EXPORTER_OTLP_PROTOCOL");
pub(crate) const OTLP_DISABLED: Key<bool> = Key::boolean(
    "telemetry.otlp.disabled",
    "Sends nothing, whatever else is set. `/metrics`, the log and trace ids stay.",
)
.default("false")
.procedure_variable("OTEL_SDK_DISABLED");
pub(crate) const OTLP_INTERVAL: Key<Duration> = Key::duration(
    "telemetry.otlp.interval",
    DurationRange::new(SECOND, HOUR).or_locally(TENTH),
    "How often metrics are sent.",
)
.default("1min");
pub(crate) const SERVICE_NAME: Key<String> = Key::text(
    "telemetry.service_name",
    "The name of this service in traces and exported metrics.",
)
.derived("`service.name` of telemetry.resource_attributes, else the title of the API")
.procedure_variable("OTEL_SERVICE_NAME");
pub(crate) const RESOURCE_ATTRIBUTES: Key<String> = Key::text(
    "telemetry.resource_attributes",
    "What else traces and exported metrics say about this process, `name=value,name=value`, values percent-encoded.",
)
.procedure_variable("OTEL_RESOURCE_ATTRIBUTES");
pub(crate) const TRACES_SAMPLER: Key<String> = Key::choice(
    "telemetry.traces.sampler",
    &[
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ],
    "Which traces are sent. The `parentbased_` ones follow what the client's `traceparent` says.",
)
.default("parentbased_always_on")
.procedure_variable("OTEL_TRACES_SAMPLER");
pub(crate) const TRACES_SAMPLER_ARG: Key<String> = Key::text(
    "telemetry.traces.sampler_arg",
    "The part of all traces that the `traceidratio` samplers send, 0 to 1.",
)
.default("1.0")
.procedure_variable("OTEL_TRACES_SAMPLER_ARG");

/// Every built-in key, in the order operators read them.
pub(crate) const ALL: &[KeyDef] = &[
    BIND.def,
    MANAGEMENT_BIND.def,
    PUBLIC_URL.def,
    BODY_LIMIT.def,
    REQUEST_TIMEOUT.def,
    HEADER_TIMEOUT.def,
    IDLE_TIMEOUT.def,
    SHUTDOWN_GRACE.def,
    DRAIN_DELAY.def,
    MAX_CONNECTIONS.def,
    TRUSTED_HOPS.def,
    REQUIRED.def,
    AUTHORITY.def,
    ISSUER.def,
    TENANT_ID.def,
    CLIENT_ID.def,
    APP_ID_URIS.def,
    ACCEPT_V1_TOKENS.def,
    CLOCK_SKEW.def,
    ROLES.def,
    ALLOWED_CLIENTS.def,
    GUESTS.def,
    POC_ROLES.def,
    POC_SCOPES.def,
    KEYS_REFRESH.def,
    KEYS_COOLDOWN.def,
    KEYS_LIFETIME.def,
    KEYS_TIMEOUT.def,
    KEYS_APP_SPECIFIC.def,
    VERDICT_CACHE_CAPACITY.def,
    VERDICT_CACHE_MAX_AGE.def,
    CLIENT_CREDENTIAL.def,
    FEDERATED_TOKEN_FILE.def,
    CLIENT_CERTIFICATE.def,
    CLIENT_SECRET.def,
    MANAGED_IDENTITY_CLIENT_ID.def,
    IDENTITY_ENDPOINT.def,
    IDENTITY_HEADER.def,
    AUTHORITY_HOST.def,
    IDENTITY_TIMEOUT.def,
    DEVELOPER_CREDENTIALS.def,
    KEY_VAULT_URL.def,
    KEY_VAULT_SECRETS.def,
    KEY_VAULT_TIMEOUT.def,
    ALLOWED_ORIGINS.def,
    MCP_ENABLED.def,
    MCP_RESOURCE.def,
    MCP_WAIT_TIMEOUT.def,
    MCP_RESULT_LIMIT.def,
    DOCS_ACCESS.def,
    SWAGGER_CLIENT_ID.def,
    PERSIST_TOKEN.def,
    RATE_LIMIT_ENABLED.def,
    RATE_LIMIT_PER_SECOND.def,
    RATE_LIMIT_BURST.def,
    RATE_LIMIT_ADDRESS_FACTOR.def,
    RATE_LIMIT_WAITING.def,
    LOG_FORMAT.def,
    LOG_LEVEL.def,
    AUDIT_KEY.def,
    FAILURE_SPIKE_WINDOW.def,
    FAILURE_SPIKE_PERCENT.def,
    FAILURE_SPIKE_FLOOR.def,
    OTLP_ENDPOINT.def,
    OTLP_HEADERS.def,
    OTLP_PROTOCOL.def,
    OTLP_DISABLED.def,
    OTLP_INTERVAL.def,
    SERVICE_NAME.def,
    RESOURCE_ATTRIBUTES.def,
    TRACES_SAMPLER.def,
    TRACES_SAMPLER_ARG.def,
];
