//! An application as the runtime sees it: what its endpoints say, and how the guarded functions are built.
//!
//! The type of its state is forgotten here. All that serves, describes and prints is then generated with the runtime,
//! once, and not again with every application that is compiled.

use std::future::Future;
use std::pin::Pin;

use portcullis_api_spec::{Argument, EndpointDef, Op, Vocabulary};

use crate::api::{EndpointSet, Facts, Start, StateError};
use crate::endpoint::EndpointEntry;
use crate::guard::Guarded;
use crate::record::{Recorder, RecorderWith};

/// An application whose state may be of any type.
pub(crate) struct Application {
    pub(crate) facts: Facts,
    pub(crate) endpoints: EndpointList,
    pub(crate) build_state: StateBuilder,
}

/// Builds the state, and what lives on it.
type StateBuilder = Box<dyn FnOnce(Start) -> StateFuture + Send>;
type StateFuture = Pin<Box<dyn Future<Output = Result<Built, StateError>> + Send>>;

/// What lives on the state.
pub(crate) struct Built {
    /// In the order of the list, each behind its guard.
    pub(crate) endpoints: Vec<Guarded>,
    /// Who is told of calls that may change something.
    pub(crate) recorder: Option<Recorder>,
}

/// What `endpoints![..]` lists, without the functions.
pub(crate) struct EndpointList {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) entries: Vec<ListEntry>,
}

/// What one endpoint says.
#[derive(Clone, Copy)]
pub(crate) struct ListEntry {
    pub(crate) endpoint: &'static EndpointDef,
    pub(crate) arguments: &'static [(&'static str, &'static Argument)],
    pub(crate) reply: fn(&mut Op),
}

impl ListEntry {
    fn of<S>(entry: &'static EndpointEntry<S>) -> Self {
        Self {
            endpoint: &entry.definition,
            arguments: entry.arguments,
            reply: entry.reply,
        }
    }

    /// Lets the types of the endpoint describe themselves: the arguments in their order, then the reply.
    pub(crate) fn describe(&self) -> Op {
        let mut op = Op::of(self.endpoint);
        for (_, argument) in self.arguments {
            (argument.describe)(&mut op);
        }
        (self.reply)(&mut op);
        op
    }
}

impl Application {
    pub(crate) fn new<S, F, Fut>(
        facts: Facts,
        endpoints: EndpointSet<S>,
        recorder: Option<RecorderWith<S>>,
        build_state: F,
    ) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: FnOnce(Start) -> Fut + Send + 'static,
        Fut: Future<Output = Result<S, StateError>> + Send + 'static,
    {
        let EndpointSet {
            vocabulary,
            entries,
        } = endpoints;
        let listed = |entry: &'static EndpointEntry<S>| {
            assert_eq!(
                entry.fingerprints,
                entry.definition.fingerprints(),
                "what finds the rivals of an endpoint is not what its definition says"
            );
            ListEntry::of(entry)
        };
        let build = async move |start: Start| {
            let state = build_state(start).await?;
            let guard = |entry: &'static EndpointEntry<S>| {
                let op = ListEntry::of(entry).describe();
                Guarded::new(&entry.definition, &op, entry.run, state.clone())
            };
            Ok(Built {
                endpoints: entries.iter().map(guard).collect(),
                recorder: recorder.map(|record| Recorder::new(record, state.clone())),
            })
        };
        Self {
            facts,
            endpoints: EndpointList {
                vocabulary,
                entries: entries.iter().map(listed).collect(),
            },
            build_state: Box::new(move |start| Box::pin(build(start))),
        }
    }
}
