//! The application's own keys: `app.<field>`, declared with `Api::settings`.
//!
//! They join the same registry as the built-in keys, so that they have a variable (`APP_APP__<FIELD>`), an origin,
//! suggestions and redaction like every other.

/// One key of the application's own section, `app.<field>`, variable `APP_APP__<FIELD>`.
///
/// ```
/// # use portcullis::AppSetting;
/// const SETTINGS: &[AppSetting] = &[AppSetting {
///     field: "database_url",
///     default: None,
///     secret: true,
///     refreshable: false,
///     doc: "Where the data lives: `sqlite://..` or `postgres://..`.",
/// }];
/// # assert_eq!(SETTINGS.len(), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppSetting {
    /// The name below `app.`, of `[a-z][a-z0-9_]*` without two underscores in a row.
    pub field: &'static str,
    /// The value when no layer sets one. `None`: a layer must, or the start is refused.
    pub default: Option<&'static str>,
    /// Says whether the value is never to be shown.
    pub secret: bool,
    /// Says whether the application takes a new value while it runs, with [`Start::follow`](crate::Start::follow). Only Key
    /// Vault brings one, and only where `key_vault.refresh` is set; without it, and for every other setting, a new value
    /// counts after a restart.
    pub refreshable: bool,
    /// One sentence for operators; it becomes the configuration reference.
    pub doc: &'static str,
}
