//! One event, one line, one flat JSON object: what an event says, and what is known about the request around it.
//!
//! Invariant: a line is a line and an object is an object, whatever text stands in a value. JSON escapes line ends; what
//! it leaves alone and a terminal or a reader of lines acts on (C1 controls, U+2028) is escaped too.
//!
//! Three lines belong to each tool call, so values are written as they come: a span's once, when it begins, and no tree is
//! built of them.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::ops::Range;
use std::time::SystemTime;

use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// How many fields, and how many bytes of text, a span and a line have room for before they grow.
const SPAN_ROOM: (usize, usize) = (4, 256);
const LINE_ROOM: (usize, usize) = (24, 1024);

/// Writes events for machines.
pub(super) struct JsonLines<W> {
    writer: W,
}

impl<W> JsonLines<W> {
    pub(super) fn new(writer: W) -> Self {
        Self { writer }
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        let mut members = Members::with_room(SPAN_ROOM);
        attributes.record(&mut members);
        span.extensions_mut().insert(members);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else {
            return;
        };
        // Before the span is locked: a value may log while it is written.
        let mut latest = Members::with_room(SPAN_ROOM);
        values.record(&mut latest);
        if let Some(members) = span.extensions_mut().get_mut::<Members>() {
            latest.add_all(members);
            *members = latest;
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Members::with_room(LINE_ROOM);
        let metadata = event.metadata();
        let now = SystemTime::now().max(SystemTime::UNIX_EPOCH);
        let now = humantime::format_rfc3339_micros(now);
        // Writing to memory does not fail.
        line.add("timestamp", |text| drop(write!(text, "\"{now}\"")));
        line.add_text("level", metadata.level().as_str());
        event.record(&mut line);
        line.add_text("target", metadata.target());
        // The innermost span comes first, and what it says counts.
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(members) = span.extensions().get::<Members>() {
                line.add_all(members);
            }
        }
        // Whoever writes it in the end has nobody to tell of a failure, either.
        let _ = self.writer.make_writer_for(metadata).write_all(line.end());
    }
}

