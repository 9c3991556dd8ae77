//! What is logged on this thread, for tests.
//!
//! One subscriber for the whole process, which writes to the thread that logs. A subscriber for each test would not do:
//! while there is only one, an event that another thread meets first is switched off for all.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use serde_json::Value;
use tracing_subscriber::util::SubscriberInitExt;

thread_local! {
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

static INSTALLED: Once = Once::new();

/// Collects the events of this thread until it is asked for them.
pub(crate) struct Captured(());

impl Captured {
    pub(crate) fn start() -> Self {
        INSTALLED.call_once(|| {
            let subscriber = tracing_subscriber::fmt().json();
            subscriber.with_writer(|| ThisThread).finish().init();
        });
        LINES.set(Some(Vec::new()));
        Self(())
    }

    /// The fields of each event, in order.
    pub(crate) fn events(self) -> Vec<Value> {
        let text = String::from_utf8(LINES.take().unwrap_or_default()).unwrap();
        let events = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.map(|mut event| event["fields"].take()).collect()
    }
}

struct ThisThread;

impl io::Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| {
            if let Some(lines) = lines {
                lines.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
