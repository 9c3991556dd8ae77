use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use super::*;
use crate::telemetry::Captured;
use crate::telemetry::captured::OWN_SUBSCRIBERS;

fn end_work(what: &'static str) {
    tracing::info!(name: END_OF_WORK, "{what}");
}

/// What each write said, line by line.
fn written(captured: Captured) -> Vec<Vec<String>> {
    let message = |event: &serde_json::Value| event["message"].as_str().unwrap().to_owned();
    let writes = captured.writes();
    let messages = writes.iter();
    messages
        .map(|lines| lines.iter().map(message).collect())
        .collect()
}

#[test]
fn lines_that_end_work_are_one_write_in_their_order() {
    let captured = Captured::start();
    batched(|| {
        for what in ["operation", "tool call", "request"] {
            end_work(what);
        }
        assert_eq!(Captured::lines_so_far(), 0, "they wait");
    });
    assert_eq!(written(captured), [["operation", "tool call", "request"]]);
}

#[test]
fn any_other_line_is_written_at_once_and_behind_those_that_wait() {
    let logs: [(&str, fn()); 4] = [
        ("info", || tracing::info!("other")),
        ("warn", || tracing::warn!("other")),
        ("error", || tracing::error!("other")),
        (
            "named",
            || tracing::info!(name: "mine", target: "app", "other"),
        ),
    ];
    for (case, log) in logs {
        let captured = Captured::start();
        batched(|| {
            end_work("first");
            log();
            assert_eq!(Captured::lines_so_far(), 2, "{case}");
            log();
            assert_eq!(Captured::lines_so_far(), 3, "{case}");
            end_work("last");
        });
        let expected = [vec!["first", "other"], vec!["other"], vec!["last"]];
        assert_eq!(written(captured), expected, "{case}");
    }
}

#[test]
fn a_panic_loses_nothing() {
    let captured = Captured::start();
    let poll = || batched(|| -> () { end_work_and_panic() });
    catch_unwind(AssertUnwindSafe(poll)).unwrap_err();
    end_work("after");
    assert_eq!(written(captured), [["before"], ["after"]]);
}

fn end_work_and_panic() {
    end_work("before");
    panic!("as a bug would");
}

#[test]
fn outside_of_a_poll_nothing_waits() {
    let captured = Captured::start();
    end_work("before");
    assert_eq!(Captured::lines_so_far(), 1);
    batched(|| {});
    end_work("after");
    assert_eq!(written(captured), [["before"], ["after"]]);
}

#[test]
fn another_thread_writes_at_once() {
    let captured = Captured::start();
    batched(|| {
        end_work("here");
        let elsewhere = std::thread::spawn(|| {
            let captured = Captured::start();
            end_work("there");
            end_work("there too");
            written(captured)
        });
        let expected = [["there"], ["there too"]];
        assert_eq!(elsewhere.join().unwrap(), expected);
        assert_eq!(Captured::lines_so_far(), 0, "here it waits still");
    });
    assert_eq!(written(captured), [["here"]]);
}

#[test]
fn a_poll_within_a_poll_ends_for_itself() {
    let captured = Captured::start();
    batched(|| {
        end_work("outer");
        batched(|| end_work("inner"));
        assert_eq!(Captured::lines_so_far(), 2);
        end_work("outer again");
        assert_eq!(Captured::lines_so_far(), 2, "it waits, as before");
    });
    assert_eq!(
        written(captured),
        [vec!["outer", "inner"], vec!["outer again"]]
    );
}

#[test]
fn what_is_asked_for_is_written_in_the_middle() {
    let captured = Captured::start();
    batched(|| {
        end_work("first");
        write_batch();
        assert_eq!(Captured::lines_so_far(), 1);
        write_batch();
        end_work("second");
    });
    assert_eq!(written(captured), [["first"], ["second"]]);
}

/// Logs while it is written.
struct Talkative;

impl fmt::Display for Talkative {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        end_work("while it is written");
        tracing::warn!("aloud");
        formatter.write_str("shown")
    }
}

#[test]
fn a_value_may_log_while_its_line_is_written() {
    let _none = OWN_SUBSCRIBERS.write();
    let captured = Captured::start();
    batched(|| {
        end_work("before");
        tracing::info!(name: END_OF_WORK, value = %Talkative, "around");
        tracing::info!(value = %Talkative, "at once");
    });
    let expected = [
        vec!["before", "while it is written", "aloud"],
        vec!["around", "while it is written", "aloud"],
        vec!["at once"],
    ];
    assert_eq!(written(captured), expected);
}

/// Each write of lines, as an output of its own sees them.
type Writes = Arc<Mutex<Vec<Vec<u8>>>>;

fn output(writes: &Writes) -> LineOutput {
    let writes = Arc::clone(writes);
    LineOutput::new(move |lines| writes.lock().unwrap().push(lines.to_vec()))
}

/// Writes a line that may wait, as a subscriber does.
fn put(output: &LineOutput, line: &[u8]) {
    let mut writer = output.make_writer();
    writer.may_wait = true;
    io::Write::write_all(&mut writer, line).unwrap();
}

#[test]
fn what_waits_has_a_bound_and_its_room_is_used_again() {
    let writes = Writes::default();
    let output = output(&writes);
    let room = || with_batch(|batch| batch.lines.capacity()).unwrap();
    for length in [1, 1000, MAX_BATCH_BYTES, MAX_BATCH_BYTES + 1, 100_000] {
        writes.lock().unwrap().clear();
        batched(|| {
            for byte in b'a'..=b'i' {
                put(&output, &vec![byte; length]);
                assert!(room() <= MAX_BATCH_BYTES, "{length}");
            }
        });
        let written = writes.lock().unwrap();
        let expected: Vec<u8> = (b'a'..=b'i').flat_map(|byte| vec![byte; length]).collect();
        assert_eq!(written.concat(), expected, "{length}: all of it, in order");
        let longest = written.iter().map(Vec::len).max().unwrap();
        assert!(longest <= MAX_BATCH_BYTES.max(length), "{length}");
        assert_eq!(written.len() < 9, length <= 1000, "{length}");
        assert_eq!(room(), MAX_BATCH_BYTES, "the room is kept");
    }
}

#[test]
fn lines_of_another_log_do_not_mix_and_do_not_overtake() {
    let (one, other) = (Writes::default(), Writes::default());
    let outputs = [output(&one), output(&other)];
    let all = |writes: &Writes| writes.lock().unwrap().concat();
    batched(|| {
        put(&outputs[0], b"1\n");
        put(&outputs[1], b"2\n");
        assert_eq!((all(&one), all(&other)), (b"1\n".to_vec(), b"2\n".to_vec()));
        put(&outputs[1], b"3\n");
    });
    assert_eq!(
        (all(&one), all(&other)),
        (b"1\n".to_vec(), b"2\n3\n".to_vec())
    );
}

#[test]
fn an_output_may_log() {
    let captured = Captured::start();
    let output = LineOutput::new(|_| {
        end_work("it waits");
        tracing::warn!("at once");
        end_work("by the output");
    });
    batched(|| {
        put(&output, b"line\n");
        write_batch();
        assert_eq!(Captured::lines_so_far(), 2);
    });
    assert_eq!(
        written(captured),
        [vec!["it waits", "at once"], vec!["by the output"]]
    );
}
