//! How far long work is: `Progress` says it, `Steps` hears it.
//!
//! Only the latest step is kept. Work never waits for whoever listens, and nobody may listen at all. Invariant: each
//! step is further than the one before.

use axum::extract::FromRequestParts;
use http::request::Parts;
use portcullis_api_spec::Op;
use tokio::sync::watch;

use crate::arg::Arg;
use crate::problem::Problem;

/// Longest message of a step, in characters. What is longer is cut.
const MAX_MESSAGE: usize = 200;

/// The handle by which work says how far it is. Clones speak for the same work, which ends when the last is dropped.
///
/// As an argument of an endpoint it is silent over REST; over MCP each step becomes a `notifications/progress`, when the
/// client has sent a progress token. A tool call of such an endpoint may take as long as `mcp.wait_timeout`; over REST
/// `server.request_timeout` holds. Work that takes longer, or that goes on when its client goes away, is a job: reply
/// [`Accepted`](crate::Accepted).
///
/// # Examples
/// ```
/// # mod api {
/// #     #[derive(Clone, Copy, portcullis::Roles)]
/// #     pub enum Role {}
/// #     #[derive(Clone, Copy, portcullis::Scopes)]
/// #     pub enum Scope {}
/// #     portcullis::api! { state = (), roles = Role, scopes = Scope }
/// # }
/// use portcullis::{Json, Progress, endpoint};
///
/// /// Add up the pages.
/// #[endpoint(post, "/pages/sum", signed_in, mcp)]
/// async fn add_pages(progress: Progress) -> Json<u64> {
///     let mut sum = 0;
///     for page in 1..=20 {
///         sum += page;
///         progress.report(page, 20, format!("page {page} added"));
///     }
///     Json(sum)
/// }
/// # fn main() { let _ = portcullis::endpoints![add_pages]; }
/// ```
#[derive(Debug, Clone)]
pub struct Progress {
    latest: watch::Sender<Option<Step>>,
}

/// One step of long work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How much is done; grows with each step.
    pub done: u64,
    /// How much there is to do, where that is known.
    pub total: Option<u64>,
    /// What has just been done, for people. At most 200 characters.
    pub message: String,
}

/// Hears the steps of one [`Progress`]. A clone hears them too, from where its original stands.
///
/// Who is slower than the work misses steps in between, never the last one.
#[derive(Debug, Clone)]
pub struct Steps {
    latest: watch::Receiver<Option<Step>>,
}

impl Progress {
    /// Makes the handle for a job, and the end at which its steps are heard.
    #[must_use]
    pub fn channel() -> (Progress, Steps) {
        let (sender, receiver) = watch::channel(None);
        (Progress { latest: sender }, Steps { latest: receiver })
    }

    /// A handle that nobody listens to, such as for a job that is taken up again after a restart.
    #[must_use]
    pub fn silent() -> Progress {
        Progress::channel().0
    }

    /// Says how much is done, in units of the work's own, of how much where that is known.
    ///
    /// Nothing is said when `done` is not above what was said before.
    pub fn report(&self, done: u64, total: impl Into<Option<u64>>, message: impl Into<String>) {
        let (total, message) = (total.into(), shorten(message.into()));
        self.latest.send_if_modified(|latest| {
            let is_further = latest.as_ref().is_none_or(|latest| done > latest.done);
            if is_further {
                *latest = Some(Step {
                    done,
                    total,
                    message,
                });
            }
            is_further
        });
    }
}

impl Steps {
    /// Waits for a step that was not heard yet; `None` once the work has ended and the last one was heard.
    ///
    /// Cancel safe: a step is heard only when this returns it.
    pub async fn next(&mut self) -> Option<Step> {
        self.latest.changed().await.ok()?;
        self.latest.borrow_and_update().clone()
    }
}

fn shorten(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE) {
        message.truncate(end);
    }
    message
}

impl<S> Arg<S> for Progress {
    fn describe(op: &mut Op) {
        op.reports_progress = true;
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Progress {
    type Rejection = Problem;

    /// Takes the handle that a tool call listens to; a request over REST has none.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let heard = parts.extensions.get::<Progress>().cloned();
        Ok(heard.unwrap_or_else(Progress::silent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn next(steps: &mut Steps) -> Option<Option<u64>> {
        let step = steps.next().now_or_never()?;
        Some(step.map(|step| step.done))
    }

    #[test]
    fn a_step_that_is_not_further_is_not_said() {
        let (progress, mut steps) = Progress::channel();
        progress.report(0, 3, "begun");
        assert_eq!(next(&mut steps), Some(Some(0)));
        for done in [0, 2, 1, 2] {
            progress.report(done, 3, "");
        }
        assert_eq!(next(&mut steps), Some(Some(2)));
        assert_eq!(next(&mut steps), None, "there is none yet");
    }

    #[test]
    fn the_last_step_is_heard_after_the_end() {
        let (progress, mut steps) = Progress::channel();
        let mut later = steps.clone();
        progress.report(1, None, "one");
        progress.report(2, None, "two");
        drop(progress);
        assert_eq!(next(&mut steps), Some(Some(2)));
        assert_eq!(next(&mut steps), Some(None));
        assert_eq!(next(&mut later), Some(Some(2)));
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let (progress, mut steps) = Progress::channel();
        progress.report(1, 1, "ä".repeat(300));
        let step = steps.next().now_or_never().unwrap().unwrap();
        assert_eq!(step.message.chars().count(), MAX_MESSAGE);
    }

    #[test]
    fn work_goes_on_when_nobody_listens() {
        let progress = Progress::silent();
        progress.report(1, 2, "alone");
        progress.report(2, 2, "done");
    }
}
