//! Why a credential was refused. For the log only; the client gets one answer for all.

/// The reason code of one failed authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// More than one `Authorization` header.
    TwoAuthorizationHeaders,
}

impl Reason {
    /// The stable code in the log.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Reason::TwoAuthorizationHeaders => "two_authorization_headers",
        }
    }

    /// Says whether the request itself is malformed (400 `invalid_request`) rather than its token bad (401 `invalid_token`).
    pub(crate) const fn is_malformed_request(self) -> bool {
        match self {
            Reason::TwoAuthorizationHeaders => true,
        }
    }
}
