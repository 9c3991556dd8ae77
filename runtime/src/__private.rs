//! What generated code names. Not for people: anything here may change without notice.

use axum::handler::Handler;
pub use portcullis_api_spec::{
    Access, Assignable, EndpointDef, Method, Mount, Op, PathArity, Requirements, RoleDef, Roles,
    ScopeDef, Scopes, Vocabulary, check_endpoint, check_endpoints, count_path_parameters,
};

pub use crate::api::{EndpointEntry, EndpointSet};
pub use crate::arg::{Arg, PartsArg};
pub use crate::endpoint::{Endpoint, Route};
pub use crate::reply::Reply;

/// Puts the guard around an annotated function.
pub fn route<H, T, S>(endpoint: &'static EndpointDef, handler: H) -> Route<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    Route::new(endpoint, handler)
}

/// Takes an endpoint into `endpoints![..]`.
#[must_use]
pub const fn entry<E: Endpoint<S>, S>() -> EndpointEntry<S> {
    EndpointEntry {
        endpoint: &E::DEF,
        describe: E::describe,
        route: E::route,
    }
}
