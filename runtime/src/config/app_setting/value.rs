//! The types that a setting can have: each names the kind that its text is parsed by.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use url::Url;
use uuid::Uuid;

use crate::config::key::{DurationRange, Kind};
use crate::config::sections::{AppValues, SecretText};
use crate::config::value::FromValue;

/// How a setting is written.
#[derive(Debug, Clone, Copy)]
pub struct SettingKind(pub(super) Kind);

/// A type that a field of a `derive(Settings)` can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a setting",
    note = "a setting is a `String`, `bool`, `u16`, `u32`, `u64`, `usize`, `Duration`, `Url`, `Uuid`, `SocketAddr`, `Vec<String>`, `BTreeMap<String, String>`, or an `Option` of one"
)]
pub trait SettingValue: Sized {
    #[doc(hidden)]
    const KIND: SettingKind;

    /// Whether no layer needs to set it.
    #[doc(hidden)]
    const IS_OPTIONAL: bool = false;

    /// Takes the value of a field; `None` when there is none of this type.
    #[doc(hidden)]
    fn read(values: &AppValues, field: &str) -> Option<Self>;
}

/// Longer than anything that is waited for.
const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

impl SettingValue for String {
    const KIND: SettingKind = SettingKind(Kind::Text);

    fn read(values: &AppValues, field: &str) -> Option<Self> {
        let value = values.get(field)?;
        let secret = SecretText::from_value(value).map(|secret| secret.0);
        secret.or_else(|| Self::from_value(value))
    }
}

impl<T: SettingValue> SettingValue for Option<T> {
    const KIND: SettingKind = T::KIND;
    const IS_OPTIONAL: bool = true;

    fn read(values: &AppValues, field: &str) -> Option<Self> {
        match values.get(field) {
            None => Some(None),
            Some(_) => T::read(values, field).map(Some),
        }
    }
}

macro_rules! parsed {
    ($($type:ty => $kind:expr;)*) => {$(
        impl SettingValue for $type {
            const KIND: SettingKind = SettingKind($kind);

            fn read(values: &AppValues, field: &str) -> Option<Self> {
                Self::from_value(values.get(field)?)
            }
        }
    )*};
}

parsed! {
    bool => Kind::Boolean;
    Duration => Kind::Duration(DurationRange::new(Duration::ZERO, TEN_YEARS));
    Url => Kind::Url;
    Uuid => Kind::Guid;
    SocketAddr => Kind::Address;
    Vec<String> => Kind::TextList;
    BTreeMap<String, String> => Kind::Table;
}

macro_rules! counted {
    ($($type:ty),*) => {$(
        impl SettingValue for $type {
            const KIND: SettingKind = SettingKind(Kind::Count {
                min: 0,
                max: <$type>::MAX as u64,
            });

            fn read(values: &AppValues, field: &str) -> Option<Self> {
                Self::try_from(u64::from_value(values.get(field)?)?).ok()
            }
        }
    )*};
}

counted!(u16, u32, u64, usize);
