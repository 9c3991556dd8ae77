//! The instruments: OpenTelemetry's, read by Prometheus at `/metrics`.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, MeterProvider, UpDownCounter};
use opentelemetry_otlp::MetricExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{Instrument, PeriodicReader, SdkMeterProvider, Stream};
use prometheus::{Registry, TextEncoder};

use super::catalogue;
use super::observed::observe;
use super::tally::Tally;
use crate::identity::Authenticator;

/// Combinations of labels that one metric may have. Every label is bounded; this is for the product of them: some
/// hundred routes, by method and status.
const SERIES_LIMIT: usize = 20_000;

/// The instruments of one service, and the registry that they are read from.
pub(super) struct Metrics {
    registry: Registry,
    // Instruments do not keep it.
    provider: SdkMeterProvider,
    request_duration: Histogram<f64>,
    active_requests: UpDownCounter<i64>,
    authentications: Tally<3>,
    authorizations: Tally<3>,
    rate_limited: Tally<2>,
    tool_calls: Tally<2>,
    secret_refreshes: Tally<1>,
    resource_reads: Tally<2>,
    prompt_gets: Tally<2>,
    failure_spikes: Counter<u64>,
}

impl Metrics {
    pub(super) fn build(
        authenticator: &Arc<Authenticator>,
        to_collector: Option<(PeriodicReader<MetricExporter>, Resource)>,
    ) -> Self {
        let registry = Registry::new();
        let exporter = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .without_target_info()
            .build()
            .expect("an empty registry takes a collector");
        let mut builder = SdkMeterProvider::builder();
        if let Some((reader, resource)) = to_collector {
            builder = builder.with_reader(reader).with_resource(resource);
        }
        let provider = builder
            .with_reader(exporter)
            .with_view(|_: &Instrument| {
                let stream = Stream::builder().with_cardinality_limit(SERIES_LIMIT);
                stream.build().ok()
            })
            .build();
        let meter = provider.meter("portcullis");
        observe(&meter, authenticator);
        let failure_spikes = meter
            .u64_counter(catalogue::FAILURE_SPIKES.name)
            .with_description(catalogue::FAILURE_SPIKES.meaning)
            .build();
        // Without a first value the first spike would be no increase.
        failure_spikes.add(0, &[]);
        Self {
            registry,
            request_duration: meter
                .f64_histogram(catalogue::REQUEST_DURATION.name)
                .with_unit(catalogue::REQUEST_DURATION.unit)
                .with_description(catalogue::REQUEST_DURATION.meaning)
                .with_boundaries(catalogue::DURATION_BOUNDS_SECONDS.to_vec())
                .build(),
            active_requests: meter
                .i64_up_down_counter(catalogue::ACTIVE_REQUESTS.name)
                .with_unit(catalogue::ACTIVE_REQUESTS.unit)
                .with_description(catalogue::ACTIVE_REQUESTS.meaning)
                .build(),
            authentications: Tally::build(&meter, &catalogue::AUTHENTICATIONS),
            authorizations: Tally::build(&meter, &catalogue::AUTHORIZATIONS),
            rate_limited: Tally::build(&meter, &catalogue::RATE_LIMITED),
            tool_calls: Tally::build(&meter, &catalogue::TOOL_CALLS),
            secret_refreshes: Tally::build(&meter, &catalogue::SECRET_REFRESHES),
            resource_reads: Tally::build(&meter, &catalogue::RESOURCE_READS),
            prompt_gets: Tally::build(&meter, &catalogue::PROMPT_GETS),
            failure_spikes,
            provider,
        }
    }

    pub(super) fn request_began(&self, method: &'static str) {
        let labels = [KeyValue::new(catalogue::METHOD, method)];
        self.active_requests.add(1, &labels);
    }

    pub(super) fn request_ended(
        &self,
        method: &'static str,
        route: &str,
        status: Option<StatusCode>,
        elapsed: Duration,
    ) {
        let labels = [
            KeyValue::new(catalogue::METHOD, method),
            KeyValue::new(catalogue::ROUTE, route.to_owned()),
            // The semantic conventions leave the status out where none was sent.
            KeyValue::new(
                catalogue::STATUS,
                status.map_or(0, |status| i64::from(status.as_u16())),
            ),
        ];
        let labels = match status {
            Some(_) => &labels[..],
            None => &labels[..2],
        };
        self.request_duration.record(elapsed.as_secs_f64(), labels);
        self.active_requests.add(-1, &labels[..1]);
    }

