//! Where log lines go: JSON lines for machines or readable ones for people, always on standard error.
//!
//! Standard output belongs to the commands that print an artifact.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, TelemetryConfig};

/// Installs the process-wide log. A second call changes nothing.
pub(crate) fn install(config: &TelemetryConfig) {
    let filter = EnvFilter::try_new(with_quiet_protocol(&config.log_level))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let installed = match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init(),
        LogFormat::Pretty => builder
            .with_target(false)
            .with_ansi(io::stderr().is_terminal())
            .finish()
            .try_init(),
    };
    if let Err(error) = installed {
        tracing::debug!(%error, "a log was installed already");
    }
}

/// Keeps rmcp to its errors, unless told otherwise. Without sessions every call is a connection to it, whose beginning
/// and end it tells; and its warnings repeat ids and versions of messages, each as long as a caller likes.
fn with_quiet_protocol(log_level: &str) -> String {
    match log_level.contains("rmcp") {
        true => log_level.to_owned(),
        false => format!("{log_level},rmcp=error"),
    }
}
