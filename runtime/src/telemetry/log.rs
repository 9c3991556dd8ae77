//! Where log lines go: JSON lines for machines or readable ones for people, always on standard error.
//!
//! Standard output belongs to the commands that print an artifact.

use std::fmt::{self, Debug};
use std::io::{self, IsTerminal, Write as _};
use std::time::Duration;

use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::json_line::JsonLines;
use super::line_batch::LineOutput;
use crate::config::{LogFormat, TelemetryConfig};

/// Installs the process-wide log. A second call changes nothing.
pub(crate) fn install(config: &TelemetryConfig) {
    let filter = EnvFilter::try_new(with_quiet_protocol(&config.log_level))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let installed = match config.log_format {
        LogFormat::Json => tracing_subscriber::registry()
            .with(filter)
            .with(JsonLines::new(standard_error()))
            .try_init(),
        LogFormat::Pretty => tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(standard_error())
            .with_target(false)
            .fmt_fields(debug_fn(write_field).delimited(" "))
            .with_ansi(io::stderr().is_terminal())
            .finish()
            .try_init(),
    };
    if let Err(error) = installed {
        tracing::debug!(%error, "a log was installed already");
    }
}

fn standard_error() -> LineOutput {
    LineOutput::new(|lines| {
        // Nobody is left to be told that the log cannot be written.
        let _ = io::stderr().write_all(lines);
    })
}

/// How long something took, in the microseconds that lines tell.
pub(crate) fn micros(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
}

/// Writes a field for people, on one line: line ends and what moves a terminal's cursor are escaped.
fn write_field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    if field.name() != "message" {
        write!(writer, "{}=", field.name())?;
    }
    for character in format!("{value:?}").chars() {
        match character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            true => write!(writer, "{}", character.escape_default())?,
            false => writer.write_char(character)?,
        }
    }
    Ok(())
}

/// Keeps rmcp to its errors, unless told otherwise. Without sessions every call is a connection to it, whose beginning
/// and end it tells; and its warnings repeat ids and versions of messages, each as long as a caller likes. The exporters of
/// OpenTelemetry repeat every batch that fails, which is said once where it is sent.
fn with_quiet_protocol(log_level: &str) -> String {
    let mut filter = log_level.to_owned();
    for (target, directive) in [
        ("rmcp", ",rmcp=error"),
        ("opentelemetry", ",opentelemetry=off"),
    ] {
        if !log_level.contains(target) {
            filter.push_str(directive);
        }
    }
    filter
}
