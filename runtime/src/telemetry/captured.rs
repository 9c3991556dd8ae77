//! What is logged on this thread, for tests.
//!
//! One subscriber for the whole process, which writes to the thread that logs. A subscriber for each test would not do:
//! while there is only one, an event that another thread meets first is switched off for all.

use std::cell::RefCell;
use std::sync::{Once, RwLock};

use serde_json::Value;
use tracing_subscriber::util::SubscriberInitExt;

use super::line_batch::LineOutput;

thread_local! {
    /// Each write of lines.
    static WRITES: RefCell<Option<Vec<Vec<u8>>>> = const { RefCell::new(None) };
}

static INSTALLED: Once = Once::new();

/// Read by whoever gives its thread a subscriber of its own, written by whoever logs within an event: while there is one of the
/// former, tracing passes over the latter, on every thread.
pub(super) static OWN_SUBSCRIBERS: RwLock<()> = RwLock::new(());

/// Collects the events of this thread until it is asked for them.
pub(crate) struct Captured(());

impl Captured {
    pub(crate) fn start() -> Self {
        INSTALLED.call_once(|| {
            let subscriber = tracing_subscriber::fmt().json();
            let output = LineOutput::new(keep);
            subscriber.with_writer(output).finish().init();
        });
        WRITES.set(Some(Vec::new()));
        Self(())
    }

    /// The fields of each event, in order.
    pub(crate) fn events(self) -> Vec<Value> {
        self.writes().into_iter().flatten().collect()
    }

    /// The same, by what was written together.
    pub(crate) fn writes(self) -> Vec<Vec<Value>> {
        let writes = WRITES.take().unwrap_or_default();
        writes.iter().map(|lines| fields_of(lines)).collect()
    }

    /// How many lines this thread has written so far, for whoever looks while something goes on.
    pub(crate) fn lines_so_far() -> usize {
        let count = |lines: &Vec<u8>| fields_of(lines).len();
        WRITES.with_borrow(|writes| writes.iter().flatten().map(count).sum())
    }
}

fn fields_of(lines: &[u8]) -> Vec<Value> {
    let text = str::from_utf8(lines).unwrap();
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.map(|mut event| event["fields"].take()).collect()
}

fn keep(lines: &[u8]) {
    WRITES.with_borrow_mut(|writes| {
        if let Some(writes) = writes {
            writes.push(lines.to_vec());
        }
    });
}
