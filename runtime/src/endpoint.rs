//! What `#[endpoint]` implements for each annotated function.

use portcullis_api_spec::{EndpointDef, Op};

use crate::guard::{Admitted, Answer};

/// An annotated function. Implemented by `#[endpoint]`, never by hand.
pub trait Endpoint<S: 'static>: 'static {
    /// All there is to it: one constant, because rustc takes its time for each.
    const ENTRY: EndpointEntry<S>;

    /// What the annotation and the doc comment say.
    const DEF: EndpointDef = Self::ENTRY.definition;

    /// Runs the function for a request that its guard has let through.
    fn run(admitted: Admitted<S>) -> Answer;
}

/// One line of `endpoints![..]`.
pub struct EndpointEntry<S> {
    /// What the annotation and the doc comment say.
    pub definition: EndpointDef,
    /// Lets the argument types and the reply type describe themselves, in this order.
    pub describe: &'static [fn(&mut Op)],
    /// Runs the function for a request that its guard has let through.
    pub run: fn(Admitted<S>) -> Answer,
}
