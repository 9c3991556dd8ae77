//! What a configuration key is: name, variable, kind, default, secrecy, sentence. Declared once, in `keys/`.
//!
//! [`Key`] is the typed handle that the code reads with; [`KeyDef`] is the same fact as plain data for the registry.
//! Each constructor fixes kind and type together, so that a key cannot be read as something it is not.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use super::sections::SecretText;

/// The typed handle of a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<T> {
    pub(crate) def: KeyDef,
    value: PhantomData<fn() -> T>,
}

/// A declared key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyDef {
    /// The dotted name, `auth.tenant_id`.
    pub(crate) name: &'static str,
    /// The name the operating procedure gives it; then it has no other variable.
    pub(crate) procedure_variable: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) default: DefaultValue,
    /// A guardrail says what is wrong with a value that does not parse, better than the parser could.
    pub(crate) judged_by_guardrail: bool,
    /// The value is never shown.
    pub(crate) secret: bool,
    /// Whoever uses the value can take a new one while running.
    pub(crate) refreshable: bool,
    pub(crate) doc: &'static str,
}

/// How a value is written and which values are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Text,
    Guid,
    /// An absolute address, its text kept byte for byte.
    Uri,
    Url,
    /// An address that paths are appended to: no query, no fragment, trailing slashes dropped.
    BaseUrl,
    Address,
    LogFilter,
    /// 32 bytes in base64.
    Key256,
    Choice(&'static [&'static str]),
    Duration(DurationRange),
    /// Bytes, `1MiB`.
    Size {
        min: u64,
        max: u64,
    },
    Count {
        min: u64,
        max: u64,
    },
    TextList,
    UriList,
    GuidList,
    /// Text to text.
    Table,
}

/// The accepted durations. Tests need smaller ones than operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurationRange {
    pub(crate) min: Duration,
    pub(crate) max: Duration,
    /// The smallest value in `dev` and `test`.
    pub(crate) min_local: Duration,
}

/// What a key is when no layer sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DefaultValue {
    Unset,
    Text(&'static str),
    /// `local` in dev and test, `shared` in staging and uat.
    ByEnvironment {
        local: &'static str,
        shared: &'static str,
        prod: &'static str,
    },
    /// Made from other keys; the words say how.
    Derived(&'static str),
}

impl DurationRange {
    /// The same range everywhere.
    pub(crate) const fn new(min: Duration, max: Duration) -> Self {
        Self {
            min,
            max,
            min_local: min,
        }
    }

    /// Lets dev and test go lower.
    pub(crate) const fn or_locally(mut self, min_local: Duration) -> Self {
        self.min_local = min_local;
        self
    }
}

impl<T> Key<T> {
    const fn new(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self {
            def: KeyDef {
                name,
                procedure_variable: None,
                kind,
                default: DefaultValue::Unset,
                judged_by_guardrail: false,
                secret: false,
                refreshable: false,
                doc,
            },
            value: PhantomData,
        }
    }

    pub(crate) const fn default(mut self, text: &'static str) -> Self {
        self.def.default = DefaultValue::Text(text);
        self
    }

    pub(crate) const fn derived(mut self, words: &'static str) -> Self {
        self.def.default = DefaultValue::Derived(words);
        self
    }

    pub(crate) const fn by_environment(
        mut self,
        local: &'static str,
        shared: &'static str,
        prod: &'static str,
    ) -> Self {
        self.def.default = DefaultValue::ByEnvironment {
            local,
            shared,
            prod,
        };
        self
    }

    pub(crate) const fn procedure_variable(mut self, name: &'static str) -> Self {
        self.def.procedure_variable = Some(name);
        self
    }

    pub(crate) const fn judged_by_guardrail(mut self) -> Self {
        self.def.judged_by_guardrail = true;
        self
    }
}

impl Key<bool> {
    pub(crate) const fn boolean(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Boolean, doc)
    }
}

impl Key<String> {
    pub(crate) const fn text(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Text, doc)
    }

    /// The value becomes a [`SecretText`], which nothing prints.
    pub(crate) const fn secret(self) -> Key<SecretText> {
        let mut def = self.def;
        def.secret = true;
        Key {
            def,
            value: PhantomData,
        }
    }

    pub(crate) const fn uri(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Uri, doc)
    }

    pub(crate) const fn key_256(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Key256, doc)
    }

    pub(crate) const fn log_filter(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::LogFilter, doc)
    }

    pub(crate) const fn choice(
        name: &'static str,
        choices: &'static [&'static str],
        doc: &'static str,
    ) -> Self {
        Self::new(name, Kind::Choice(choices), doc)
    }
}

impl Key<SecretText> {
    /// Says that a new value is taken while running (`key_vault.refresh`).
    pub(crate) const fn refreshable(mut self) -> Self {
        self.def.refreshable = true;
        self
    }
}

impl Key<Uuid> {
    pub(crate) const fn guid(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Guid, doc)
    }
}

impl Key<Url> {
    pub(crate) const fn url(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Url, doc)
    }

    pub(crate) const fn base_url(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::BaseUrl, doc)
    }
}

impl Key<SocketAddr> {
    pub(crate) const fn address(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Address, doc)
    }
}

impl Key<Duration> {
    pub(crate) const fn duration(
        name: &'static str,
        range: DurationRange,
        doc: &'static str,
    ) -> Self {
        Self::new(name, Kind::Duration(range), doc)
    }
}

impl Key<u64> {
    pub(crate) const fn size(name: &'static str, min: u64, max: u64, doc: &'static str) -> Self {
        Self::new(name, Kind::Size { min, max }, doc)
    }

    pub(crate) const fn count(name: &'static str, min: u64, max: u64, doc: &'static str) -> Self {
        Self::new(name, Kind::Count { min, max }, doc)
    }
}

impl Key<Vec<String>> {
    pub(crate) const fn text_list(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::TextList, doc)
    }

    pub(crate) const fn uri_list(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::UriList, doc)
    }

    pub(crate) const fn guid_list(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::GuidList, doc)
    }
}

impl Key<BTreeMap<String, String>> {
    pub(crate) const fn table(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, Kind::Table, doc)
    }
}
