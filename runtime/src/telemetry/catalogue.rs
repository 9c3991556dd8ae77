//! Every metric, declared once: what is measured, what the documentation says, and what alerts may name.
//!
//! Invariant: a label has a bounded set of values, which no caller can add to: templates, codes, names of our own. Never
//! a person, a client, a key or a path as it was sent.

/// One metric, under its OpenTelemetry name and the name that Prometheus gets.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "what only the documentation needs, which a test writes"
    )
)]
pub(crate) struct MetricDef {
    /// The OpenTelemetry name.
    pub(crate) name: &'static str,
    /// The name at `/metrics`, which follows from name, kind and unit.
    pub(crate) prometheus_name: &'static str,
    pub(crate) kind: MetricKind,
    /// UCUM, as OpenTelemetry asks for it; empty for plain numbers.
    pub(crate) unit: &'static str,
    /// The OpenTelemetry attributes; at `/metrics` a dot is an underscore.
    pub(crate) labels: &'static [&'static str],
    /// One sentence, without a full stop.
    pub(crate) meaning: &'static str,
}

/// How values of a metric come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetricKind {
    /// Only grows.
    Counter,
    /// A value as it is now.
    Gauge,
    /// How many values lay below each bound.
    Histogram,
}

pub(crate) const METHOD: &str = "http.request.method";
pub(crate) const ROUTE: &str = "http.route";
pub(crate) const STATUS: &str = "http.response.status_code";
pub(crate) const OUTCOME: &str = "outcome";
pub(crate) const REASON: &str = "reason";
pub(crate) const LIMIT: &str = "limit";
pub(crate) const TOOL: &str = "tool";
pub(crate) const RESOURCE: &str = "resource";
pub(crate) const PROMPT: &str = "prompt";
pub(crate) const KEYS_STATUS: &str = "status";

/// The bounds that the semantic conventions give for `http.server.request.duration`, in seconds.
pub(crate) const DURATION_BOUNDS_SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

pub(crate) const REQUEST_DURATION: MetricDef = MetricDef {
    name: "http.server.request.duration",
    prometheus_name: "http_server_request_duration_seconds",
    kind: MetricKind::Histogram,
    unit: "s",
    labels: &[METHOD, ROUTE, STATUS],
    meaning: "Time from the head of an HTTP request to the head of its answer",
};
pub(crate) const ACTIVE_REQUESTS: MetricDef = MetricDef {
    name: "http.server.active_requests",
    prometheus_name: "http_server_active_requests",
    kind: MetricKind::Gauge,
    unit: "{request}",
    labels: &[METHOD],
    meaning: "HTTP requests whose answer has not begun",
};
pub(crate) const AUTHENTICATIONS: MetricDef = MetricDef {
    name: "portcullis.authentications",
    prometheus_name: "portcullis_authentications_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[OUTCOME, REASON, ROUTE],
    meaning: "Credentials looked at, by what was found",
};
pub(crate) const AUTHORIZATIONS: MetricDef = MetricDef {
    name: "portcullis.authorizations",
    prometheus_name: "portcullis_authorizations_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[OUTCOME, REASON, ROUTE],
    meaning: "Decisions about verified callers",
};
pub(crate) const RATE_LIMITED: MetricDef = MetricDef {
    name: "portcullis.rate_limited",
    prometheus_name: "portcullis_rate_limited_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[LIMIT, ROUTE],
    meaning: "Requests answered 429, by the limit that was reached: `caller`, `address`, `waiting`",
};
pub(crate) const TOOL_CALLS: MetricDef = MetricDef {
    name: "portcullis.tool_calls",
    prometheus_name: "portcullis_tool_calls_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[TOOL, OUTCOME],
    meaning: "Calls of MCP tools, by how they ended",
};
pub(crate) const RESOURCE_READS: MetricDef = MetricDef {
    name: "portcullis.resource_reads",
    prometheus_name: "portcullis_resource_reads_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[RESOURCE, OUTCOME],
    meaning: "Reads of MCP resources, by URI template and how they ended",
};
pub(crate) const PROMPT_GETS: MetricDef = MetricDef {
    name: "portcullis.prompt_gets",
    prometheus_name: "portcullis_prompt_gets_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[PROMPT, OUTCOME],
    meaning: "MCP prompts asked for, by how that ended",
};
pub(crate) const AUTHENTICATION_BYPASSED: MetricDef = MetricDef {
    name: "portcullis.authentication_bypassed",
    prometheus_name: "portcullis_authentication_bypassed",
    kind: MetricKind::Gauge,
    unit: "",
    labels: &[],
    meaning: "1 in POC mode, where nobody is authenticated, else 0",
};
pub(crate) const SIGNING_KEYS: MetricDef = MetricDef {
    name: "portcullis.signing_keys",
    prometheus_name: "portcullis_signing_keys",
    kind: MetricKind::Gauge,
    unit: "",
    labels: &[KEYS_STATUS],
    meaning: "1 for the status that the token signing keys have, 0 for the others",
};
pub(crate) const SIGNING_KEYS_AGE: MetricDef = MetricDef {
    name: "portcullis.signing_keys.age",
    prometheus_name: "portcullis_signing_keys_age_seconds",
    kind: MetricKind::Gauge,
    unit: "s",
    labels: &[],
    meaning: "Time since the token signing keys were last fetched successfully",
};
pub(crate) const SIGNING_KEY_FETCHES: MetricDef = MetricDef {
    name: "portcullis.signing_key_fetches",
    prometheus_name: "portcullis_signing_key_fetches_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[OUTCOME],
    meaning: "Fetches of the token signing keys",
};

