//! The other APIs that an application calls for its users, declared with `Api::downstream_apis`.
//!
//! They join the same registry as the built-in keys: `downstream.<name>.scopes` has a variable, an origin and
//! suggestions like every other key. Without a declaration the section does not exist, and no caller's token is kept.

/// Another API, called on behalf of the caller. Key `downstream.<name>.scopes`, variable `APP_DOWNSTREAM__<NAME>__SCOPES`.
///
/// ```
/// # use portcullis::DownstreamApi;
/// const DOWNSTREAM_APIS: &[DownstreamApi] = &[DownstreamApi {
///     name: "billing",
///     doc: "Scopes of the billing API, such as `api://billing/Invoices.Read`.",
/// }];
/// # assert_eq!(DOWNSTREAM_APIS.len(), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownstreamApi {
    /// The name in the key and in [`Start::downstream`](crate::Start::downstream), of `[a-z][a-z0-9_]*` without two
    /// underscores in a row.
    pub name: &'static str,
    /// One sentence for operators about the scopes; it becomes the configuration reference.
    pub doc: &'static str,
}

impl DownstreamApi {
    /// The key that holds its scopes.
    pub(crate) fn scopes_key(&self) -> String {
        format!("downstream.{}.scopes", self.name)
    }
}

/// The name in the key of some API's scopes; `None` for every other key.
pub(crate) fn name_in_key(key: &str) -> Option<&str> {
    key.strip_prefix("downstream.")?.strip_suffix(".scopes")
}
