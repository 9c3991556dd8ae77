//! `serve`: from configuration to a running service, until SIGTERM or Ctrl-C.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::{CommandError, Overrides, block_on, load, sources};
use crate::api::Api;
use crate::server::Service;

pub(super) fn run<S>(api: Api<S>, overrides: &Overrides) -> Result<(), CommandError>
where
    S: Clone + Send + Sync + 'static,
{
    let sources = sources(&api.facts, api.endpoints.vocabulary, overrides);
    let config = Arc::new(load(&sources)?);
    block_on(async {
        let service = Service::build(api, config, false).await?;
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
