//! What a running process writes, as events.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// Everything the process has written, line by line.
#[derive(Clone, Default)]
pub(crate) struct Log {
    lines: Arc<Mutex<Vec<String>>>,
}

impl Log {
    /// Reads a stream of the process to its end, in the background.
    pub(super) fn follow(&self, stream: Option<impl AsyncRead + Unpin + Send + 'static>) {
        let lines = Arc::clone(&self.lines);
        let stream = stream.expect("the stream is piped");
        tokio::spawn(async move {
            let mut reader = BufReader::new(stream).lines();
            while let Ok(Some(line)) = reader.next_line().await {
                lines.lock().expect("no holder panics").push(line);
            }
        });
    }

    /// All lines so far.
    pub(crate) fn text(&self) -> String {
        self.lines.lock().expect("no holder panics").join("\n")
    }

    /// The events so far, each a flat object; lines that are no JSON are left out.
    pub(crate) fn events(&self) -> Vec<Value> {
        let lines = self.lines.lock().expect("no holder panics");
        let parse = |line: &String| serde_json::from_str::<Value>(line).ok();
        lines.iter().filter_map(parse).map(flatten).collect()
    }

    /// How many events have this message so far.
    pub(crate) fn count(&self, message: &str) -> usize {
        let events = self.events();
        events
            .iter()
            .filter(|event| event["message"] == message)
            .count()
    }

    /// Waits for the first event with this message.
    pub(crate) async fn wait_for(&self, message: &str) -> Value {
        self.wait_for_event(message, |event| event["message"] == message)
            .await
    }

    /// Waits for the first event that fits; `what` stands in the failure.
    pub(crate) async fn wait_for_event(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = super::in_time(async || self.events().into_iter().find(&fits)).await;
        found.unwrap_or_else(|| panic!("no event {what} in:\n{}", self.text()))
    }
}

/// Lifts `fields` up, where the subscriber nests them.
fn flatten(mut event: Value) -> Value {
    if let Some(Value::Object(fields)) = event.get_mut("fields").map(Value::take)
        && let Value::Object(members) = &mut event
    {
        members.extend(fields);
    }
    event
}
