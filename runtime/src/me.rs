//! What `/me` tells a caller about himself: the application's endpoint is three lines around [`Me`].

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use portcullis_api_spec::{CallerKind, Decision, Op, decide};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};

use crate::arg::Arg;
use crate::gate::Gate;
use crate::{Caller, Problem};

/// The caller and what he may call, for a `signed_in` endpoint such as `/me`.
#[derive(Clone)]
pub struct Me {
    caller: Caller,
    gate: Arc<Gate>,
}

/// Who is calling, and which operations the annotations open to that caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeReport {
    /// The tenant the caller signed in to.
    #[schema(format = "uuid", max_length = 36)]
    pub tenant_id: String,
    /// The caller's object id in the tenant.
    #[schema(format = "uuid", max_length = 36)]
    pub object_id: String,
    /// Person or service.
    pub kind: MeKind,
    /// Internal roles held, sorted.
    #[schema(schema_with = role_names)]
    pub roles: Vec<String>,
    /// Scopes the token carries, sorted; empty for an application.
    #[schema(schema_with = scope_names)]
    pub scopes: Vec<String>,
    /// The client application that asked for the token.
    #[schema(max_length = 64, pattern = "^[!-~]+$")]
    pub client_id: Option<String>,
    /// Operation ids the caller may call, sorted.
    #[schema(schema_with = operation_ids)]
    pub operations: Vec<String>,
}

/// Whether a person or a service is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeKind {
    /// A signed-in person.
    User,
    /// A service without a person.
    Application,
}

/// Most names in one list. A token of the largest size that is read carries fewer scopes than this.
const MAX_NAMES: usize = 10_000;

fn role_names() -> Array {
    names("^[!-~]+$")
}

fn scope_names() -> Array {
    names("^[!-~]+$")
}

fn operation_ids() -> Array {
    names("^[A-Za-z0-9_]+$")
}

fn names(pattern: &str) -> Array {
    let name = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .max_length(Some(256));
    ArrayBuilder::new()
        .items(name)
        .max_items(Some(MAX_NAMES))
        .build()
}

impl Me {
    /// Writes the report, from the same decision that the guard makes.
    #[must_use]
    pub fn report(&self) -> MeReport {
        let rights = self.caller.rights();
        let endpoints = self.gate.endpoints.iter();
        let allowed =
            endpoints.filter(|endpoint| decide(&endpoint.access, Some(rights)) == Decision::Allow);
        let mut operations: Vec<_> = allowed
            .map(|endpoint| endpoint.operation_id.to_owned())
            .collect();
        operations.sort_unstable();
        MeReport {
            tenant_id: self.caller.tenant_id().to_string(),
            object_id: self.caller.object_id().to_string(),
            kind: match self.caller.kind() {
                CallerKind::User => MeKind::User,
                CallerKind::Application => MeKind::Application,
            },
            roles: rights.roles.iter().cloned().collect(),
            scopes: rights.scopes.iter().cloned().collect(),
            client_id: self.caller.client_id().map(str::to_owned),
            operations,
        }
    }
}

impl<S> Arg<S> for Me {
    const NEEDS_CALLER: bool = true;

    fn describe(_: &mut Op) {}
}

impl<S: Send + Sync> FromRequestParts<S> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = <Caller as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        match parts.extensions.get::<Arc<Gate>>() {
            Some(gate) => Ok(Self {
                caller,
                gate: Arc::clone(gate),
            }),
            None => Err(Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }
}
