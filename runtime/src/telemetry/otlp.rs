//! Traces and metrics by OTLP over HTTP, in protobuf, to the collector that the standard `OTEL_*` variables name.
//!
//! Batches leave in the background. Invariant: a collector that is slow, away or wrong costs requests nothing, and the
//! log one line until it works again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{
    ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::PeriodicReader;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use url::Url;

use crate::background;
use crate::config::{OtlpConfig, SecretText, TraceSampler};
use crate::error_chain::on_one_line;
use crate::identity::is_loopback;

/// Longest time one batch may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer of a collector that is read, in bytes.
const ANSWER_LIMIT_BYTES: usize = 64 * 1024;

/// Why nothing can be exported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OtlpSetupError {
    /// No HTTP client can be made.
    #[error("no client for the collector")]
    Client(#[source] reqwest::Error),
    /// An exporter does not take its settings.
    #[error("no exporter for the collector")]
    Exporter(#[source] ExporterBuildError),
}

/// The way to a collector.
pub(crate) struct Exporters {
    pub(super) resource: Resource,
    pub(super) metrics: PeriodicReader<MetricExporter>,
    pub(super) traces: SdkTracerProvider,
}

/// What a collector is told about this process, beside what the operator adds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServiceFacts<'a> {
    pub(crate) title: &'a str,
    pub(crate) version: &'a str,
    pub(crate) environment: &'a str,
}

impl Exporters {
    /// Makes the exporters; nothing is sent yet. Call it within the runtime that is to send.
    ///
    /// # Errors
    /// [`OtlpSetupError`].
    pub(crate) fn build(
        config: &OtlpConfig,
        facts: ServiceFacts<'_>,
    ) -> Result<Self, OtlpSetupError> {
        let resource = resource(config, facts);
        let metrics = MetricExporter::builder()
            .with_http()
            .with_http_client(CollectorClient::build(config)?)
            .with_endpoint(endpoint(&config.endpoint, "v1/metrics"))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(TIMEOUT)
            .build()
            .map_err(OtlpSetupError::Exporter)?;
        let spans = SpanExporter::builder()
            .with_http()
            .with_http_client(CollectorClient::build(config)?)
            .with_endpoint(endpoint(&config.endpoint, "v1/traces"))
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(TIMEOUT)
            .build()
            .map_err(OtlpSetupError::Exporter)?;
        Ok(Self {
            metrics: PeriodicReader::builder(metrics)
                .with_interval(config.interval)
                .build(),
            traces: SdkTracerProvider::builder()
                .with_batch_exporter(spans)
                .with_sampler(sampler(config.sampler))
                .with_resource(resource.clone())
                .build(),
            resource,
        })
    }

    pub(super) fn tracer(&self) -> SdkTracer {
        self.traces.tracer("portcullis")
    }
}

/// The signal's own path below the base (OTLP specification, "Endpoint URLs for OTLP/HTTP").
fn endpoint(base: &Url, path: &str) -> String {
    format!("{}/{path}", base.as_str().trim_end_matches('/'))
}

/// The headers that the operator gives. Each is known to be one ([`OtlpConfig`] is checked).
fn headers(config: &OtlpConfig) -> HeaderMap {
    let header = |(name, value): &(String, SecretText)| {
        let mut value = HeaderValue::try_from(&value.0).ok()?;
        value.set_sensitive(true);
        Some((HeaderName::try_from(name).ok()?, value))
    };
    config.headers.iter().filter_map(header).collect()
}

fn resource(config: &OtlpConfig, facts: ServiceFacts<'_>) -> Resource {
    let ours = [
        ("service.name", facts.title),
        ("service.version", facts.version),
        ("deployment.environment.name", facts.environment),
    ];
    let ours = ours.map(|(name, value)| KeyValue::new(name, value.to_owned()));
    let instance = uuid::Uuid::new_v4().to_string();
    let given = config.resource_attributes.iter();
    let given = given.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    let name = config.service_name.iter();
    let name = name.map(|name| KeyValue::new("service.name", name.clone()));
    // A later one replaces an earlier one; OTEL_SERVICE_NAME comes before what the attributes say.
    Resource::builder_empty()
        .with_attributes(ours)
        .with_attribute(KeyValue::new("service.instance.id", instance))
        .with_attributes(given)
        .with_attributes(name)
        .build()
}

