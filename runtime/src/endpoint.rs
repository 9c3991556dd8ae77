//! What `#[endpoint]` implements for each annotated function.

use std::sync::Arc;

use axum::middleware;
use axum::routing::{MethodFilter, MethodRouter};
use portcullis_api_spec::{EndpointDef, Method, Mount, Op};

use crate::gate::{Gate, authenticate};
use crate::guard::{Admitted, Answer, Guarded};
use crate::server::{limit_caller, limit_public, record_call};

/// An annotated function. Implemented by `#[endpoint]`, never by hand.
pub trait Endpoint<S>: 'static {
    /// What the annotation and the doc comment say.
    const DEF: EndpointDef;

    /// Lets the argument types and the reply type describe themselves, in this order.
    const DESCRIBE: &'static [fn(&mut Op)];

    /// Runs the function for a request that its guard has let through.
    fn run(admitted: Admitted<S>) -> Answer;
}

/// One method on one path, guard included.
pub(crate) struct Route {
    endpoint: &'static EndpointDef,
    method_router: MethodRouter,
}

impl Route {
    pub(crate) fn new(guarded: Guarded) -> Self {
        let endpoint = guarded.endpoint();
        Self {
            endpoint,
            method_router: MethodRouter::new().on(filter(endpoint.method), guarded),
        }
    }

    /// Puts authentication, the caller's rate limit and the record of changes in front of the guard. A public endpoint
    /// never looks at a credential, so that a client whose token has expired, or an identity provider that hangs, cannot
    /// close it; it is limited by address. Not so at the root, where what load balancers and monitors ask stands: all of them
    /// may call from one address, and whoever shares it could close `/health`, and with it every instance.
    pub(crate) fn mount(self, gate: &Arc<Gate>) -> MethodRouter {
        let limits = gate.rate_limits.as_ref();
        if self.endpoint.access.is_public() {
            let limits = match self.endpoint.mount {
                Mount::Api => limits,
                Mount::Root => None,
            };
            return match limits {
                Some(limits) => {
                    let layer = middleware::from_fn_with_state(Arc::clone(limits), limit_public);
                    self.method_router.route_layer(layer)
                }
                None => self.method_router,
            };
        }
        let recorded = match self.endpoint.method {
            Method::Get => self.method_router,
            Method::Post | Method::Put | Method::Patch | Method::Delete => {
                let layer = middleware::from_fn_with_state(self.endpoint, record_call);
                self.method_router.route_layer(layer)
            }
        };
        let limited = match limits {
            Some(limits) => {
                let layer = middleware::from_fn_with_state(Arc::clone(limits), limit_caller);
                recorded.route_layer(layer)
            }
            None => recorded,
        };
        limited.route_layer(middleware::from_fn_with_state(
            Arc::clone(gate),
            authenticate,
        ))
    }
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}
