//! The application under test.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;
use std::sync::Arc;

use axum::Router;
use portcullis_api_spec::matrix::{Matrix, build_matrix};
use portcullis_api_spec::{CallerKind, Rights, RoleDef, Vocabulary};
use url::Url;

use super::builder::TestApiBuilder;
use super::caller::TestCaller;
use super::tenant::Tenant;
use super::{document, forgeries, listed, matrix};
use crate::api::{Api, Facts};
use crate::server::Operations;

/// An application in process, and everything needed to call it. See the [module](super) and `docs/guide/testing.md`.
///
/// Cheap to clone; clones are the same application.
#[derive(Clone)]
pub struct TestApi {
    service: Arc<Service>,
}

/// What stands behind a [`TestApi`] and its callers.
pub(super) struct Service {
    pub(super) router: Router,
    /// The same application in POC mode, over the same state.
    pub(super) poc_router: Router,
    pub(super) facts: Facts,
    pub(super) vocabulary: Vocabulary,
    pub(super) operations: Operations,
    pub(super) tenant: Tenant,
    pub(super) public_url: Url,
    pub(super) is_mcp_enabled: bool,
    pub(super) samples: BTreeMap<String, String>,
    pub(super) unlisted: BTreeSet<String>,
}

impl Service {
    pub(super) fn matrix(&self) -> Matrix {
        let endpoints = self.operations.iter().map(|described| described.endpoint);
        build_matrix(&self.vocabulary, endpoints)
    }
}

impl TestApi {
    /// Begins to build the application: `TestApi::new(app::api()).await`, with whatever [`TestApiBuilder`] offers
    /// before the `await`.
    ///
    /// # Panics
    /// When the configuration is refused or the application does not start.
    #[expect(
        clippy::new_ret_no_self,
        reason = "awaiting the builder is the one way to a TestApi"
    )]
    pub fn new<S>(api: Api<S>) -> TestApiBuilder {
        TestApiBuilder::new(api.application)
    }

    pub(super) fn of(service: Service) -> Self {
        Self {
            service: Arc::new(service),
        }
    }

    /// Somebody without a credential.
    #[must_use]
    pub fn anonymous(&self) -> TestCaller {
        TestCaller::new(&self.service, None)
    }

    /// A person without a role, whose token carries every scope. Another person each time.
    #[must_use]
    pub fn as_user(&self) -> TestCaller {
        let scopes = self.service.vocabulary.scopes;
        let rights = Rights {
            kind: CallerKind::User,
            roles: BTreeSet::new(),
            scopes: scopes.iter().map(|scope| scope.name.to_owned()).collect(),
            contexts: BTreeSet::new(),
        };
        TestCaller::new(&self.service, Some(rights))
    }

    /// A person with this role, whose token carries every scope. Another person each time: keep the value to come back
    /// as the same.
    #[must_use]
    pub fn as_role(&self, role: impl Into<RoleDef>) -> TestCaller {
        self.as_user().and_role(role)
    }

    /// An application, without a person, that holds this app role. Another one each time.
    #[must_use]
    pub fn as_application(&self, role: impl Into<RoleDef>) -> TestCaller {
        let rights = Rights {
            kind: CallerKind::Application,
            roles: BTreeSet::from([role.into().name.to_owned()]),
            scopes: BTreeSet::new(),
            contexts: BTreeSet::new(),
        };
        TestCaller::new(&self.service, Some(rights))
    }

    /// Asks every operation as every kind of caller, over REST, and every list of tools: each answers as annotated.
    ///
    /// The kinds are those of `app matrix`, the POC caller among them. Where the rule admits, any answer passes that
    /// comes from behind the guard: a sample that the handler does not find is 404, and its own 403 has its own code.
    ///
    /// # Panics
    /// With a table of all deviations.
    #[track_caller]
    pub fn assert_matrix(&self) -> impl Future<Output = ()> + Send + use<> {
        let (service, at) = (Arc::clone(&self.service), Location::caller());
        async move { matrix::check(&service).await.settle("assert_matrix", at) }
    }

    /// Runs a corpus of forged tokens against every guarded operation, and the MCP endpoint: all are refused alike.
    ///
    /// Each forgery differs in one thing from a token that the operation admits, and that one is tried first.
    ///
    /// # Panics
    /// With a table of what got through, or was refused in another way.
    #[track_caller]
    pub fn assert_refuses_forgeries(&self) -> impl Future<Output = ()> + Send + use<> {
        let (service, at) = (Arc::clone(&self.service), Location::caller());
        async move {
            let deviations = forgeries::check(&service).await;
            deviations.settle("assert_refuses_forgeries", at);
        }
    }

    /// Compares the OpenAPI document, as the command `openapi` prints it, with a file: YAML by its extension, else JSON.
    /// A relative path begins at the package's folder, where cargo runs tests.
    ///
    /// # Panics
    /// With the differing lines.
    #[track_caller]
    pub fn assert_openapi(&self, file: &str) {
        document::check(&self.service, file);
    }

    /// Looks for functions with `#[endpoint(..)]` in the package's `src/**/*.rs` that stand in no `endpoints![..]`: in a
    /// library nothing else notices them, for a public function is never dead code.
    ///
    /// The text is searched, not the compiled program: an attribute under another name, or one that a macro writes, is
    /// not seen.
    ///
    /// # Panics
    /// With a table of what is not listed.
    #[track_caller]
    pub fn assert_all_listed(&self) {
        self.assert_all_listed_in("src");
    }

    /// [`Self::assert_all_listed`] for an application whose endpoints lie elsewhere than in the tested package.
    ///
    /// # Panics
    /// With a table of what is not listed.
    #[track_caller]
    pub fn assert_all_listed_in(&self, folder: &str) {
        listed::check(&self.service, folder).settle("assert_all_listed", Location::caller());
    }
}
