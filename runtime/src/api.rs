//! An application: its endpoints, its shipped layers, its settings and its state.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use portcullis_api_spec::Vocabulary;
use uuid::Uuid;

use crate::application::Application;
use crate::config::{AppSetting, AppValues, Config, DownstreamApi, Settings};
use crate::downstream::{Downstream, Downstreams};
use crate::endpoint::EndpointEntry;
use crate::record::{CallRecord, RecorderWith};
use crate::refresh::{ChangeRefused, Followers};

/// What `endpoints![..]` makes: the endpoints, and the vocabulary they are written in.
#[derive(Clone)]
pub struct EndpointSet<S: 'static> {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) entries: &'static [EndpointEntry<S>],
}

impl<S> EndpointSet<S> {
    /// Called by `endpoints![..]`.
    #[must_use]
    pub const fn new(vocabulary: Vocabulary, entries: &'static [EndpointEntry<S>]) -> Self {
        Self {
            vocabulary,
            entries,
        }
    }
}

/// What an application's state is built from, after the configuration has been found good.
#[derive(Debug, Clone)]
pub struct Start {
    /// Whether to fill the store with example data; only `dev` asks for it.
    pub seed: bool,
    tenant_id: Uuid,
    settings: Arc<AppValues>,
    declared: &'static [AppSetting],
    followers: Followers,
    downstreams: Downstreams,
}

impl Start {
    pub(crate) fn new(
        config: &Config,
        declared: &'static [AppSetting],
        downstreams: Downstreams,
        seed: bool,
    ) -> Self {
        Self {
            seed,
            tenant_id: config.authentication.tenant_id,
            settings: Arc::new(config.app.clone()),
            declared,
            followers: Followers::default(),
            downstreams,
        }
    }

    /// Who takes new values, once the state is built.
    pub(crate) fn followers(&self) -> Followers {
        self.followers.clone()
    }

    /// The tenant whose callers this service admits; the nil GUID in POC mode without one.
    #[must_use]
    pub fn tenant_id(&self) -> Uuid {
        self.tenant_id
    }

    /// The application's own settings, `app.<field>`.
    ///
    /// # Errors
    /// [`StateError`] when `T` is not what [`Stateless::settings`] was given.
    pub fn settings<T: Settings>(&self) -> Result<T, StateError> {
        T::read(&self.settings).ok_or_else(|| {
            StateError("these settings are not those that Stateless::settings was given".to_owned())
        })
    }

    /// Takes new values of a setting that is declared `refreshable`, while the service runs: `take` is given each value of
    /// the mapped secret that differs from the one in use, and has passed every check of the start.
    ///
    /// A value that `take` refuses is tried again at every reading, and the one before it stays. `take` has 30 seconds.
    ///
    /// # Errors
    /// [`StateError`] when no setting of this name is declared `refreshable`.
    pub fn follow<F, Fut>(&self, field: &str, take: F) -> Result<(), StateError>
    where
        F: Fn(String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), ChangeRefused>> + Send + 'static,
    {
        let mut refreshable = self.declared.iter().filter(|it| it.refreshable);
        if !refreshable.any(|setting| setting.field == field) {
            return Err(StateError(format!(
                "no setting {field:?} is declared refreshable, so that nothing brings a new value of it"
            )));
        }
        let key = format!("app.{field}");
        self.followers.add(&key, move |value| take(value.0));
        Ok(())
    }

    /// The way to another API on behalf of the caller. Put it into the state; see `docs/guide/downstream.md`.
    ///
    /// # Errors
    /// [`StateError`] when [`Stateless::downstream_apis`] declares no API of this name.
    pub fn downstream(&self, name: &str) -> Result<Downstream, StateError> {
        self.downstreams
            .get(name)
            .ok_or_else(|| StateError(format!("no downstream API is declared as {name:?}")))
    }
}

/// Why the application's state could not be built, such as a database that does not answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StateError(pub String);

/// An application built on Portcullis. Hand it to [`cli::run`](crate::cli::run).
///
/// Made in three steps, each of which must be there to compile: [`Api::new`], [`Draft::endpoints`],
/// [`Stateless::state`].
pub struct Api<S> {
    pub(crate) application: Application,
    state: PhantomData<fn() -> S>,
}

