//! A connection that makes no progress is closed: while its client sends no request, sends the head of one slowly, or
//! does not read its answer.
//!
//! hyper has one timer for the head, which runs while a connection is idle too. Here they are two: a head is due within
//! seconds, while a proxy keeps idle connections for a minute and would lose requests to a server that closes them first.
//! Invariant: no clock runs while a request is worked on; that time has its own limits (`limits.rs`, `mcp.wait_timeout`). A head
//! that begins meanwhile is given the time of an idle connection.
//!
//! Every byte of an answer passes here, so that this is where the lines that wait (`telemetry/line_batch.rs`) are written
//! before it.

mod clock;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures::task::AtomicWaker;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::telemetry::write_batch;
use clock::Clock;

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// To begin with the first request of a connection, and from the first byte of any head to its end.
    pub(crate) head: Duration,
    /// Between two requests, and between two reads of an answer.
    pub(crate) idle: Duration,
}

/// A stream under the clock of its connection.
pub(super) struct PatientStream<S> {
    stream: S,
    patience: Patience,
    work: Arc<Work>,
    deadline: Option<Deadline>,
    clock: Clock,
    /// A write that the client does not take.
    write_deadline: Option<Pin<Box<Sleep>>>,
}

/// Whether a request is worked on, and how many there have been.
#[derive(Default)]
pub(super) struct Work {
    /// How many requests are worked on: the rest of one's body may still come in while the next one is.
    unfinished: AtomicUsize,
    begun: AtomicU64,
    /// Who found nothing to read meanwhile. hyper does not ask again by itself, and the clock would not start.
    reader: AtomicWaker,
}

/// What is waited for, and until when.
struct Deadline {
    due: Due,
    /// The number of requests before this one.
    begun: u64,
    until: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// The first byte of a request.
    Request,
    /// The rest of its head.
    Head,
}

impl Work {
    fn goes_on(&self) -> bool {
        self.unfinished.load(Ordering::Acquire) > 0
    }

    /// A request has arrived. It is worked on until its answer has been sent, and its body taken in.
    pub(super) fn begin(self: &Arc<Self>) -> Unfinished {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.unfinished.fetch_add(1, Ordering::Release);
        Unfinished {
            work: Arc::clone(self),
            wakes_reader: true,
        }
    }
}

/// Ends the work on a request when it is dropped.
pub(super) struct Unfinished {
    work: Arc<Work>,
    wakes_reader: bool,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.work.unfinished.fetch_sub(1, Ordering::Release);
        if self.wakes_reader {
            self.work.reader.wake();
        }
    }
}

impl Unfinished {
    /// The work ends with the body of the answer.
    pub(super) fn until_sent(self: Arc<Self>, response: Response) -> Response {
        response.map(|body| {
            Body::new(AnswerBody {
                body,
                unfinished: Some(self),
            })
        })
    }
}

/// The body of an answer, which keeps the clock still until it has been sent.
struct AnswerBody {
    body: Body,
    unfinished: Option<Arc<Unfinished>>,
}

impl Drop for AnswerBody {
    /// hyper drops it in the task of the connection, and flushes behind it: that starts the clock. A task that wakes itself
    /// is run a second time, for nothing, and wakes another thread to do so.
    fn drop(&mut self) {
        if let Some(mut last) = self.unfinished.take().and_then(Arc::into_inner) {
            last.wakes_reader = false;
        }
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // It may be a stream of the application's, which may block or abort.
        write_batch();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<S> PatientStream<S> {
    pub(super) fn new(stream: S, patience: Patience, work: Arc<Work>) -> Self {
        Self {
            stream,
            patience,
            work,
            deadline: None,
            clock: Clock::default(),
            write_deadline: None,
        }
    }

    /// Sets the clock for what is waited for now, unless it is set for that. Gives until when.
    fn wait_for(&mut self, due: Due) -> Instant {
        let begun = self.work.begun.load(Ordering::Relaxed);
        let patience = match due {
            Due::Request if begun > 0 => self.patience.idle,
            Due::Request | Due::Head => self.patience.head,
        };
        let is_set = |set: &Deadline| set.due == due && set.begun == begun;
        let deadline = self.deadline.take().filter(is_set);
        let deadline = deadline.unwrap_or_else(|| Deadline {
            due,
            begun,
            until: Instant::now() + patience,
        });
        self.deadline.insert(deadline).until
    }

    /// What the client owes: a head that it has begun is not forgotten until it is whole.
    fn due(&self) -> Due {
        let begun = self.work.begun.load(Ordering::Relaxed);
        match &self.deadline {
            Some(deadline) if deadline.begun == begun => deadline.due,
            Some(_) | None => Due::Request,
        }
    }
}

fn out_of_patience(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for PatientStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        this.work.reader.register(context.waker());
        if this.work.goes_on() {
            return read;
        }
        match read {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => {
                // The clock of a head runs from its first byte; what has arrived whole stops it in the next call.
                this.wait_for(Due::Head);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(other) => Poll::Ready(other),
            // An answer that hyper has taken over whole is still on its way, and has a clock of its own.
            Poll::Pending if this.write_deadline.is_some() => Poll::Pending,
            Poll::Pending => {
                let due = this.due();
                let until = this.wait_for(due);
                ready!(this.clock.poll(until, context));
                Poll::Ready(Err(out_of_patience(match due {
                    Due::Request => "no request came in time",
                    Due::Head => "the head of a request did not come in time",
                })))
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> PatientStream<S> {
    /// Gives a client that takes nothing so long, and no longer.
    fn watch_write<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_deadline = None;
            return written;
        }
        let until = Instant::now() + self.patience.idle;
        let deadline = self
            .write_deadline
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Err(out_of_patience("the client does not read its answer")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PatientStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        write_batch();
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch_write(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        write_batch();
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.watch_write(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) && !self.work.goes_on() {
            // An answer has been sent. Whoever waits for the next request may have begun to while the clock stood still.
            let due = self.due();
            let until = self.wait_for(due);
            if self.clock.poll(until, context).is_ready() {
                self.work.reader.wake();
            }
        }
        self.watch_write(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests;
