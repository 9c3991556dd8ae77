//! A PostgreSQL URL that says everything, so that the driver takes nothing from the environment.
//!
//! What a URL leaves out, the driver looks for in `PGSSLMODE`, `PGPASSWORD` and others, in `~/.pgpass` and in the name of the
//! process's user. Where the configuration comes from is shown by `config explain`, and that would not be. Invariant:
//! completing a complete URL changes nothing.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use url::Url;

use super::OpenError;

/// A file without a certificate: nobody is trusted beside the public authorities.
const NO_CERTIFICATE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// What is said under which names, and what it is when it is not.
const DEFAULTS: [(&[&str], &str); 3] = [
    (&["sslmode", "ssl-mode"], "prefer"),
    (&["sslrootcert", "ssl-root-cert", "ssl-ca"], NO_CERTIFICATE),
    (&["application_name"], "research-desk"),
];

/// Says in a PostgreSQL URL what it leaves out.
///
/// # Errors
/// It names no host or no user, or the environment adds what no URL can take away.
pub(super) fn complete(url: &str) -> Result<String, OpenError> {
    // The driver refuses what is no URL in its own words, and so what is none of its own.
    let options = PgConnectOptions::from_str(url).map_err(OpenError::InvalidUrl)?;
    let Ok(mut url) = Url::parse(url) else {
        return Ok(url.to_owned());
    };
    check_no_options_are_added()?;
    let said: Vec<String> = url.query_pairs().map(|(name, _)| name.into()).collect();
    let says = |names: &[&str]| {
        names
            .iter()
            .any(|name| said.iter().any(|said| said == name))
    };

    if url.host_str().is_none_or(str::is_empty) && !says(&["host", "hostaddr"]) {
        return Err(OpenError::Incomplete { missing: "host" });
    }
    if url.username().is_empty() && !says(&["user"]) {
        return Err(OpenError::Incomplete { missing: "user" });
    }
    let mut added = Vec::new();
    if url.port().is_none() && !says(&["port"]) {
        added.push(("port", "5432"));
    }
    if url.password().is_none() && !says(&["password"]) {
        added.push(("password", ""));
    }
    if url.path().trim_start_matches('/').is_empty() && !says(&["dbname"]) {
        // For every client of PostgreSQL it is the one of the user's name.
        added.push(("dbname", options.get_username()));
    }
    for (names, default) in DEFAULTS {
        if !says(names) {
            added.push((names[0], default));
        }
    }
    // To be asked for leaves a question mark behind.
    if !added.is_empty() {
        url.query_pairs_mut().extend_pairs(added);
    }
    Ok(url.into())
}

/// The driver puts `PGOPTIONS` in front of what the URL says.
fn check_no_options_are_added() -> Result<(), OpenError> {
    let bare =
        PgConnectOptions::from_str("postgres://desk@db/desk").map_err(OpenError::InvalidUrl)?;
    match bare.get_options() {
        None => Ok(()),
        Some(_) => Err(OpenError::ForeignOptions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_leaves_out_is_what_it_is_everywhere() {
        let rest = "sslmode=prefer&sslrootcert=%2Fdev%2Fnull&application_name=research-desk";
        for (url, expected) in [
            (
                "postgres://desk@db",
                format!("postgres://desk@db?port=5432&password=&dbname=desk&{rest}"),
            ),
            (
                "postgresql://d%40sk:secret@db:1/?sslmode=verify-full&application_name=a",
                "postgresql://d%40sk:secret@db:1/?sslmode=verify-full&application_name=a&dbname=d%40sk\
                 &sslrootcert=%2Fdev%2Fnull"
                    .to_owned(),
            ),
            (
                "postgres://db/x?user=desk&password=p&port=2&hostaddr=10.0.0.1",
                format!("postgres://db/x?user=desk&password=p&port=2&hostaddr=10.0.0.1&{rest}"),
            ),
            (
                "postgres:///?host=/run/postgresql&user=desk&dbname=x&ssl-mode=disable&ssl-ca=a.pem",
                "postgres:///?host=/run/postgresql&user=desk&dbname=x&ssl-mode=disable&ssl-ca=a.pem\
                 &port=5432&password=&application_name=research-desk"
                    .to_owned(),
            ),
        ] {
            let complete_url = complete(url).unwrap();
            assert_eq!(complete_url, expected, "{url}");
            assert_eq!(complete(&complete_url).unwrap(), complete_url, "twice");
        }
    }

    #[test]
    fn a_url_without_host_or_user_is_refused() {
        for (url, missing) in [
            ("postgres:///desk?user=desk", "no host"),
            ("postgres://db/desk", "no user"),
            ("postgres://:secret@db/desk", "no user"),
        ] {
            let error = complete(url).unwrap_err().to_string();
            assert!(error.contains(missing), "{url}: {error}");
        }
    }
}
