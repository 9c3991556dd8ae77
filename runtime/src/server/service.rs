//! A service from configuration to exit: build everything, bind, announce, serve, drain.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use url::Url;

use super::listen::{ListenerLimits, serve};
use super::router::{RouterParts, build_router};
use super::shutdown::Shutdown;
use super::{management, open_files};
use crate::api::{Start, StateError};
use crate::application::{Application, Built};
use crate::background;
use crate::config::{AppSetting, CLIENT_SECRET, Config, reachable_at};
use crate::downstream::{DownstreamSetupError, Downstreams};
use crate::identity::Authenticator;
use crate::record::Recorder;
use crate::refresh::{Followers, Refresher};
use crate::telemetry::{Exporters, OtlpSetupError, ServiceFacts, Telemetry};

/// How long the records of the last calls may take, once nothing else is running.
const RECORD_GRACE: Duration = Duration::from_secs(5);

/// Why a service with a good configuration did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The address is taken, or not one of this machine.
    #[error("{key} {address} cannot be bound")]
    Bind {
        key: &'static str,
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    /// The application could not build its state.
    #[error("the application did not start: {0}")]
    State(StateError),
    /// The HTTP client for signing keys could not be built.
    #[error("the authenticator did not start: {0}")]
    Authenticator(String),
    /// The way to other APIs could not be made.
    #[error("downstream APIs cannot be called: {0}")]
    Downstream(#[from] DownstreamSetupError),
    /// Traces and metrics cannot be sent anywhere.
    #[error("telemetry cannot be exported: {0}")]
    Telemetry(#[from] OtlpSetupError),
    /// The endpoints cannot be described; the message names each.
    #[error("{0}")]
    Spec(String),
}

/// A service that is bound and has not yet answered anybody.
pub(crate) struct Service {
    config: Arc<Config>,
    listener: TcpListener,
    management_listener: TcpListener,
    router: Router,
    management: Router,
    authenticator: Arc<Authenticator>,
    shutdown: Shutdown,
    recorder: Option<Recorder>,
    refresher: Option<Refresher>,
    public_url: Url,
    telemetry: Telemetry,
}

impl Service {
    /// Builds the state, binds both listeners and puts the routers together.
    ///
    /// # Errors
    /// [`StartError`], before any request is answered.
    pub(crate) async fn build(
        application: Application,
        config: Arc<Config>,
        seed: bool,
    ) -> Result<Self, StartError> {
        let vocabulary = application.endpoints.vocabulary;
        let authenticator = Authenticator::build(&config, vocabulary)
            .map_err(|error| StartError::Authenticator(error.to_string()))?;
        let downstreams = Downstreams::build(&config)?;
        let settings = application.facts.settings;
        let start = Start::new(&config, settings, downstreams.clone(), seed);
        let followers = start.followers();
        let built = (application.build_state)(start);
        let Built {
            endpoints,
            recorder,
        } = built.await.map_err(StartError::State)?;
        check_followed(settings, &followers)?;
        if let Some(secret) = downstreams.client_secret() {
            followers.add(CLIENT_SECRET.def.name, secret.follower());
        }
        let listener = bind("server.bind", config.server.bind).await?;
        let management_listener =
            bind("server.management_bind", config.server.management_bind).await?;
        let public_url = public_url(&config, address_of(&listener)?);
        let shutdown = Shutdown::new();
        let exporters = match &config.telemetry.otlp {
            Some(otlp) => Some(Exporters::build(
                otlp,
                ServiceFacts {
                    title: application.facts.title,
                    version: application.facts.version,
                    environment: config.environment.as_str(),
                },
            )?),
            None => None,
        };
        let spike_settings = config.telemetry.failure_spike;
        let telemetry = Telemetry::build(&authenticator, spike_settings, exporters);
        let refresher = config
            .refresh
            .clone()
            .and_then(|refresh| Refresher::new(refresh, &followers, telemetry.clone()));
        let parts = RouterParts {
            facts: application.facts,
            config: &config,
            public_url: &public_url,
            authenticator: &authenticator,
            shutdown: &shutdown,
            telemetry: &telemetry,
            recorder: recorder.as_ref(),
        };
        let router = build_router(&application.endpoints, endpoints, &parts)?;
        let management = management::router(management::Management {
            authenticator: Arc::clone(&authenticator),
            shutdown: shutdown.clone(),
            telemetry: telemetry.clone(),
        });
        Ok(Self {
            config,
            listener,
            management_listener,
            router,
            management,
            authenticator,
            shutdown,
            recorder,
            refresher,
            public_url,
            telemetry,
        })
    }

    /// What callers reach the service by.
    #[cfg(feature = "dev-issuer")]
    pub(crate) fn public_url(&self) -> &Url {
        &self.public_url
    }

    /// Serves until `stop` resolves, then drains: not ready, then no new connections, then the end of what runs.
    pub(crate) async fn run(self, stop: impl Future<Output = ()> + Send) -> Result<(), StartError> {
        let keys = self.authenticator.start();
        let window = self.config.telemetry.failure_spike.window;
        let refreshing = self.refresher.map(|it| background::spawn(it.run()));
        let spikes = background::spawn(self.telemetry.clone().watch_spikes(window));
        tracing::info!(
            address = %address_of(&self.listener)?,
            management_address = %address_of(&self.management_listener)?,
            public_url = self.public_url.as_str().trim_end_matches('/'),
            environment = self.config.environment.as_str(),
            authentication_bypassed = self.authenticator.is_bypassed(),
            "listening"
        );
        let server = &self.config.server;
        open_files::provide_for(server.max_connections);
        let (stop_management, management_stopped) = tokio::sync::oneshot::channel::<()>();
        let management_limits = ListenerLimits::beside(server);
        let management = background::spawn(async move {
            let stopped = Box::pin(async {
                // An error means the sender is gone, which is as good a reason to stop.
                let _ = management_stopped.await;
            });
            serve(
                self.management_listener,
                self.management,
                management_limits,
                stopped,
            )
            .await;
        });
        let limits = ListenerLimits::of(server);
        let shutdown = self.shutdown.clone();
        let drain_delay = server.drain_delay;
        let drained = async move {
            stop.await;
            shutdown.begin_draining();
            tracing::info!(delay_seconds = drain_delay.as_secs_f64(), "draining");
            tokio::time::sleep(drain_delay).await;
            shutdown.begin_closing();
        };
        let all_finished = serve(self.listener, self.router, limits, Box::pin(drained)).await;
        if !all_finished {
            tracing::warn!("requests still running at the end of server.shutdown_grace were cut");
        }
        if let Some(recorder) = self.recorder {
            self.shutdown.begin_cutting();
            if !recorder.settle_within(RECORD_GRACE).await {
                tracing::error!("some of the last calls were not recorded");
            }
        }
        drop(stop_management);
        if let Err(error) = management.await {
            tracing::error!(%error, "the management listener ended badly");
        }
        drop(keys);
        spikes.abort();
        if let Some(refreshing) = refreshing {
            refreshing.abort();
        }
        self.telemetry.end(window).await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// What is declared refreshable and followed by nobody would be read again for nothing, and `config explain` would lie.
fn check_followed(settings: &[AppSetting], followers: &Followers) -> Result<(), StartError> {
    let mut refreshable = settings.iter().filter(|setting| setting.refreshable);
    match refreshable.find(|setting| !followers.contains(&format!("app.{}", setting.field))) {
        None => Ok(()),
        Some(AppSetting { field, .. }) => Err(StartError::State(StateError(format!(
            "app.{field} is declared refreshable, and nobody takes a new value: call Start::follow({field:?}, ..), or declare it otherwise"
        )))),
    }
}

async fn bind(key: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Bind {
            key,
            address,
            source,
        })
}

fn address_of(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Bind {
        key: "server.bind",
        address: SocketAddr::from(([0, 0, 0, 0], 0)),
        source,
    })
}

/// `server.public_url`, or in dev and test where this machine reaches the address that was bound.
pub(crate) fn public_url(config: &Config, bound: SocketAddr) -> Url {
    match &config.server.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{}", reachable_at(bound)))
            .expect("an address with a port makes a URL"),
    }
}

#[cfg(test)]
mod tests;
