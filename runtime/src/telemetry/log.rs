//! Where log lines go: JSON lines for machines or readable ones for people, always on standard error.
//!
//! Standard output belongs to the commands that print an artifact.

use std::fmt::{self, Debug};
use std::io::{self, IsTerminal, Write as _};
use std::time::Duration;

use tracing::field::Field;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::json_line::JsonLines;
use super::line_batch::LineOutput;
use crate::config::{LogFormat, TelemetryConfig};

/// Installs the process-wide log. A second call changes nothing.
pub(crate) fn install(config: &TelemetryConfig) {
    let registry = tracing_subscriber::registry().with(filter_of(&config.log_level));
    let installed = match config.log_format {
        LogFormat::Json => registry.with(JsonLines::new(standard_error())).try_init(),
        LogFormat::Pretty => {
            let lines = tracing_subscriber::fmt::layer()
                .with_writer(standard_error())
                .with_target(false)
                .fmt_fields(debug_fn(write_field).delimited(" "))
                .with_ansi(io::stderr().is_terminal());
            registry.with(lines).try_init()
        }
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

/// What is logged: of what the filter does not name, errors.
///
/// rmcp is kept to its errors, unless told otherwise. Without sessions every call is a connection to it, whose beginning
/// and end it tells; and its warnings repeat ids and versions of messages, each as long as a caller likes. The exporters of
/// OpenTelemetry repeat every batch that fails, which is said once where it is sent.
fn filter_of(log_level: &str) -> Targets {
    // Of two directives for one target the last counts.
    let filter = format!("error,rmcp=error,opentelemetry=off,{log_level}");
    let filter: Result<Targets, _> = filter.parse();
    filter.unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn the_most_exact_directive_counts_and_what_none_names_tells_its_errors() {
        let (app, rmcp, exporter) = ("desk::api", "rmcp::service", "opentelemetry_sdk");
        for (log_level, target, loudest) in [
            ("info", app, Some(Level::INFO)),
            ("debug", app, Some(Level::DEBUG)),
            ("off", app, None),
            ("desk=debug", app, Some(Level::DEBUG)),
            ("desk=debug", "hyper", Some(Level::ERROR)),
            ("desk=debug,desk::api=warn", app, Some(Level::WARN)),
            ("desk::api=off,info", app, None),
            ("trace", rmcp, Some(Level::ERROR)),
            ("rmcp=debug,info", rmcp, Some(Level::DEBUG)),
            ("rmcp::transport=debug", rmcp, Some(Level::ERROR)),
            ("trace", exporter, None),
            ("opentelemetry_sdk=warn", exporter, Some(Level::WARN)),
        ] {
            let filter = filter_of(log_level);
            let levels = [
                Level::TRACE,
                Level::DEBUG,
                Level::INFO,
                Level::WARN,
                Level::ERROR,
            ];
            let mut enabled = levels.iter().filter(|it| filter.would_enable(target, it));
            assert_eq!(enabled.next(), loudest.as_ref(), "{log_level}: {target}");
        }
    }
}
