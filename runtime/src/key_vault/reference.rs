//! One entry of `key_vault.secrets`: `name`, `name/version`, and a `?` at the end when the secret may be absent.

use std::fmt;

/// Which secret, and whether it must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretReference {
    pub(crate) name: String,
    /// `None`: the latest.
    pub(crate) version: Option<String>,
    pub(crate) presence: Presence,
}

/// What it means when the vault has no such secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// The start is refused.
    Required,
    /// The key keeps what the layers below say.
    Optional,
}

impl SecretReference {
    /// # Errors
    /// A sentence that says how a secret is named.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // A name cannot hold a question mark, so that it is never taken for a part of one.
        let (path, presence) = match text.strip_suffix('?') {
            Some(path) => (path, Presence::Optional),
            None => (text, Presence::Required),
        };
        let (name, version) = match path.split_once('/') {
            Some((name, version)) => (name, Some(version)),
            None => (path, None),
        };
        let is_word = |word: &str, longest: usize| {
            let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            (1..=longest).contains(&word.len()) && word.bytes().all(is_good)
        };
        if !is_word(name, 127) {
            return Err("the name of a secret is 1 to 127 letters, digits and hyphens".to_owned());
        }
        if version.is_some_and(|version| !is_word(version, 64)) {
            return Err("a version is letters and digits, as the vault shows it".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            version: version.map(str::to_owned),
            presence,
        })
    }
}

impl fmt::Display for SecretReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        match &self.version {
            Some(version) => write!(formatter, ", version {version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Presence, SecretReference};

    #[test]
    fn a_reference_is_a_name_perhaps_a_version_and_perhaps_a_question_mark() {
        let table = [
            ("desk-db", Some(("desk-db", None, Presence::Required))),
            ("desk-db?", Some(("desk-db", None, Presence::Optional))),
            ("db/0a1b", Some(("db", Some("0a1b"), Presence::Required))),
            ("db/0a1b?", Some(("db", Some("0a1b"), Presence::Optional))),
            ("", None),
            ("?", None),
            ("desk_db", None),
            ("desk db", None),
            ("db/", None),
            ("db/0a/1b", None),
            ("../keys/k", None),
            ("db??", None),
        ];
        for (text, expected) in table {
            let parsed = SecretReference::parse(text).ok();
            let expected = expected.map(|(name, version, presence)| SecretReference {
                name: name.to_owned(),
                version: version.map(str::to_owned),
                presence,
            });
            assert_eq!(parsed, expected, "{text:?}");
        }
        assert!(SecretReference::parse(&"a".repeat(128)).is_err());
    }
}