fn sampler(sampler: TraceSampler) -> Sampler {
    match sampler {
        TraceSampler::AlwaysOn => Sampler::AlwaysOn,
        TraceSampler::AlwaysOff => Sampler::AlwaysOff,
        TraceSampler::Ratio(ratio) => Sampler::TraceIdRatioBased(ratio),
        TraceSampler::ParentOrAlwaysOn => Sampler::ParentBased(Box::new(Sampler::AlwaysOn)),
        TraceSampler::ParentOrAlwaysOff => Sampler::ParentBased(Box::new(Sampler::AlwaysOff)),
        TraceSampler::ParentOrRatio(ratio) => {
            Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio)))
        }
    }
}

/// Sends batches. The exporters run on threads of their own, without a runtime: requests are made in ours.
#[derive(Debug)]
struct CollectorClient {
    client: reqwest::Client,
    headers: HeaderMap,
    runtime: Handle,
    is_failing: AtomicBool,
}

impl CollectorClient {
    fn build(config: &OtlpConfig) -> Result<Self, OtlpSetupError> {
        let endpoint = &config.endpoint;
        let mut builder = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .user_agent("portcullis")
            // Whoever answers with a redirect would be sent the headers, which are secrets.
            .redirect(Policy::none());
        if endpoint.scheme() == "http" && is_loopback(endpoint) {
            builder = builder.no_proxy().tls_certs_only([]);
        }
        Ok(Self {
            client: builder.build().map_err(OtlpSetupError::Client)?,
            headers: headers(config),
            runtime: Handle::current(),
            is_failing: AtomicBool::new(false),
        })
    }

    /// Leaves the exporter's own headers that describe the body, and puts the configured ones beside them.
    ///
    /// The exporter reads `OTEL_EXPORTER_OTLP_TRACES_HEADERS` and its like from the process's environment by itself, though
    /// not the endpoint they belong to: what is meant for one host, such as a vendor's key, would be sent to another.
    fn replace_headers(&self, headers: &mut HeaderMap) {
        let mut kept = self.headers.clone();
        for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING] {
            if let Some(value) = headers.remove(&name) {
                kept.insert(name, value);
            }
        }
        *headers = kept;
    }

    /// Writes one line when it begins to fail, and one when it works again.
    fn note(&self, failure: Option<String>) {
        match failure {
            Some(cause) if !self.is_failing.swap(true, Ordering::Relaxed) => {
                tracing::warn!(
                    cause,
                    "telemetry could not be exported; this is not said again until it works"
                );
            }
            None if self.is_failing.swap(false, Ordering::Relaxed) => {
                tracing::info!("telemetry is exported again");
            }
            Some(_) | None => {}
        }
    }
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.replace_headers(request.headers_mut());
        let client = self.client.clone();
        let (answered, answer) = oneshot::channel();
        background::spawn_on(&self.runtime, async move {
            // Whoever asked may have stopped waiting.
            let _ = answered.send(send(&client, request).await);
        });
        let answer = match answer.await {
            Ok(answer) => answer,
            // The runtime ends: nobody is there to send.
            Err(error) => return Err(error.into()),
        };
        self.note(match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("the collector answered {}", answer.status())),
            Err(error) => Some(on_one_line(error)),
        });
        Ok(answer?)
    }
}

async fn send(
    client: &reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, reqwest::Error> {
    let request = reqwest::Request::try_from(request)?;
    let mut answer = client
        .execute(request)
        .await
        .map_err(reqwest::Error::without_url)?;
    let mut body = BytesMut::new();
    while let Some(piece) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        let room = ANSWER_LIMIT_BYTES.saturating_sub(body.len());
        body.extend_from_slice(&piece[..piece.len().min(room)]);
    }
    let mut response = Response::new(body.freeze());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}
