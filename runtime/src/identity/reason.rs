//! Why a credential was refused. For the log only; the client gets one answer for all.
//!
//! A code is stable: alerts and runbooks name it. Where a mistake in Entra or in the caller's code is the likely cause,
//! the code names that mistake and not the check that noticed it.

/// The reason code of one failed authentication.
///
/// `ClientNotAllowed` and `GuestNotAllowed` are settings of the deployment about credentials, not rules of an endpoint:
/// they are answered like every other bad token (401), so that a probe cannot tell them from a forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    /// More than one `Authorization` header.
    TwoAuthorizationHeaders,
    /// `Bearer` without exactly one token in the grammar of RFC 6750 section 2.1.
    AuthorizationMalformed,
    /// `x-poc-roles` is not readable text.
    PocRolesMalformed,
    /// `x-poc-roles` names a role that the application does not declare.
    PocRoleUnknown,

    /// The token is over 16 KiB.
    TokenTooLarge,
    /// The token is not three non-empty parts.
    TokenNotSigned,
    /// The token has the five parts of an encrypted one.
    TokenEncrypted,
    /// The header part is over 2 KiB.
    HeaderTooLarge,
    /// A part is not base64url in its one canonical spelling.
    NotBase64Url,
    /// Header or claims are not a JSON object in UTF-8.
    NotJson,
    /// A member stands twice in header or claims, so two readers could see two tokens.
    DuplicateMember,

    /// `alg` is not RS256.
    AlgorithmNotAllowed,
    /// `crit` is present (RFC 7515 section 4.1.11).
    CriticalHeader,
    /// `b64` is present (RFC 7797).
    UnencodedPayload,
    /// `zip` is present.
    CompressedToken,
    /// `cty` is present: a token inside a token.
    NestedToken,
    /// `typ` is that of another kind of token.
    ForeignTokenType,
    /// `kid` is absent, empty or not a string.
    KidMissing,

    /// A required claim is absent.
    ClaimMissing(&'static str),
    /// A claim has another type than the one it must have.
    ClaimMistyped(&'static str),
    /// More than 256 roles.
    TooManyRoles,

    /// `iss` is not the configured issuer.
    IssuerNotAccepted,
    /// A v1 token: set `requestedAccessTokenVersion` to 2 in the API's registration, or `auth.accept_v1_tokens`.
    TokenVersion1,
    /// `ver` does not belong to `iss`.
    VersionMismatch,
    /// `tid` is not the configured tenant.
    TenantNotAccepted,
    /// `aud` is neither the client id nor a configured App ID URI.
    AudienceNotAccepted,
    /// `aud` is Microsoft Graph: the client asked for a Graph scope instead of this API's.
    TokenForMicrosoftGraph,
    /// `aud` is Azure Resource Manager: the client asked for the management scope.
    TokenForAzureManagement,
    /// `aud` is the managed identity's client id: `AZURE_CLIENT_ID` was mistaken for `AZURE_AD_CLIENT_ID`.
    AudienceIsManagedIdentity,

    /// `exp` has passed.
    TokenExpired,
    /// `nbf` is in the future.
    TokenNotYetValid,
    /// `iat` is in the future.
    IssuedInFuture,
    /// `nbf` or `iat` is not before `exp`.
    TimesContradict,

    /// No key with this `kid`.
    SigningKeyUnknown,
    /// The signature is not one of the key's.
    SignatureInvalid,
    /// The signing key belongs to another issuer.
    SigningKeyOfAnotherIssuer,
    /// The signing key belongs to another cloud.
    SigningKeyOfAnotherCloud,

    /// Neither a user's nor an application's access token: most likely an ID token.
    IdTokenNotAccessToken,
    /// `scp` together with an `idtyp` that is not a user's.
    ScopesWithoutUser,
    /// Neither `scp` nor `roles`, and groups moved out of the token: groups have no effect here.
    GroupsOverage,
    /// `azp` is not in `auth.allowed_clients`.
    ClientNotAllowed,
    /// A guest, and `auth.guests` is `deny`.
    GuestNotAllowed,
}

impl Reason {
    /// The stable code in the log.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Reason::TwoAuthorizationHeaders => "two_authorization_headers",
            Reason::AuthorizationMalformed => "authorization_malformed",
            Reason::PocRolesMalformed => "poc_roles_malformed",
            Reason::PocRoleUnknown => "poc_role_unknown",
            Reason::TokenTooLarge => "token_too_large",
            Reason::TokenNotSigned => "token_not_signed",
            Reason::TokenEncrypted => "token_encrypted",
            Reason::HeaderTooLarge => "header_too_large",
            Reason::NotBase64Url => "not_base64url",
            Reason::NotJson => "not_json",
            Reason::DuplicateMember => "duplicate_member",
            Reason::AlgorithmNotAllowed => "algorithm_not_allowed",
            Reason::CriticalHeader => "critical_header",
            Reason::UnencodedPayload => "unencoded_payload",
            Reason::CompressedToken => "compressed_token",
            Reason::NestedToken => "nested_token",
            Reason::ForeignTokenType => "foreign_token_type",
            Reason::KidMissing => "kid_missing",
            Reason::ClaimMissing(_) => "claim_missing",
            Reason::ClaimMistyped(_) => "claim_mistyped",
            Reason::TooManyRoles => "too_many_roles",
            Reason::IssuerNotAccepted => "issuer_not_accepted",
            Reason::TokenVersion1 => "token_version_1",
            Reason::VersionMismatch => "version_mismatch",
            Reason::TenantNotAccepted => "tenant_not_accepted",
            Reason::AudienceNotAccepted => "audience_not_accepted",
            Reason::TokenForMicrosoftGraph => "token_for_microsoft_graph",
            Reason::TokenForAzureManagement => "token_for_azure_management",
            Reason::AudienceIsManagedIdentity => "audience_is_managed_identity",
            Reason::TokenExpired => "token_expired",
            Reason::TokenNotYetValid => "token_not_yet_valid",
            Reason::IssuedInFuture => "issued_in_future",
            Reason::TimesContradict => "times_contradict",
            Reason::SigningKeyUnknown => "signing_key_unknown",
            Reason::SignatureInvalid => "signature_invalid",
            Reason::SigningKeyOfAnotherIssuer => "signing_key_of_another_issuer",
            Reason::SigningKeyOfAnotherCloud => "signing_key_of_another_cloud",
            Reason::IdTokenNotAccessToken => "id_token_not_access_token",
            Reason::ScopesWithoutUser => "scopes_without_user",
            Reason::GroupsOverage => "groups_overage",
            Reason::ClientNotAllowed => "client_not_allowed",
            Reason::GuestNotAllowed => "guest_not_allowed",
        }
    }

    /// The claim that a reason is about, a name written in this program and never one from a token.
    pub(crate) const fn claim(self) -> Option<&'static str> {
        if let Reason::ClaimMissing(claim) | Reason::ClaimMistyped(claim) = self {
            Some(claim)
        } else {
            None
        }
    }

    /// Says whether the request itself is malformed (400 `invalid_request`) rather than its token bad (401 `invalid_token`).
    pub(crate) const fn is_malformed_request(self) -> bool {
        matches!(
            self,
            Reason::TwoAuthorizationHeaders
                | Reason::AuthorizationMalformed
                | Reason::PocRolesMalformed
                | Reason::PocRoleUnknown
        )
    }
}
