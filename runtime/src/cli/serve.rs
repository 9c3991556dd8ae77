//! `serve`: from configuration to a running service, until SIGTERM or Ctrl-C.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::{CommandError, Overrides, block_on, load, sources};
use crate::application::Application;
use crate::server::Service;

pub(super) fn run(application: Application, overrides: &Overrides) -> Result<(), CommandError> {
    let sources = sources(
        &application.facts,
        application.endpoints.vocabulary,
        overrides,
    );
    let config = Arc::new(load(&sources)?);
    block_on(async {
        let service = Service::build(application, config, false).await?;
        Ok(service.run(asked_to_stop()).await?)
    })
}

/// Resolves on SIGTERM, which orchestrators send, or SIGINT, which Ctrl-C sends.
pub(super) async fn asked_to_stop() {
    let mut terminate =
        signal(SignalKind::terminate()).expect("SIGTERM can be listened for on every Unix");
    let mut interrupt =
        signal(SignalKind::interrupt()).expect("SIGINT can be listened for on every Unix");
    tokio::select! {
        _ = terminate.recv() => (),
        _ = interrupt.recv() => (),
    }
}