    pub(super) fn authenticated(&self, outcome: &'static str, reason: &'static str, route: &str) {
        self.authentications.add([outcome, reason, route]);
    }

    pub(super) fn authorized(&self, outcome: &'static str, reason: &'static str, route: &str) {
        self.authorizations.add([outcome, reason, route]);
    }

    pub(super) fn rate_limited(&self, limit: &'static str, route: &str) {
        self.rate_limited.add([limit, route]);
    }

    pub(super) fn tool_called(&self, tool: &'static str, outcome: &'static str) {
        self.tool_calls.add([tool, outcome]);
    }

    pub(super) fn refreshed(&self, outcome: &'static str) {
        self.secret_refreshes.add([outcome]);
    }

    pub(super) fn resource_read(&self, resource: &'static str, outcome: &'static str) {
        self.resource_reads.add([resource, outcome]);
    }

    pub(super) fn prompt_got(&self, prompt: &'static str, outcome: &'static str) {
        self.prompt_gets.add([prompt, outcome]);
    }

    pub(super) fn failure_spiked(&self) {
        self.failure_spikes.add(1, &[]);
    }

    /// Sends what has not been sent.
    pub(super) fn shut_down(&self, limit: Duration) {
        // What went wrong with sending has been said where it was sent.
        let _ = self.provider.shutdown_with_timeout(limit);
    }

    /// The text format of Prometheus, version 0.0.4.
    pub(super) fn render(&self) -> String {
        match TextEncoder::new().encode_to_string(&self.registry.gather()) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, "the metrics could not be written");
                String::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::catalogue::MetricKind;
    use super::*;
    use crate::identity::testing::{KEY_A, TestIssuer};

    /// Name, type and label names of each family in the text.
    fn families(text: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
        let mut families = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines() {
            if let Some(line) = line.strip_prefix("# TYPE ") {
                let (name, kind) = line.split_once(' ').unwrap();
                current = name.to_owned();
                families.insert(current.clone(), (kind.to_owned(), BTreeSet::new()));
            } else if let Some((_, labels)) = line.split_once('{') {
                let (_, names): &mut (String, BTreeSet<String>) =
                    families.get_mut(&current).unwrap();
                let labels = labels.split_once('}').unwrap().0;
                let labels = labels
                    .split(',')
                    .map(|label| label.split_once('=').unwrap());
                names.extend(labels.map(|(name, _)| name.to_owned()));
            }
        }
        families
    }

    #[tokio::test]
    async fn every_metric_is_exposed_under_its_name_with_its_labels() {
        let issuer = TestIssuer::start(&[KEY_A.jwk()]).await;
        let metrics = Metrics::build(&issuer.loaded_authenticator().await, None);
        metrics.request_began("GET");
        metrics.request_ended("GET", "/a", Some(StatusCode::OK), Duration::from_millis(7));
        metrics.authenticated("rejected", "token_expired", "/a");
        metrics.authorized("denied", "missing_role", "/a");
        metrics.rate_limited("caller", "/a");
        metrics.tool_called("get_b", "success");
        metrics.refreshed("taken");
        metrics.resource_read("desk://b/{id}", "success");
        metrics.prompt_got("review", "success");
        let text = metrics.render();
        let mut families = families(&text);
        for metric in catalogue::ALL {
            let name = metric.prometheus_name;
            let (kind, mut labels) = families
                .remove(name)
                .unwrap_or_else(|| panic!("{name}: {text}"));
            labels.remove("le");
            let declared = metric.labels.iter().map(|label| label.replace('.', "_"));
            assert_eq!(labels, declared.collect(), "{name}");
            let declared = match metric.kind {
                MetricKind::Counter => "counter",
                MetricKind::Gauge => "gauge",
                MetricKind::Histogram => "histogram",
            };
            assert_eq!(kind, declared, "{name}");
        }
        assert!(families.is_empty(), "not in the catalogue: {families:?}");
        let below = |bound: &str| format!("http_route=\"/a\",le=\"{bound}\"");
        for (bound, count) in [("0.005", 0), ("0.01", 1), ("10", 1), ("+Inf", 1)] {
            let line = text.lines().find(|line| line.contains(&below(bound)));
            let line = line.unwrap_or_else(|| panic!("{bound}: {text}"));
            assert!(line.ends_with(&format!(" {count}")), "{line}");
        }
    }
}
