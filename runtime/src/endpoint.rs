//! What `#[endpoint]` implements for each annotated function.

use portcullis_api_spec::{Argument, EndpointDef, Fingerprints, Op};

use crate::guard::{Admitted, Answer};

/// An annotated function. Implemented by `#[endpoint]`, never by hand.
pub trait Endpoint<S: 'static>: 'static {
    /// All there is to it: one constant, because rustc takes its time for each.
    const ENTRY: EndpointEntry<S>;

    /// What the annotation and the doc comment say.
    const DEF: EndpointDef = Self::ENTRY.definition;
}

/// One line of `endpoints![..]`.
pub struct EndpointEntry<S> {
    /// What the annotation and the doc comment say.
    pub definition: EndpointDef,
    /// [`EndpointDef::fingerprints`] of it, which the macro has computed.
    pub fingerprints: Fingerprints,
    /// The arguments: the type of each as written, and what it says about itself.
    pub arguments: &'static [(&'static str, &'static Argument)],
    /// Lets the reply type describe itself.
    pub reply: fn(&mut Op),
    /// Runs the function for a request that its guard has let through.
    pub run: fn(Admitted<S>) -> Answer,
}
