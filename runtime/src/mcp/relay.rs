//! From the steps of long work to `notifications/progress`, for a client that has sent a progress token.
//!
//! rmcp turns the JSON answer into an event stream with the first notification. Invariant: what is told strictly
//! increases, and the last step is told before the answer goes out, to a client that reads.

use std::pin::pin;
use std::time::Duration;

use futures::FutureExt;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::RequestContext;
use rmcp::{Peer, RoleServer};
use tokio::time::Instant;

use crate::progress::{Step, Steps};

/// Shortest time between two notifications. Work may report as often as it likes.
const INTERVAL: Duration = Duration::from_millis(100);
/// How long the answer waits for a client to take the last step.
const LAST_STEP_TIMEOUT: Duration = Duration::from_secs(1);

/// What is told about one call.
#[derive(Debug)]
pub(super) struct Relay {
    listener: Option<Listener>,
}

#[derive(Debug)]
struct Listener {
    peer: Peer<RoleServer>,
    token: ProgressToken,
    told: Option<f64>,
}

/// Why relaying ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RelayEnd {
    /// The work has ended.
    Work,
    /// The wait has.
    Wait,
}

impl Relay {
    /// Tells nobody anything. The work is waited for all the same.
    pub(super) const fn silent() -> Self {
        Self { listener: None }
    }

    /// Relays to whoever made this call. Without a progress token nothing is told.
    pub(super) fn to_caller(context: &RequestContext<RoleServer>) -> Self {
        let listener = context.meta.get_progress_token().map(|token| Listener {
            peer: context.peer.clone(),
            token,
            told: None,
        });
        Self { listener }
    }

    /// Tells step after step until the work ends or `until` resolves. All that has been said by then is told.
    pub(super) async fn run(
        &mut self,
        steps: &mut Steps,
        until: impl Future<Output = ()>,
    ) -> RelayEnd {
        let mut until = pin!(until);
        let mut pause = pin!(tokio::time::sleep(Duration::ZERO));
        let mut untold = None;
        let end = loop {
            tokio::select! {
                biased;
                () = &mut until => {
                    let unheard = steps.next().now_or_never().flatten();
                    untold = unheard.or(untold);
                    break RelayEnd::Wait;
                }
                () = &mut pause, if untold.is_some() => {
                    // A client that stops reading must not stop the clock of the wait.
                    tokio::select! {
                        biased;
                        () = self.tell(untold.take()) => {}
                        () = &mut until => break RelayEnd::Wait,
                    }
                    pause.as_mut().reset(Instant::now() + INTERVAL);
                }
                step = steps.next() => match step {
                    Some(step) => untold = Some(step),
                    None => break RelayEnd::Work,
                },
            }
        };
        // A client that does not read gets the answer without the last step, and not never.
        let _ = tokio::time::timeout(LAST_STEP_TIMEOUT, self.tell(untold)).await;
        end
    }

    async fn tell(&mut self, step: Option<Step>) {
        let (Some(step), Some(listener)) = (step, &mut self.listener) else {
            return;
        };
        let done = step.done as f64;
        if listener.told.is_some_and(|told| done <= told) {
            return;
        }
        listener.told = Some(done);
        let mut notification = ProgressNotificationParam::new(listener.token.clone(), done);
        if let Some(total) = step.total {
            notification = notification.with_total(total as f64);
        }
        if !step.message.is_empty() {
            notification = notification.with_message(step.message);
        }
        // Awaited, so that it stands in the stream before what follows. A client that has gone ends the call elsewhere.
        let _ = listener.peer.notify_progress(notification).await;
    }
}
