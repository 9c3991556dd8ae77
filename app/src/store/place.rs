//! Which database a URL names, and another URL for the same one: a rotated password is followed while running.
//!
//! Invariant: a running store never changes its database. What has been read from one must not be written to another.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::any::AnyConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AnyConnection, Connection};

use super::protection::protection_of;
use super::{ACQUIRE_TIMEOUT, Backend, OpenError, Store};

/// A database, whoever signs in to it and however.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Of this process, and gone with it.
    Memory,
    File(PathBuf),
    Postgres {
        host: String,
        socket: Option<PathBuf>,
        port: u16,
        database: String,
        /// Settings of the session, such as `search_path`, which says whose tables are meant.
        options: Option<String>,
    },
}

/// Why another URL was not taken. It is left out: it may carry a password.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Another server, file or database, or other `options`, by which other tables may be meant: only a start opens them
    /// and brings them up to date.
    #[error(
        "app.database_url names another database or other options: restart the service to take it"
    )]
    AnotherDatabase,
    /// The password and every row would go over a connection that is protected less than the operator has asked for.
    #[error(
        "app.database_url asks for a weaker sslmode than the one in use: restart the service to take it"
    )]
    WeakerProtection,
    /// A database in memory has nobody to sign in to.
    #[error("the database is in memory: restart the service to open another one")]
    InMemory,
    /// It cannot be read.
    #[error(transparent)]
    Url(#[from] OpenError),
    /// Nobody is let in with it, or nothing answers.
    #[error("the database of the new app.database_url cannot be opened")]
    Connect(#[source] sqlx::Error),
    /// As above, and nothing said why.
    #[error("the database of the new app.database_url does not answer within {ACQUIRE_TIMEOUT:?}")]
    Silent,
}

impl Place {
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        Ok(match Backend::parse(url)? {
            Backend::SqliteInMemory => Place::Memory,
            Backend::SqliteFile { file, .. } => Place::File(file),
            Backend::Postgres { url } => {
                let options = PgConnectOptions::from_str(&url).map_err(OpenError::InvalidUrl)?;
                // A complete URL names one.
                let database = options.get_database().unwrap_or_default();
                Place::Postgres {
                    host: options.get_host().to_owned(),
                    socket: options.get_socket().cloned(),
                    port: options.get_port(),
                    database: database.to_owned(),
                    options: options.get_options().map(str::to_owned),
                }
            }
        })
    }
}

