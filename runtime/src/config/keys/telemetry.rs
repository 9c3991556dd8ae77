//! Keys of `telemetry`.

use std::time::Duration;

use url::Url;

use super::{HOUR, SECOND, TENTH};
use crate::config::key::{DurationRange, Key, KeyDef};
use crate::config::sections::SecretText;

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

/// In the order operators read them.
pub(super) const TELEMETRY_KEYS: &[KeyDef] = &[
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
