//! Tells a database that is out of reach from a statement that failed: the one passes, and callers may try again.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use portcullis::api_spec::ProblemDef;
use portcullis::{Problem, Problems};

/// Seconds until it is worth asking again.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Length of a SQLSTATE, which SQLite's codes never have.
const SQLSTATE_LENGTH: usize = 5;

/// Another process has held the file for longer than a statement waits (`SQLITE_BUSY`).
const SQLITE_BUSY: u32 = 5;
/// The disk is full (`SQLITE_FULL`), as PostgreSQL's class 53 says of its own.
const SQLITE_FULL: u32 = 13;

/// The database does not answer, lets nobody in, or has no free connection; another process holds its file.
///
/// A statement whose connection broke may have been carried out all the same.
#[derive(Debug, thiserror::Error)]
#[error("the database is out of reach")]
pub struct Outage(#[source] sqlx::Error);

impl Outage {
    const DEPENDENCY_UNAVAILABLE: ProblemDef = ProblemDef {
        status: 503,
        code: "dependency_unavailable",
        title: "The desk cannot reach its data right now; try again in a moment",
    };

    /// Keeps an error of the connection, or gives back one of the statement.
    pub(super) fn of(error: sqlx::Error) -> Result<Self, sqlx::Error> {
        match is_of_the_connection(&error) {
            true => Ok(Self(error)),
            false => Err(error),
        }
    }
}

fn is_of_the_connection(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Database(error) = error {
        return error
            .code()
            .is_some_and(|code| match code.len() == SQLSTATE_LENGTH {
                true => is_of_the_server(&code),
                false => is_of_the_file(&code),
            });
    }
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // What answers breaks off, or is no database: the end of a stream in the middle of a sign-in is told as this.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    )
}

/// Whether a SQLSTATE is about the server and not about the statement (PostgreSQL documentation, appendix A).
fn is_of_the_server(code: &str) -> bool {
    // A connection exception, a sign-in that is refused, resources that have run out.
    let of_their_class = ["08", "28", "53"];
    // It shuts down, has crashed, is starting, lost the database, or ended a session that rested.
    let of_an_intervention = ["57P01", "57P02", "57P03", "57P04", "57P05"];
    of_their_class.iter().any(|class| code.starts_with(class)) || of_an_intervention.contains(&code)
}

/// Whether a result code of SQLite's is about the file and not about the statement. The lowest byte of an extended code is its
/// primary one (SQLite documentation, "Result and Error Codes").
fn is_of_the_file(code: &str) -> bool {
    let code: Result<u32, _> = code.parse();
    code.is_ok_and(|code| matches!(code & 0xff, SQLITE_BUSY | SQLITE_FULL))
}

impl Problems for Outage {
    const PROBLEMS: &'static [ProblemDef] = &[Self::DEPENDENCY_UNAVAILABLE];
}

impl From<Outage> for Problem {
    fn from(outage: Outage) -> Self {
        Problem::new(Outage::DEPENDENCY_UNAVAILABLE)
            .with_cause(&outage)
            .with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
    }
}

impl IntoResponse for Outage {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::fmt;
    use std::io;

    use sqlx::error::{DatabaseError, ErrorKind};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::*;
    use crate::store::StoreError;

    /// What a server answered.
    #[derive(Debug)]
    struct Answered(&'static str);

    impl fmt::Display for Answered {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("FATAL")
        }
    }

    impl std::error::Error for Answered {}

    impl DatabaseError for Answered {
        fn message(&self) -> &str {
            "FATAL"
        }
        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[tokio::test]
    async fn whoever_answers_and_hangs_up_is_out_of_reach() {
        sqlx::any::install_default_drivers();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // The wish for TLS is read, or the end would be a reset.
                let _ = stream.read(&mut [0; 8]).await;
            }
        });
        for mode in ["disable", "prefer", "verify-full"] {
            let url = format!("postgres://desk@{address}/desk?sslmode={mode}");
            let pool = sqlx::AnyPool::connect_lazy(&url).unwrap();
            let asked = sqlx::query("SELECT 1").execute(&pool).await;
            let error = asked.unwrap_err();
            let shown = error.to_string();
            let problem = Problem::from(StoreError::from(error));
            assert_eq!(problem.status().as_u16(), 503, "{mode}: {shown}");
        }
    }

    fn answered(code: &'static str) -> sqlx::Error {
        sqlx::Error::Database(Box::new(Answered(code)))
    }

    #[test]
    fn a_database_out_of_reach_is_503_and_any_other_failure_500() {
        let io = |kind| sqlx::Error::Io(io::Error::from(kind));
        for (case, error, expected) in [
            ("refused", io(io::ErrorKind::ConnectionRefused), 503),
            ("cut", io(io::ErrorKind::UnexpectedEof), 503),
            ("certificate", sqlx::Error::Tls("expired".into()), 503),
            ("no free connection", sqlx::Error::PoolTimedOut, 503),
            ("closing", sqlx::Error::PoolClosed, 503),
            ("SQLite's thread", sqlx::Error::WorkerCrashed, 503),
            ("connection failure", answered("08006"), 503),
            ("wrong password", answered("28P01"), 503),
            ("too many connections", answered("53300"), 503),
            ("shutting down", answered("57P01"), 503),
            ("starting", answered("57P03"), 503),
            ("cancelled statement", answered("57014"), 500),
            ("duplicate key", answered("23505"), 500),
            ("no such table", answered("42P01"), 500),
            ("no such permission", answered("42501"), 500),
            ("SQLite: another writes", answered("5"), 503),
            ("SQLite: another wrote meanwhile", answered("517"), 503),
            ("SQLite: no room", answered("13"), 503),
            ("SQLite: constraint", answered("2067"), 500),
            ("SQLite: no such table", answered("1"), 500),
            ("no code", answered(""), 500),
            ("SQLite: beginning like a class", answered("2826"), 500),
            ("no row", sqlx::Error::RowNotFound, 500),
            ("column", sqlx::Error::ColumnNotFound("id".into()), 500),
        ] {
            let problem = Problem::from(StoreError::from(error));
            assert_eq!(problem.status().as_u16(), expected, "{case}");
            let waits = problem.into_response().headers().get(header::RETRY_AFTER)
                == Some(&RETRY_AFTER_SECONDS);
            assert_eq!(waits, expected == 503, "{case}");
        }
    }
}
