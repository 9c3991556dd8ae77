//! Where the path of an endpoint begins.

/// Where an endpoint's path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mount {
    /// Below `/api/v1`. The default.
    Api,
    /// At `/`.
    Root,
}

impl Mount {
    /// What stands in front of the path, without a trailing slash.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Mount::Api => "/api/v1",
            Mount::Root => "",
        }
    }
}
