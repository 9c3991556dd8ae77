//! `serve`: from configuration to a running service, until SIGTERM or Ctrl-C.

use std::pin::pin;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::{CommandError, Overrides, block_on, load, sources};
use crate::application::Application;
use crate::server::Service;

pub(super) fn run(application: Application, overrides: &Overrides) -> Result<(), CommandError> {
    let sources = sources(&application, overrides);
    let config = Arc::new(load(&sources)?);
    block_on(async {
        let service = Service::build(application, config, false).await?;
        serve_until_stopped(service).await
    })
}

/// Serves until the first signal, and drains. A second one ends that at once: whoever stops a service twice does not want
/// to wait.
pub(super) async fn serve_until_stopped(service: Service) -> Result<(), CommandError> {
    let mut signals = StopSignals::listen();
    let (stop, stopped) = oneshot::channel::<()>();
    let mut running = pin!(service.run(async {
        // An error means that nobody can stop it any more, which this function rules out.
        let _ = stopped.await;
    }));
    tokio::select! {
        ended = &mut running => return Ok(ended?),
        () = signals.next() => {}
    }
    let _ = stop.send(());
    tokio::select! {
        ended = running => Ok(ended?),
        () = signals.next() => Err(CommandError::Failed(
            "stopped at once by a second signal; requests in flight were cut".to_owned(),
        )),
    }
}

/// SIGTERM, which orchestrators send, and SIGINT, which Ctrl-C sends.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> Self {
        let listen = |kind| signal(kind).expect("both can be listened for on every Unix");
        Self {
            terminate: listen(SignalKind::terminate()),
            interrupt: listen(SignalKind::interrupt()),
        }
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }
}
