//! The lines that end the work on a request, written together: one system call where there would be one for each line, and
//! each wakes whoever reads the log.
//!
//! A line waits only within [`batched`], which runs one poll of one connection, on that thread.
//! Invariant: nothing overtakes a line that waits: no other line of its thread, no byte of an answer, no handler or stream of
//! the application's, and not the end of the poll. Whoever lets one of these run calls [`write_batch`] first.

use std::cell::RefCell;
use std::io;
use std::mem;
use std::sync::Arc;

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

/// The name of events whose line may wait: what they tell about has ended, and only its answer is left to be sent.
pub(crate) const END_OF_WORK: &str = "portcullis::end_of_work";

/// Most that waits on one thread, in bytes. What a pipe takes in one piece on Linux (`PIPE_BUF`, pipe(7)): lines of other
/// processes that write to the same pipe do not come to stand within those of a batch.
const MAX_BATCH_BYTES: usize = 4096;

/// Writes whole lines.
type WriteLines = dyn Fn(&[u8]) + Send + Sync;

/// Where the lines of a log go, each when it is due.
pub(super) struct LineOutput {
    write: Arc<WriteLines>,
}

/// Takes one line, whole.
pub(super) struct LineWriter<'a> {
    output: &'a LineOutput,
    may_wait: bool,
}

/// The lines that wait on one thread.
struct Batch {
    /// Whether they may: somebody writes them soon.
    is_open: bool,
    lines: Vec<u8>,
    /// Where these lines go. `None` without any.
    output: Option<Arc<WriteLines>>,
}

/// What became of a line.
enum Place {
    Waits,
    /// Behind those that wait: now all of them are due.
    Last,
    /// It is to be written by itself, behind them.
    Outside,
}

thread_local! {
    static BATCH: RefCell<Batch> = const { RefCell::new(Batch::new()) };
}

/// Runs this with lines waiting until its end, a panic included.
///
/// It takes no future, so that a line waits for the rest of one poll at the most.
pub(crate) fn batched<T>(poll: impl FnOnce() -> T) -> T {
    let _open = Open::begin();
    poll()
}

/// Writes the lines that wait on this thread.
pub(crate) fn write_batch() {
    // No borrow while it is written: an output may log, too.
    let Some((mut lines, write)) = with_batch(Batch::take).flatten() else {
        return;
    };
    write(&lines);
    lines.clear();
    with_batch(|batch| batch.reuse(lines));
}

/// Nothing when the thread has ended so far that it has no batch any more.
fn with_batch<T>(act: impl FnOnce(&mut Batch) -> T) -> Option<T> {
    let act = |batch: &RefCell<Batch>| act(&mut batch.borrow_mut());
    BATCH.try_with(act).ok()
}

impl LineOutput {
    pub(super) fn new(write: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        Self {
            write: Arc::new(write),
        }
    }
}

impl<'a> MakeWriter<'a> for LineOutput {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter {
            output: self,
            may_wait: false,
        }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> LineWriter<'a> {
        LineWriter {
            output: self,
            may_wait: metadata.name() == END_OF_WORK,
        }
    }
}

impl io::Write for LineWriter<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let write = &self.output.write;
        match with_batch(|batch| batch.add(line, write, self.may_wait)) {
            Some(Place::Waits) => {}
            Some(Place::Last) => write_batch(),
            Some(Place::Outside) | None => {
                write_batch();
                write(line);
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Batch {
    const fn new() -> Self {
        Self {
            is_open: false,
            lines: Vec::new(),
            output: None,
        }
    }

    fn add(&mut self, line: &[u8], output: &Arc<WriteLines>, may_wait: bool) -> Place {
        let waits = may_wait && self.is_open;
        let is_alone = self.lines.is_empty() && !waits;
        let has_room = self.lines.len() + line.len() <= MAX_BATCH_BYTES;
        let another = self.output.as_ref();
        let another = another.is_some_and(|another| !Arc::ptr_eq(another, output));
        if is_alone || !has_room || another {
            return Place::Outside;
        }
        self.lines.reserve_exact(MAX_BATCH_BYTES - self.lines.len());
        self.lines.extend_from_slice(line);
        self.output.get_or_insert_with(|| Arc::clone(output));
        match waits {
            true => Place::Waits,
            false => Place::Last,
        }
    }

    fn take(&mut self) -> Option<(Vec<u8>, Arc<WriteLines>)> {
        let output = self.output.take()?;
        Some((mem::take(&mut self.lines), output))
    }

    /// Keeps the room of lines that are written, unless others have come meanwhile.
    fn reuse(&mut self, room: Vec<u8>) {
        if self.lines.is_empty() {
            self.lines = room;
        }
    }
}

/// Lines may wait while this lives.
struct Open {
    /// Whether they might already: a connection may be polled within the poll of another.
    was_open: bool,
}

impl Open {
    fn begin() -> Self {
        let was_open = with_batch(|batch| mem::replace(&mut batch.is_open, true));
        Self {
            was_open: was_open.unwrap_or(false),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        with_batch(|batch| batch.is_open = self.was_open);
        write_batch();
    }
}

#[cfg(test)]
mod tests;
