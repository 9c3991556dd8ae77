//! The application's own keys: `app.<field>`, declared by a struct with `derive(Settings)`.
//!
//! They join the same registry as the built-in keys, so that they have a variable (`APP_APP__<FIELD>`), a type, an origin,
//! suggestions and redaction like every other.

mod value;

use std::time::Duration;

use value::SettingKind;
pub use value::SettingValue;

use super::key::{DurationRange, Kind};
use super::sections::AppValues;

/// A struct whose fields are the application's own settings, `app.<field>`. Made by `derive(Settings)`.
///
/// Hand it to [`Stateless::settings`](crate::Stateless::settings), read it with [`Start::settings`](crate::Start::settings).
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no settings",
    note = "put `#[derive(portcullis::Settings)]` on it"
)]
pub trait Settings: Sized {
    #[doc(hidden)]
    const DECLARED: &'static [AppSetting];

    #[doc(hidden)]
    fn read(values: &AppValues) -> Option<Self>;
}

/// Says why a text is no value of a setting. The reason is shown, so that nothing of a secret may stand in it.
pub(crate) type CheckText = fn(&str) -> Result<(), String>;

/// One key of the application's own section.
#[derive(Debug, Clone, Copy)]
pub struct AppSetting {
    /// The name below `app.`.
    pub(crate) field: &'static str,
    pub(crate) kind: Kind,
    /// The value when no layer sets one, as a layer would write it.
    pub(crate) default: Option<&'static str>,
    /// May be unset.
    pub(crate) is_optional: bool,
    /// Says why a text is no value.
    pub(crate) check: Option<CheckText>,
    pub(crate) secret: bool,
    /// The application takes a new value while it runs.
    pub(crate) refreshable: bool,
    /// What operators read.
    pub(crate) doc: &'static str,
}

/// A bound as it was written.
#[derive(Debug, Clone, Copy)]
pub enum SettingBound {
    /// Of whole numbers.
    Number(u64),
    /// Of durations.
    Milliseconds(u64),
}

/// Evaluated while the application is compiled.
impl AppSetting {
    /// A key that is written like this.
    #[must_use]
    pub const fn new(
        field: &'static str,
        doc: &'static str,
        kind: SettingKind,
        is_optional: bool,
    ) -> Self {
        Self {
            field,
            kind: kind.0,
            default: None,
            is_optional,
            check: None,
            secret: false,
            refreshable: false,
            doc,
        }
    }

    /// A key of this type, as `derive(Settings)` makes it.
    #[cfg(test)]
    pub(crate) const fn of<T: SettingValue>(field: &'static str, doc: &'static str) -> Self {
        Self::new(field, doc, T::KIND, T::IS_OPTIONAL)
    }

    /// The value when no layer sets one.
    #[must_use]
    pub const fn default(mut self, text: &'static str) -> Self {
        assert!(
            !self.is_optional,
            "a setting with a default is never unset: leave the `Option` out"
        );
        self.default = Some(text);
        self
    }

    /// Judged by a function of the application too.
    #[must_use]
    pub const fn checked_by(mut self, check: CheckText) -> Self {
        assert!(
            matches!(self.kind, Kind::Text),
            "`check` is for text: make the field a `String`"
        );
        self.check = Some(check);
        self
    }

    /// Never shown, and never in a file.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        assert!(
            matches!(self.kind, Kind::Text),
            "`secret` is for text: make the field a `String`"
        );
        self.secret = true;
        self
    }

    /// A new value in Key Vault is taken while running.
    #[must_use]
    pub const fn refreshable(mut self) -> Self {
        assert!(
            matches!(self.kind, Kind::Text),
            "`refreshable` is for text: make the field a `String`"
        );
        self.refreshable = true;
        self
    }

    /// The smallest value.
    #[must_use]
    pub const fn at_least(mut self, bound: SettingBound) -> Self {
        self.kind = match (self.kind, bound) {
            (Kind::Count { max, .. }, SettingBound::Number(min)) => {
                assert!(min <= max, "`min` leaves no value");
                Kind::Count { min, max }
            }
            (Kind::Duration(range), SettingBound::Milliseconds(min)) => {
                Kind::Duration(DurationRange::new(Duration::from_millis(min), range.max))
            }
            (_, SettingBound::Number(_) | SettingBound::Milliseconds(_)) => panic!(
                "`min` is for whole numbers (`min = 1`) and durations (`min = \"1s\"`), each with a bound of its own kind"
            ),
        };
        self
    }

    /// The largest value.
    #[must_use]
    pub const fn at_most(mut self, bound: SettingBound) -> Self {
        self.kind = match (self.kind, bound) {
            (Kind::Count { min, max }, SettingBound::Number(most)) => {
                assert!(
                    min <= most && most <= max,
                    "`max` leaves no value, or is more than the type holds"
                );
                Kind::Count { min, max: most }
            }
            (Kind::Duration(range), SettingBound::Milliseconds(most)) => {
                let least = range.min.as_millis();
                assert!(least <= most as u128, "`max` leaves no value");
                Kind::Duration(DurationRange::new(range.min, Duration::from_millis(most)))
            }
            (_, SettingBound::Number(_) | SettingBound::Milliseconds(_)) => panic!(
                "`max` is for whole numbers (`max = 64`) and durations (`max = \"1h\"`), each with a bound of its own kind"
            ),
        };
        self
    }
}
