//! What `#[endpoint]` implements for each annotated function.

use portcullis_api_spec::{EndpointDef, Op};

use crate::guard::{Admitted, Answer};

/// An annotated function. Implemented by `#[endpoint]`, never by hand.
pub trait Endpoint<S>: 'static {
    /// What the annotation and the doc comment say.
    const DEF: EndpointDef;

    /// Lets the argument types and the reply type describe themselves, in this order.
    const DESCRIBE: &'static [fn(&mut Op)];

    /// Runs the function for a request that its guard has let through.
    fn run(admitted: Admitted<S>) -> Answer;
}