pub(crate) const SECRET_REFRESHES: MetricDef = MetricDef {
    name: "portcullis.secret_refreshes",
    prometheus_name: "portcullis_secret_refreshes_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[OUTCOME],
    meaning: "Secrets read again from Key Vault while running: `unchanged`, `taken`, `refused` (the old value stays), `failed`",
};
pub(crate) const FAILURE_SPIKES: MetricDef = MetricDef {
    name: "portcullis.failure_spikes",
    prometheus_name: "portcullis_failure_spikes_total",
    kind: MetricKind::Counter,
    unit: "",
    labels: &[],
    meaning: "Windows in which unusually many credentials and callers were refused",
};

/// Every metric, in the order of the documentation.
#[cfg(test)]
pub(crate) const ALL: &[MetricDef] = &[
    REQUEST_DURATION,
    ACTIVE_REQUESTS,
    AUTHENTICATIONS,
    AUTHORIZATIONS,
    RATE_LIMITED,
    TOOL_CALLS,
    RESOURCE_READS,
    PROMPT_GETS,
    AUTHENTICATION_BYPASSED,
    SIGNING_KEYS,
    SIGNING_KEYS_AGE,
    SIGNING_KEY_FETCHES,
    SECRET_REFRESHES,
    FAILURE_SPIKES,
];

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = include_str!("../../../docs/guide/telemetry.md");

    fn row(metric: &MetricDef) -> String {
        let kind = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        let labels: Vec<String> = metric
            .labels
            .iter()
            .map(|label| format!("`{}`", label.replace('.', "_")))
            .collect();
        let (name, prometheus_name, meaning) =
            (metric.name, metric.prometheus_name, metric.meaning);
        let labels = labels.join(", ");
        format!("| `{name}`<br>`{prometheus_name}` | {kind} | {labels} | {meaning} |")
    }

    #[test]
    fn the_guide_lists_every_metric_and_no_other() {
        let rows: Vec<String> = ALL.iter().map(row).collect();
        let listed: Vec<&str> = GUIDE
            .lines()
            .filter(|line| line.contains("`<br>`"))
            .collect();
        assert_eq!(
            listed,
            rows,
            "docs/guide/telemetry.md should have\n{}",
            rows.join("\n")
        );
    }
}