/// Members of a JSON object, as text: `,"name":value` for each. Of two with one name the first counts.
struct Members {
    /// Each name, and where in `text` its member stands.
    places: Vec<(&'static str, Range<usize>)>,
    text: Vec<u8>,
}

impl Members {
    fn with_room((fields, bytes): (usize, usize)) -> Self {
        Self {
            places: Vec::with_capacity(fields),
            text: Vec::with_capacity(bytes),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.places.iter().any(|(known, _)| *known == name)
    }

    fn add(&mut self, name: &'static str, write_value: impl FnOnce(&mut Vec<u8>)) {
        if self.has(name) {
            return;
        }
        let start = self.text.len();
        self.text.push(b',');
        write_text(&mut self.text, name);
        self.text.push(b':');
        write_value(&mut self.text);
        self.places.push((name, start..self.text.len()));
    }

    fn add_text(&mut self, name: &'static str, value: &str) {
        self.add(name, |text| write_text(text, value));
    }

    /// JSON has no spelling of what is no number; `null` stands for it.
    fn add_plain(&mut self, name: &'static str, value: impl Serialize) {
        self.add(name, |text| {
            // Numbers and booleans have a spelling, and memory takes it.
            let _ = serde_json::to_writer(text, &value);
        });
    }

    fn add_all(&mut self, others: &Self) {
        for (name, place) in &others.places {
            if self.has(name) {
                continue;
            }
            let start = self.text.len();
            self.text.extend_from_slice(&others.text[place.clone()]);
            self.places.push((name, start..self.text.len()));
        }
    }

    /// Closes the object, which is not empty, and its line.
    fn end(&mut self) -> &[u8] {
        if let Some(comma) = self.text.first_mut() {
            *comma = b'{';
        }
        self.text.extend_from_slice(b"}\n");
        &self.text
    }
}

impl Visit for Members {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add_plain(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add_plain(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add_plain(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add_plain(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add_text(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), |text| {
            text.push(b'"');
            // Memory takes all of it; of a value that fails to be written stands what it wrote.
            let _ = write!(Escaped(text), "{value:?}");
            text.push(b'"');
        });
    }
}

/// Writes a JSON string.
fn write_text(line: &mut Vec<u8>, text: &str) {
    line.push(b'"');
    write_escaped(line, text);
    line.push(b'"');
}

/// Takes what stands within a JSON string, in pieces.
struct Escaped<'a>(&'a mut Vec<u8>);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write_escaped(self.0, text);
        Ok(())
    }
}

fn write_escaped(line: &mut Vec<u8>, text: &str) {
    // To its end, whatever it finds: that is looked up without a jump for each byte.
    let plain = text.bytes().map(|byte| IS_PLAIN[usize::from(byte)]);
    if plain.fold(true, |all, is_plain| all & is_plain) {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let escaped = quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    for character in escaped.unwrap_or_default().chars() {
        match character {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(line, "\\u{:04x}", u32::from(character));
            }
            _ => line.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// What stands for itself in a JSON string, and on a terminal.
static IS_PLAIN: [bool; 256] = {
    let mut is_plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        is_plain[byte] = true;
        byte += 1;
    }
    is_plain[b'"' as usize] = false;
    is_plain[b'\\' as usize] = false;
    is_plain
};

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use proptest::prelude::*;
    use serde_json::{Value, json};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::telemetry::captured::OWN_SUBSCRIBERS;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written_by(log: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let lines = JsonLines::new(move || writer.clone());
        let _own = OWN_SUBSCRIBERS.read();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), log);
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    /// The one line, as the object that it is, without its time.
    fn object_of(log: impl FnOnce()) -> Value {
        let mut object: Value = serde_json::from_str(&written_by(log)).unwrap();
        let timestamp = object.as_object_mut().unwrap().remove("timestamp");
        assert!(timestamp.unwrap().as_str().unwrap().ends_with('Z'));
        object
    }

    #[test]
    fn a_line_has_what_the_event_says_and_what_is_known_around_it() {
        let object = object_of(|| {
            let outer = tracing::info_span!("outer", route = "/x", id = 7);
            let _outer = outer.enter();
            let _inner = tracing::info_span!("inner", size = 2.5).entered();
            tracing::warn!(ok = true, left = -1, who = ?"a\"b", none = f64::NAN, "said {}", 1);
        });
        assert_eq!(
            object,
            json!({
                "level": "WARN", "message": "said 1", "ok": true, "left": -1, "who": "\"a\\\"b\"", "none": null,
                "target": module_path!(), "size": 2.5, "route": "/x", "id": 7,
            })
        );
    }

    #[test]
    fn of_two_values_of_one_name_the_innermost_and_of_a_span_the_latest_counts() {
        let object = object_of(|| {
            let outer = tracing::info_span!("outer", one = 1, two = 1, three = 1, level = "mine");
            let _outer = outer.enter();
            let inner = tracing::info_span!("inner", two = 2, three = 2, four = 2);
            let _inner = inner.enter();
            inner.record("four", 4);
            tracing::info!(three = 3);
        });
        assert_eq!(
            object,
            json!({"level": "INFO", "three": 3, "target": module_path!(), "four": 4, "two": 2, "one": 1})
        );
    }

    proptest! {
        #[test]
        fn whatever_text_stands_in_a_value_a_line_is_one_line_of_printable_text(
            text in "(?s:.|[\u{0}-\u{9f}\u{2028}\u{2029}\"\\\\]){0,40}"
        ) {
            let line = written_by(|| {
                let _span = tracing::info_span!("around", shown = %text).entered();
                tracing::info!(text);
            });
            let line = line.strip_suffix('\n').unwrap();
            let acts = |it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}');
            prop_assert!(!line.contains(acts), "{:?}", line);
            let object: Value = serde_json::from_str(line).unwrap();
            prop_assert_eq!(object["text"].as_str(), Some(text.as_str()));
            prop_assert_eq!(object["shown"].as_str(), Some(text.as_str()));
        }
    }
}
