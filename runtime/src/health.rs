//! What `/health` tells: the application's endpoint is three lines around [`ServiceHealth`].

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use portcullis_api_spec::Op;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Problem;
use crate::arg::Arg;
use crate::gate::Gate;
use crate::identity::KeysStatus;

/// The state of the service, for a public `/health` endpoint.
#[derive(Clone)]
pub struct ServiceHealth {
    gate: Arc<Gate>,
}

/// How the service is doing. Answered with 200 as long as the process serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: a process that cannot serve does not answer.
    pub status: HealthStatus,
    /// Which deployment this is.
    pub environment: EnvironmentName,
    /// Whether callers are authenticated.
    pub authentication: AuthenticationMode,
    /// How current the token signing keys are.
    pub keys: KeysFreshness,
}

/// Whether the service serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It serves.
    Ok,
}

/// The name of a deployment environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentName {
    /// A developer's machine.
    Dev,
    /// Automated tests.
    Test,
    /// Shared integration.
    Staging,
    /// User acceptance.
    Uat,
    /// Production.
    Prod,
}

/// Whether callers are authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMode {
    /// Callers need a token.
    Required,
    /// POC mode: nobody is authenticated.
    Bypassed,
}

/// How current the token signing keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeysFreshness {
    /// The last refresh worked.
    Fresh,
    /// The last refresh failed; the last good keys serve.
    Stale,
    /// No usable keys: guarded operations answer 503.
    Missing,
}

impl ServiceHealth {
    /// Reads the state now.
    #[must_use]
    pub fn report(&self) -> Health {
        let authenticator = &self.gate.authenticator;
        Health {
            status: HealthStatus::Ok,
            environment: self.gate.environment.into(),
            authentication: match authenticator.is_bypassed() {
                true => AuthenticationMode::Bypassed,
                false => AuthenticationMode::Required,
            },
            keys: match authenticator.keys_status() {
                KeysStatus::Fresh => KeysFreshness::Fresh,
                KeysStatus::Stale => KeysFreshness::Stale,
                KeysStatus::Missing => KeysFreshness::Missing,
            },
        }
    }
}

impl From<crate::config::Environment> for EnvironmentName {
    fn from(environment: crate::config::Environment) -> Self {
        use crate::config::Environment;
        match environment {
            Environment::Dev => Self::Dev,
            Environment::Test => Self::Test,
            Environment::Staging => Self::Staging,
            Environment::Uat => Self::Uat,
            Environment::Prod => Self::Prod,
        }
    }
}

impl<S> Arg<S> for ServiceHealth {
    fn describe(_: &mut Op) {}
}

impl<S: Send + Sync> FromRequestParts<S> for ServiceHealth {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Arc<Gate>>() {
            Some(gate) => Ok(Self {
                gate: Arc::clone(gate),
            }),
            None => Err(Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }
}
