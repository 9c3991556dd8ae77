//! An OpenTelemetry collector reduced to what a sender sees of it: OTLP over HTTP, in protobuf, decoded by the
//! project's own definitions.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// A running collector.
pub(crate) struct Collector {
    pub(crate) url: String,
    received: Arc<Received>,
}

#[derive(Default)]
struct Received {
    traces: Mutex<Vec<(HeaderMap, ExportTraceServiceRequest)>>,
    metrics: Mutex<Vec<(HeaderMap, ExportMetricsServiceRequest)>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr();
        let address = address.expect("a bound listener has an address");
        let received = Arc::<Received>::default();
        let router = Router::new()
            .route("/v1/traces", post(take_traces))
            .route("/v1/metrics", post(take_metrics))
            .with_state(Arc::clone(&received));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url: format!("http://{address}"),
            received,
        }
    }

    /// Every span so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let traces = self.received.traces.lock().expect("no holder panics");
        let resources = traces.iter().flat_map(|(_, batch)| &batch.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// The names of every metric so far.
    pub(crate) fn metric_names(&self) -> Vec<String> {
        let metrics = self.received.metrics.lock().expect("no holder panics");
        let resources = metrics
            .iter()
            .flat_map(|(_, batch)| &batch.resource_metrics);
        let scopes = resources.flat_map(|resource| &resource.scope_metrics);
        let metrics = scopes.flat_map(|scope| &scope.metrics);
        metrics.map(|metric| metric.name.clone()).collect()
    }

    /// The headers of every batch so far.
    pub(crate) fn headers(&self) -> Vec<HeaderMap> {
        let traces = self.received.traces.lock().expect("no holder panics");
        let metrics = self.received.metrics.lock().expect("no holder panics");
        let of_traces = traces.iter().map(|(headers, _)| headers.clone());
        let of_metrics = metrics.iter().map(|(headers, _)| headers.clone());
        of_traces.chain(of_metrics).collect()
    }

    /// What the batches of traces, and those of metrics, say about the process.
    pub(crate) fn resources(&self) -> Vec<Vec<(String, String)>> {
        let traces = self.received.traces.lock().expect("no holder panics");
        let metrics = self.received.metrics.lock().expect("no holder panics");
        let of_traces = traces.iter().flat_map(|(_, batch)| &batch.resource_spans);
        let of_traces = of_traces.filter_map(|it| it.resource.as_ref());
        let of_metrics = metrics
            .iter()
            .flat_map(|(_, batch)| &batch.resource_metrics);
        let of_metrics = of_metrics.filter_map(|it| it.resource.as_ref());
        let resources = of_traces.chain(of_metrics);
        resources.map(|it| texts_of(&it.attributes)).collect()
    }
}

/// Attributes as text.
pub(crate) fn texts_of(attributes: &[KeyValue]) -> Vec<(String, String)> {
    let text = |attribute: &KeyValue| {
        let value = attribute
            .value
            .as_ref()
            .and_then(|value| value.value.as_ref());
        let value = match value {
            Some(Value::StringValue(text)) => text.clone(),
            Some(Value::IntValue(number)) => number.to_string(),
            other => format!("{other:?}"),
        };
        (attribute.key.clone(), value)
    };
    attributes.iter().map(text).collect()
}

async fn take_traces(
    State(received): State<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Ok(batch) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut traces = received.traces.lock().expect("no holder panics");
    traces.push((headers, batch));
    StatusCode::OK
}

async fn take_metrics(
    State(received): State<Arc<Received>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Ok(batch) = ExportMetricsServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut metrics = received.metrics.lock().expect("no holder panics");
    metrics.push((headers, batch));
    StatusCode::OK
}
