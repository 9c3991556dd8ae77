//! A token of another API.

use std::fmt;

use http::HeaderValue;
use tokio::time::Instant;

/// A token of another API, for one caller of this one.
///
/// # Security
/// It opens that API as that user: send it there and nowhere else. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct DownstreamToken {
    header: HeaderValue,
    /// Not remembered after that.
    pub(super) usable_until: Instant,
}

impl DownstreamToken {
    /// `None` for text that cannot stand in a header.
    pub(super) fn new(access_token: &str, usable_until: Instant) -> Option<Self> {
        let mut header = HeaderValue::try_from(format!("Bearer {access_token}")).ok()?;
        header.set_sensitive(true);
        Some(Self {
            header,
            usable_until,
        })
    }

    /// The value of the `Authorization` header for a request to the other API, marked as sensitive.
    #[must_use]
    pub fn authorization(&self) -> HeaderValue {
        self.header.clone()
    }
}

impl fmt::Debug for DownstreamToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DownstreamToken(..)")
    }
}
