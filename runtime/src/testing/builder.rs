//! How a test says what is to be tested: the application, its settings, and sample values.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::tenant::{CLIENT_ID, TENANT_ID, Tenant};
use super::test_api::{Service, TestApi};
use crate::api::{Facts, Start};
use crate::application::{Application, Built, EndpointList};
use crate::config::{Config, ConfigSources, Flag};
use crate::downstream::Downstreams;
use crate::identity::Authenticator;
use crate::server::{self, Shutdown};
use crate::telemetry::Telemetry;
use axum::Router;

/// A [`TestApi`] that is not yet built: say what is special about it, then `.await` it.
#[must_use = "`.await` it to build the application"]
pub struct TestApiBuilder {
    application: Application,
    variables: BTreeMap<String, String>,
    flags: Vec<Flag>,
    example_data: bool,
    samples: BTreeMap<String, String>,
    unlisted: BTreeSet<String>,
}

impl TestApiBuilder {
    pub(super) fn new(application: Application) -> Self {
        let variables = [
            ("AZURE_TENANT_ID", TENANT_ID.to_string()),
            ("AZURE_AD_CLIENT_ID", CLIENT_ID.to_string()),
            // A matrix asks more often than a person would.
            ("APP_RATE_LIMIT__ENABLED", "false".to_owned()),
        ];
        Self {
            application,
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            flags: vec![flag("environment", "test")],
            example_data: false,
            samples: BTreeMap::new(),
            unlisted: BTreeSet::new(),
        }
    }

    /// Sets a configuration key, such as `app.database_url`, over every layer.
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.flags.push(flag(key, value));
        self
    }

    /// Sets an environment variable, as the application sees it. The process's own variables are never read.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Asks the application to fill its store with example data ([`Start::seed`]).
    pub fn example_data(mut self) -> Self {
        self.example_data = true;
        self
    }

    /// Gives the value that assertions send for every path or query parameter of this name.
    ///
    /// Without one, a parameter's example, enumeration, default or bounds say what to send.
    pub fn sample(mut self, parameter: &str, value: &str) -> Self {
        self.samples.insert(parameter.to_owned(), value.to_owned());
        self
    }

    /// Excuses an annotated function from [`TestApi::assert_all_listed`], such as one that is compiled for another
    /// target. The assertion fails when it needs no excuse.
    pub fn unlisted(mut self, function: &str) -> Self {
        self.unlisted.insert(function.to_owned());
        self
    }

    async fn build(self) -> TestApi {
        let Application {
            facts,
            endpoints,
            build_state,
        } = self.application;
        let config = load(&facts, &endpoints, self.variables, self.flags);
        let start = Start::new(
            &config,
            facts.settings,
            Downstreams::in_process(&config),
            self.example_data,
        );
        let built = build_state(start).await;
        let Built {
            endpoints: guarded,
            recorder,
        } = match built {
            Ok(built) => built,
            Err(error) => panic!("the application did not start: {error}"),
        };
        let tenant = Tenant::of(&config);
        let public_url = server::public_url(&config, config.server.bind);
        let operations = server::describe(&endpoints);
        let vocabulary = endpoints.vocabulary;
        let build = async |config: &Config| -> Router {
            let documents = tenant.documents();
            let authenticator =
                Authenticator::build_in_process(config, vocabulary, documents).await;
            assert!(
                authenticator.is_ready(),
                "the validator did not take the kit's keys: is auth.issuer or auth.authority out of the ordinary?"
            );
            let telemetry = Telemetry::build(&authenticator, config.telemetry.failure_spike, None);
            let parts = server::RouterParts {
                facts,
                config,
                public_url: &public_url,
                authenticator: &authenticator,
                shutdown: &Shutdown::new(),
                telemetry: &telemetry,
                recorder: recorder.as_ref(),
            };
            match server::build_router(&endpoints, guarded.clone(), &parts) {
                Ok(router) => router,
                Err(error) => panic!("the application did not start: {error}"),
            }
        };
        let router = build(&config).await;
        let mut bypassed = config.clone();
        bypassed.authentication.required = false;
        let poc_router = build(&bypassed).await;
        TestApi::of(Service {
            router,
            poc_router,
            facts,
            vocabulary,
            operations,
            tenant,
            public_url,
            is_mcp_enabled: config.mcp.enabled,
            samples: self.samples,
            unlisted: self.unlisted,
        })
    }
}

impl IntoFuture for TestApiBuilder {
    type Output = TestApi;
    type IntoFuture = Pin<Box<dyn Future<Output = TestApi> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.build())
    }
}

fn flag(key: &str, value: &str) -> Flag {
    Flag {
        key: key.to_owned(),
        value: value.to_owned(),
        flag: format!(".set({key:?}, ..)"),
    }
}

fn load(
    facts: &Facts,
    endpoints: &EndpointList,
    variables: BTreeMap<String, String>,
    flags: Vec<Flag>,
) -> Config {
    let sources = ConfigSources {
        variables,
        shipped_layers: facts.layers,
        config_dir: None,
        flags,
        vocabulary: endpoints.vocabulary,
        app_settings: facts.settings,
        downstream_apis: facts.downstream_apis,
    };
    match Config::load(&sources) {
        Ok(loaded) => loaded.config,
        Err(error) => panic!("the configuration is refused\n{error}"),
    }
}
