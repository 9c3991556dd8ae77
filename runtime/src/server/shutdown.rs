//! Where the service stands on its way out: serving, draining, closing. One value, seen from everywhere.
//!
//! Draining is for load balancers: not ready, still serving. Closing is for clients that would otherwise stay: event
//! streams end and waits for jobs are answered, so that no open one holds up the end of the process.

use tokio::sync::watch;

/// The way out of one service. Clones see the same.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown {
    phase: watch::Sender<Phase>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Draining,
    Closing,
}

impl Shutdown {
    /// A service that serves.
    pub(crate) fn new() -> Self {
        Self {
            phase: watch::Sender::new(Phase::Serving),
        }
    }

    /// Says that load balancers should look away.
    pub(crate) fn begin_draining(&self) {
        self.phase.send_replace(Phase::Draining);
    }

    /// Says that no further connection is accepted.
    pub(crate) fn begin_closing(&self) {
        self.phase.send_replace(Phase::Closing);
    }

    /// Whether the service is on its way out.
    pub(crate) fn is_draining(&self) -> bool {
        match *self.phase.borrow() {
            Phase::Serving => false,
            Phase::Draining | Phase::Closing => true,
        }
    }

    /// Resolves when the service closes, at once if it does already.
    pub(crate) async fn closing(self) {
        let mut phase = self.phase.subscribe();
        let closing = phase.wait_for(|phase| *phase == Phase::Closing).await;
        closing.expect("the sender lives as long as this future, which owns one");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn draining_is_not_yet_closing() {
        let shutdown = Shutdown::new();
        assert!(!shutdown.is_draining());
        shutdown.clone().begin_draining();
        assert!(shutdown.is_draining());
        assert!(shutdown.clone().closing().now_or_never().is_none());
        shutdown.begin_closing();
        assert!(shutdown.is_draining());
        assert!(shutdown.closing().now_or_never().is_some());
    }
}
