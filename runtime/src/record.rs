//! What an application that keeps a record learns of each call.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::caller::Caller;

/// One call of an operation that may change something: who called what, through which surface, and what came of it.
#[derive(Debug, Clone)]
pub struct CallRecord {
    /// The operation id.
    pub operation_id: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path that was called, without its query: at most 1000 characters, visible ASCII, anything else
    /// percent-encoded.
    pub path: String,
    /// Who called.
    pub caller: Caller,
    /// Over REST, or by a tool.
    pub surface: Surface,
    /// Names the request in the log and in problems.
    pub correlation_id: String,
    /// What came of it.
    pub outcome: CallOutcome,
}

/// Where a call came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A request of its own.
    Rest,
    /// A tool call.
    Mcp,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallOutcome {
    /// It was answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The code of the problem, if it was one.
        code: Option<String>,
    },
    /// Its client went away, it took too long, it panicked, or the service ended: whether it changed anything is not
    /// known.
    CutOff,
}

type RecordFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Takes a record, and the state to keep it in.
pub(crate) type RecorderWith<S> = Arc<dyn Fn(S, CallRecord) -> RecordFuture + Send + Sync>;

/// Takes records, and counts the calls whose record is still to come. Clones count together.
#[derive(Clone)]
pub(crate) struct Recorder {
    record: Arc<dyn Fn(CallRecord) -> RecordFuture + Send + Sync>,
    unsettled: watch::Sender<usize>,
}

impl Recorder {
    /// Gives a recorder the state of the application.
    pub(crate) fn new<S>(record: RecorderWith<S>, state: S) -> Self
    where
        S: Clone + Send + Sync + 'static,
    {
        Self {
            record: Arc::new(move |call| record(state.clone(), call)),
            unsettled: watch::Sender::new(0),
        }
    }

    /// Notes that a call has begun. What is returned is its only way to be recorded.
    pub(crate) fn expect(&self) -> Expected {
        self.unsettled.send_modify(|count| *count += 1);
        Expected {
            recorder: self.clone(),
        }
    }

    /// Waits until every call that has begun is recorded. Says whether that was so in time.
    pub(crate) async fn settle_within(&self, limit: Duration) -> bool {
        let mut unsettled = self.unsettled.subscribe();
        let settled = unsettled.wait_for(|count| *count == 0);
        tokio::time::timeout(limit, settled).await.is_ok()
    }

    /// Waits until a call has begun and is not yet recorded.
    #[cfg(test)]
    pub(crate) async fn begun_within(&self, limit: Duration) -> bool {
        let mut unsettled = self.unsettled.subscribe();
        let begun = unsettled.wait_for(|count| *count > 0);
        tokio::time::timeout(limit, begun).await.is_ok()
    }
}

/// A call whose record is still to come.
pub(crate) struct Expected {
    recorder: Recorder,
}

impl Expected {
    /// Hands the record to the application.
    pub(crate) async fn record(self, call: CallRecord) {
        (self.recorder.record)(call).await;
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.recorder.unsettled.send_modify(|count| *count -= 1);
    }
}
