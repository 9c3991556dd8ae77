//! What may stand behind the `?` of a PostgreSQL URL.
//!
//! The driver passes over a name that it does not know, and logs its value: `sslmod=verify-full` would then verify nothing,
//! and a password behind a mistyped name would stand in the log. SQLite's own driver refuses such a name.

use url::Url;

use super::OpenError;

/// What the driver reads, beside `options[..]`.
const KNOWN: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Refuses a PostgreSQL URL with a parameter that would be passed over.
pub(super) fn check_parameters(url: &str) -> Result<(), OpenError> {
    // What is no URL at all is refused by the driver, in its own words.
    let Ok(url) = Url::parse(url) else {
        return Ok(());
    };
    let unknown = url.query_pairs().find_map(|(name, _)| {
        let is_option = name.starts_with("options[") && name.ends_with(']');
        let is_known = is_option || KNOWN.contains(&&*name);
        (!is_known).then(|| name.into_owned())
    });
    match unknown {
        None => Ok(()),
        Some(name) => Err(OpenError::UnknownParameter {
            name: shown(&name).to_owned(),
        }),
    }
}

/// A name as it may be shown: a password with a question mark in it looks like parameters, and has the host behind it.
fn shown(name: &str) -> &str {
    let is_word =
        |character: char| character.is_ascii_alphanumeric() || "_-.[]".contains(character);
    if name.len() <= 40 && name.chars().all(is_word) {
        name
    } else {
        "(not a word)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_that_the_driver_reads_is_taken() {
        for url in [
            "postgres://desk@db/desk",
            "postgresql://db/desk?user=desk&password=a%26b&host=/run/postgresql&port=5433",
            "postgres://desk@db/desk?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres://desk@db/desk?options[search_path]=one&application_name=desk",
            "postgres://desk@db/desk?options%5Bsearch_path%5D=one",
            "postgres://desk@db/desk?options=-c%20search_path%3Done&statement-cache-capacity=0",
        ] {
            assert!(check_parameters(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn any_other_is_named_and_its_value_is_not() {
        for (parameters, shown) in [
            ("sslmod=hunter2", "sslmod"),
            ("sslmode=require&pasword=hunter2", "pasword"),
            ("SSLMODE=hunter2", "SSLMODE"),
            ("options[x=hunter2", "options[x"),
            ("channel_binding=require", "channel_binding"),
            ("hunter2@db/desk", "(not a word)"),
        ] {
            let url = format!("postgres://desk@db/desk?{parameters}");
            let error = check_parameters(&url).unwrap_err().to_string();
            assert!(error.contains(&format!("parameter {shown},")), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