/// What an application says about itself beside its endpoints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) title: &'static str,
    pub(crate) version: &'static str,
    pub(crate) description: &'static str,
    pub(crate) license: Option<&'static str>,
    pub(crate) tags: &'static [(&'static str, &'static str)],
    pub(crate) layers: &'static [(&'static str, &'static str)],
    pub(crate) settings: &'static [AppSetting],
    pub(crate) downstream_apis: &'static [DownstreamApi],
}

impl Api<()> {
    /// Names an application; `version` is usually `env!("CARGO_PKG_VERSION")`.
    #[must_use]
    #[expect(
        clippy::new_ret_no_self,
        reason = "an Api without endpoints and state must not exist"
    )]
    pub fn new(title: &'static str, version: &'static str) -> Draft {
        Draft {
            facts: Facts {
                title,
                version,
                description: "",
                license: None,
                tags: &[],
                layers: &[],
                settings: &[],
                downstream_apis: &[],
            },
        }
    }
}

/// An application that has a name and no endpoints yet.
pub struct Draft {
    facts: Facts,
}

impl Draft {
    /// Takes the endpoints: `endpoints![health, reports::get_report, ..]`.
    #[must_use]
    pub fn endpoints<S>(self, endpoints: EndpointSet<S>) -> Stateless<S> {
        Stateless {
            facts: self.facts,
            endpoints,
            recorder: None,
        }
    }
}

/// An application that has endpoints and no state yet.
pub struct Stateless<S: 'static> {
    facts: Facts,
    endpoints: EndpointSet<S>,
    recorder: Option<RecorderWith<S>>,
}

impl<S: Clone + Send + Sync + 'static> Stateless<S> {
    /// Describes the application to the readers of its document, in Markdown.
    #[must_use]
    pub fn description(mut self, description: &'static str) -> Self {
        self.facts.description = description;
        self
    }

    /// Says under what the interface may be used: an SPDX expression, usually `env!("CARGO_PKG_LICENSE")`.
    #[must_use]
    pub fn license(mut self, expression: &'static str) -> Self {
        self.facts.license = Some(expression);
        self
    }

    /// Says what the tags mean: pairs of tag and sentence. An endpoint's tag is the first segment of its path, or what
    /// `tag = ".."` says; a sentence about a tag that no endpoint has stops the start.
    #[must_use]
    pub fn tags(mut self, tags: &'static [(&'static str, &'static str)]) -> Self {
        self.facts.tags = tags;
        self
    }

    /// Ships configuration layers in the binary: pairs of file name (`default.toml`, `<env>.toml`) and text.
    #[must_use]
    pub fn layers(mut self, layers: &'static [(&'static str, &'static str)]) -> Self {
        self.facts.layers = layers;
        self
    }

    /// Declares the application's own settings, keys `app.<field>`: a struct with `derive(Settings)`.
    #[must_use]
    pub fn settings<T: Settings>(mut self) -> Self {
        self.facts.settings = T::DECLARED;
        self
    }

    /// Says who keeps a record of calls: of every call by a verified caller of an operation that is no `GET`, over REST
    /// and by tools, refusals and calls that were cut off included. Who exceeds the rate limit is not recorded.
    ///
    /// The answer waits for the record. One that cannot be kept is the recorder's to report; the call has happened.
    #[must_use]
    pub fn record<F, Fut>(mut self, record: F) -> Self
    where
        F: Fn(S, CallRecord) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.recorder = Some(Arc::new(move |state, call| Box::pin(record(state, call))));
        self
    }

    /// Declares the other APIs that handlers call on behalf of the caller, keys `downstream.<name>.scopes`.
    ///
    /// # Security
    /// Only an application that declares one keeps callers' tokens while it answers them; no handler can read them.
    #[must_use]
    pub fn downstream_apis(mut self, apis: &'static [DownstreamApi]) -> Self {
        self.facts.downstream_apis = apis;
        self
    }

    /// Says how the state of the handlers is built, once the configuration has been found good.
    #[must_use]
    pub fn state<F, Fut>(self, build_state: F) -> Api<S>
    where
        F: FnOnce(Start) -> Fut + Send + 'static,
        Fut: Future<Output = Result<S, StateError>> + Send + 'static,
    {
        Api {
            application: Application::new(self.facts, self.endpoints, self.recorder, build_state),
            state: PhantomData,
        }
    }
}
