//! Where the service stands on its way out: serving, draining, closing, cutting. One value, seen from everywhere.
//!
//! Draining is for load balancers: not ready, still serving. Closing is for clients that would otherwise stay: event
//! streams end and waits for jobs are answered, so that no open one holds up the end of the process. Cutting is for calls
//! that are still running at the end of the grace: they are given up while they can still be recorded.

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
    Cutting,
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

    /// Says that calls which are still running are given up.
    pub(crate) fn begin_cutting(&self) {
        self.phase.send_replace(Phase::Cutting);
    }

    /// Whether the service is on its way out.
    pub(crate) fn is_draining(&self) -> bool {
        match *self.phase.borrow() {
            Phase::Serving => false,
            Phase::Draining | Phase::Closing | Phase::Cutting => true,
        }
    }

    /// Resolves when the service closes, at once if it does already.
    pub(crate) async fn closing(self) {
        self.reaching(|phase| match phase {
            Phase::Serving | Phase::Draining => false,
            Phase::Closing | Phase::Cutting => true,
        })
        .await;
    }

    /// Resolves when calls are given up, at once if they are already.
    pub(crate) async fn cutting(self) {
        self.reaching(|phase| match phase {
            Phase::Serving | Phase::Draining | Phase::Closing => false,
            Phase::Cutting => true,
        })
        .await;
    }

    async fn reaching(self, is_reached: fn(Phase) -> bool) {
        let mut phase = self.phase.subscribe();
        let reached = phase.wait_for(|phase| is_reached(*phase)).await;
        reached.expect("the sender lives as long as this future, which owns one");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn draining_is_not_yet_closing_and_closing_not_yet_cutting() {
        let shutdown = Shutdown::new();
        assert!(!shutdown.is_draining());
        shutdown.clone().begin_draining();
        assert!(shutdown.is_draining());
        assert!(shutdown.clone().closing().now_or_never().is_none());
        shutdown.begin_closing();
        assert!(shutdown.is_draining());
        assert!(shutdown.clone().closing().now_or_never().is_some());
        assert!(shutdown.clone().cutting().now_or_never().is_none());
        shutdown.begin_cutting();
        assert!(shutdown.is_draining());
        for over in [
            shutdown.clone().closing().now_or_never(),
            shutdown.cutting().now_or_never(),
        ] {
            assert!(over.is_some());
        }
    }
}
