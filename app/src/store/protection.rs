//! How a connection to the database is protected on its way, by `sslmode` in the URL.

use std::net::IpAddr;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::{Backend, OpenError};

/// How well a connection is protected. Ordered: what comes later protects more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protection {
    /// None, or none that is needed: a file.
    Plain,
    /// Encrypted if the server likes, so that whoever stands in between can switch it off.
    IfOffered,
    /// Encrypted, to whoever answers.
    Encrypted,
    /// And the certificate is of an authority that is trusted, for whichever host.
    OfAuthority,
    /// And for this host.
    OfHost,
}

/// How the connections of a URL are protected.
pub(super) fn protection_of(url: &str) -> Result<Protection, OpenError> {
    let Backend::Postgres { url } = Backend::parse(url)? else {
        return Ok(Protection::Plain);
    };
    let options = PgConnectOptions::from_str(&url).map_err(OpenError::InvalidUrl)?;
    Ok(match options.get_ssl_mode() {
        // The driver does not try to encrypt with `allow`, whatever the server asks for.
        PgSslMode::Disable | PgSslMode::Allow => Protection::Plain,
        PgSslMode::Prefer => Protection::IfOffered,
        PgSslMode::Require => Protection::Encrypted,
        PgSslMode::VerifyCa => Protection::OfAuthority,
        PgSslMode::VerifyFull => Protection::OfHost,
    })
}

/// Whether somebody between this machine and the database could read and change what goes over the connection, the
/// password included: it leaves the machine, and not all is verified.
pub(super) fn is_exposed(url: &str) -> Result<bool, OpenError> {
    let Backend::Postgres { url } = Backend::parse(url)? else {
        return Ok(false);
    };
    let options = PgConnectOptions::from_str(&url).map_err(OpenError::InvalidUrl)?;
    let host = options.get_host();
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
    let stays_here = options.get_socket().is_some() || is_loopback;
    Ok(!stays_here && protection_of(&url)? < Protection::OfHost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_without_being_verified_is_exposed() {
        for (url, expected) in [
            ("postgres://desk@db/desk", true),
            ("postgres://desk@db/desk?sslmode=disable", true),
            ("postgres://desk@db/desk?sslmode=require", true),
            ("postgres://desk@db/desk?sslmode=verify-ca", true),
            ("postgres://desk@db/desk?sslmode=verify-full", false),
            ("postgres://desk@10.0.0.4/desk", true),
            ("postgres://desk@localhost/desk", false),
            ("postgres://desk@127.0.0.1:5433/desk", false),
            ("postgres://desk@%2Frun%2Fpostgresql/desk", false),
            ("sqlite://desk.db", false),
        ] {
            assert_eq!(is_exposed(url).unwrap(), expected, "{url}");
        }
    }
}