impl Store {
    /// Takes another URL of the same database for connections that are opened from now on. Those that are open stay until
    /// they have served their time.
    ///
    /// A connection is tried first, so that a URL that lets nobody in does not take the place of one that does.
    ///
    /// # Errors
    /// [`ChangeError`]; then everything is as before.
    pub async fn change_url(&self, url: &str) -> Result<(), ChangeError> {
        let place = Place::parse(url)?;
        if *self.place == Place::Memory {
            return Err(ChangeError::InMemory);
        }
        if place != *self.place {
            return Err(ChangeError::AnotherDatabase);
        }
        let in_use = self.pool.connect_options();
        if protection_of(url)? < protection_of(in_use.database_url.as_str())? {
            return Err(ChangeError::WeakerProtection);
        }
        let url = match Backend::parse(url)? {
            Backend::SqliteFile { url, .. } | Backend::Postgres { url } => url,
            Backend::SqliteInMemory => url.to_owned(),
        };
        let options = AnyConnectOptions::from_str(&url).map_err(OpenError::InvalidUrl)?;
        let trying = AnyConnection::connect_with(&options);
        let connection = tokio::time::timeout(ACQUIRE_TIMEOUT, trying).await;
        let connection = connection.map_err(|_| ChangeError::Silent)?;
        let connection = connection.map_err(ChangeError::Connect)?;
        // It has shown that the database lets us in, and that is all.
        let _ = connection.close().await;
        self.pool.set_connect_options(options);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::tests::{count_instruments, fresh_folder};

    #[test]
    fn who_signs_in_and_how_does_not_make_another_database() {
        let same = [
            (
                "another password",
                "postgres://desk:old@db/desk",
                "postgres://desk:new@db/desk",
            ),
            (
                "another user",
                "postgres://blue@db/desk",
                "postgres://green@db/desk",
            ),
            (
                "the port spelt out",
                "postgres://desk@db:5432/desk",
                "postgresql://desk@db/desk",
            ),
            (
                "parameters of the connection",
                "postgres://desk@db/desk",
                "postgres://desk@db/desk?sslmode=require&application_name=desk",
            ),
            (
                "the same options",
                "postgres://desk@db/desk?options[search_path]=one",
                "postgres://desk:new@db/desk?options[search_path]=one",
            ),
            ("a mode", "sqlite://desk.db", "sqlite://desk.db?mode=rwc"),
        ];
        for (case, one, other) in same {
            let (one, other) = (Place::parse(one).unwrap(), Place::parse(other).unwrap());
            assert_eq!(one, other, "{case}");
        }
        let different = [
            (
                "another name",
                "postgres://desk@db/desk",
                "postgres://desk@db/other",
            ),
            (
                "the user's name",
                "postgres://blue@db",
                "postgres://green@db",
            ),
            (
                "another host",
                "postgres://desk@db/desk",
                "postgres://desk@db2/desk",
            ),
            (
                "another port",
                "postgres://desk@db/desk",
                "postgres://desk@db:5433/desk",
            ),
            (
                "another schema",
                "postgres://desk@db/desk",
                "postgres://desk@db/desk?options[search_path]=other",
            ),
            (
                "another schema in words of psql",
                "postgres://desk@db/desk?options=-c%20search_path%3Done",
                "postgres://desk@db/desk?options=-c%20search_path%3Dother",
            ),
            ("another file", "sqlite://desk.db", "sqlite://other.db"),
            (
                "another driver",
                "postgres://desk@db/desk",
                "sqlite://desk.db",
            ),
            ("memory", "sqlite://desk.db", "sqlite::memory:"),
        ];
        for (case, one, other) in different {
            let (one, other) = (Place::parse(one).unwrap(), Place::parse(other).unwrap());
            assert_ne!(one, other, "{case}");
        }
    }

    #[tokio::test]
    async fn another_database_is_refused_and_the_open_one_stays() {
        let folder = fresh_folder();
        let url = |name: &str| format!("sqlite://{}", folder.join(name).display());
        let store = Store::open(&url("desk.db")).await.unwrap();
        let other = url("other.db");
        for refused in [&*other, "postgres://desk@db/desk", "sqlite::memory:"] {
            let refused = store.change_url(refused).await;
            assert!(
                matches!(refused, Err(ChangeError::AnotherDatabase)),
                "{refused:?}"
            );
        }
        assert!(
            !folder.join("other.db").exists(),
            "a URL that is refused makes no file"
        );
        let taken = store.change_url(&(url("desk.db") + "?mode=rw")).await;
        taken.unwrap();
        assert_eq!(count_instruments(&store).await, 8);
        store.pool().close().await;
        tokio::fs::remove_dir_all(folder).await.unwrap();
    }

    /// A store of a PostgreSQL that nobody has asked yet, and whose port nobody listens at.
    fn unasked(mode: &str) -> (Store, String) {
        sqlx::any::install_default_drivers();
        let url = format!("postgres://desk@127.0.0.1:1/desk?sslmode={mode}");
        let store = Store {
            pool: sqlx::AnyPool::connect_lazy(&url).unwrap(),
            place: Arc::new(Place::parse(&url).unwrap()),
        };
        (store, url)
    }

    #[tokio::test]
    async fn a_connection_is_never_protected_less_than_before() {
        // The driver encrypts with `allow` no more than with `disable`.
        let modes = [
            ("disable", 0),
            ("allow", 0),
            ("prefer", 1),
            ("require", 2),
            ("verify-ca", 3),
            ("verify-full", 4),
        ];
        for (is, is_rank) in modes {
            let (store, url) = unasked(is);
            for (asked, asked_rank) in modes {
                let other = url.replace(is, asked);
                let refused = store.change_url(&other).await.unwrap_err();
                // What passes is tried, and nobody answers.
                let is_tried = matches!(refused, ChangeError::Connect(_));
                let is_weaker = matches!(refused, ChangeError::WeakerProtection);
                let expected = (asked_rank >= is_rank, asked_rank < is_rank);
                assert_eq!((is_tried, is_weaker), expected, "{is}, {asked}: {refused}");
            }
        }
    }

    #[tokio::test]
    async fn a_mode_that_is_left_out_is_weaker_than_one_that_asks_for_tls() {
        let (store, url) = unasked("require");
        let without = url.split('?').next().unwrap();
        let refused = store.change_url(without).await;
        assert!(
            matches!(refused, Err(ChangeError::WeakerProtection)),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn a_url_that_lets_nobody_in_does_not_take_the_place_of_one_that_does() {
        let folder = fresh_folder();
        let url = format!("sqlite://{}", folder.join("desk.db").display());
        let store = Store::open(&url).await.unwrap();
        let before = store.pool().connect_options().database_url.clone();
        // Nothing but the mode differs, and the file is gone.
        tokio::fs::remove_dir_all(&folder).await.unwrap();
        let refused = store.change_url(&(url + "?mode=ro")).await;
        assert!(
            matches!(refused, Err(ChangeError::Connect(_))),
            "{refused:?}"
        );
        assert_eq!(store.pool().connect_options().database_url, before);
    }

    #[tokio::test]
    async fn a_database_in_memory_cannot_be_left() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let refused = store.change_url("sqlite::memory:").await;
        assert!(matches!(refused, Err(ChangeError::InMemory)), "{refused:?}");
    }
}
