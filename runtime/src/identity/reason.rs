//! Why a credential was refused. For the log only; the client gets one answer for all.
//!
//! A code is stable: alerts and runbooks name it. Where a mistake in Entra or in the caller's code is the likely cause,
//! the code names that mistake and not the check that noticed it. Each reason stands in the table below once: `reasons!`
//! makes of it the enum, `docs/generated/reasons.md` and what `token explain` says.

mod denial;
mod page;

pub(crate) use denial::{denial_code, denial_guide};
pub(crate) use page::render_page;

/// What a developer or an operator needs to know about a refusal: sentences without a full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guide {
    /// What was found.
    pub(crate) meaning: &'static str,
    /// What most often leads to it.
    pub(crate) cause: &'static str,
    /// What to do about it.
    pub(crate) fix: &'static str,
}

/// Makes the enum, its codes and its guide from one table.
macro_rules! reasons {
    ($(
        $reason:ident $(($payload:ty: $sample:literal))? = $code:literal, $fields:ident;
        $meaning:literal;
        $cause:literal;
        $fix:literal;
    )*) => {
        /// The reason code of one failed authentication.
        ///
        /// `ClientNotAllowed` and `GuestNotAllowed` are settings of the deployment about credentials, not rules of an
        /// endpoint: they are answered like every other bad token (401), so that a probe cannot tell them from a forgery.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Reason {
            $(#[doc = $meaning] $reason $(($payload))?,)*
        }

        impl Reason {
            /// Every reason, in the order of the checks; one about a claim stands here with one claim.
            pub(crate) const ALL: &'static [Reason] = &[$(Reason::$reason $(($sample))?,)*];

            /// The stable code in the log.
            pub(crate) const fn code(self) -> &'static str {
                match self {
                    $(Reason::$reason { .. } => $code,)*
                }
            }

            /// What it means, what causes it and what helps.
            pub(crate) const fn guide(self) -> Guide {
                match self {
                    $(Reason::$reason { .. } => Guide {
                        meaning: $meaning,
                        cause: $cause,
                        fix: $fix,
                    },)*
                }
            }

            /// The fields of the log event beside `reason` and what the request's span has.
            pub(crate) const fn log_fields(self) -> &'static [&'static str] {
                match self {
                    $(Reason::$reason { .. } => $fields,)*
                }
            }
        }
    };
}

/// Nothing in the token was believed.
const NOTHING: &[&str] = &[];
/// The key that the token names; or, when the key was withdrawn under a caller who had been admitted, who that is.
const KEY: &[&str] = &["kid", "tid", "oid", "azp", "uti"];
/// Identifiers of a token whose signature was verified.
const CALLER: &[&str] = &["tid", "oid", "azp", "uti"];
/// Which claim; identifiers only when the signature had been verified.
const CLAIM: &[&str] = &["claim", "tid", "oid", "azp", "uti"];

reasons! {
    TwoAuthorizationHeaders = "two_authorization_headers", NOTHING;
        "more than one `Authorization` header";
        "a proxy or a client library adds a second header beside the caller's own";
        "send the header once; let only one side set it";
    AuthorizationMalformed = "authorization_malformed", NOTHING;
        "`Bearer` without exactly one token in the grammar of RFC 6750 section 2.1";
        "quotes, a line break or a second token stand in the header, or the variable that should hold the token was empty";
        "send `Authorization: Bearer <token>` with one space and nothing else; ask `az` for the token with `-o tsv`, which writes no quotes";
    PocRolesMalformed = "poc_roles_malformed", NOTHING;
        "`x-poc-roles` is not readable text";
        "the header holds bytes that are not ASCII";
        "send role names separated by commas";
    PocRoleUnknown = "poc_role_unknown", NOTHING;
        "`x-poc-roles` names a role that the application does not declare";
        "a misspelt role, or an Entra app-role value in place of the internal role";
        "use the internal names, as `matrix` shows them";
    TokenTooLarge = "token_too_large", NOTHING;
        "the token is over 16 KiB";
        "very many roles or optional claims, or something that is no token";
        "emit fewer optional claims in the app registration (Token configuration), and no groups";
    TokenNotSigned = "token_not_signed", NOTHING;
        "the token is not three non-empty parts";
        "it was cut while copying, its signature is gone, or it is an opaque token, such as a refresh token or one of a personal account";
        "copy the whole `access_token`; ask for it with a scope of this API";
    TokenEncrypted = "token_encrypted", NOTHING;
        "the token has the five parts of an encrypted one";
        "token encryption is configured for the API's registration, or another issuer made the token";
        "turn token encryption off in the API's registration (manifest: `tokenEncryptionKeyId`)";
    HeaderTooLarge = "header_too_large", NOTHING;
        "the header part is over 2 KiB";
        "not a token of Entra: it embeds keys or certificates";
        "find out who made the token; Entra's headers are below 200 bytes";
    NotBase64Url = "not_base64url", NOTHING;
        "a part is not base64url in its one canonical spelling";
        "the token was changed on the way: URL-encoded, padded with `=`, or wrapped over lines";
        "pass the token on unchanged";
    NotJson = "not_json", NOTHING;
        "header or claims are not a JSON object in UTF-8";
        "not a token, or one that was cut or changed";
        "copy the whole `access_token`";
    DuplicateMember = "duplicate_member", NOTHING;
        "a member stands twice in header or claims, so two readers could see two tokens";
        "not a token of Entra; most likely a forgery";
        "find out who sent it";
    AlgorithmNotAllowed = "algorithm_not_allowed", NOTHING;
        "`alg` is not RS256";
        "not an access token of Entra; `none`, HS256 and the like are attempts to forge one";
        "take the token from Entra; no other algorithm is accepted";
    CriticalHeader = "critical_header", NOTHING;
        "`crit` is present (RFC 7515 section 4.1.11)";
        "not a token of Entra";
        "take the token from Entra";
    UnencodedPayload = "unencoded_payload", NOTHING;
        "`b64` is present (RFC 7797)";
        "not a token of Entra";
        "take the token from Entra";
    CompressedToken = "compressed_token", NOTHING;
        "`zip` is present";
        "not a token of Entra";
        "take the token from Entra";
    NestedToken = "nested_token", NOTHING;
        "`cty` is present: a token inside a token";
        "not a token of Entra";
        "take the token from Entra";
    ForeignTokenType = "foreign_token_type", NOTHING;
        "`typ` is that of another kind of token";
        "a proof-of-possession, logout or other token stands where the access token belongs";
        "send the `access_token` of the token response";
    KidMissing = "kid_missing", NOTHING;
        "`kid` is absent, empty or not a string";
        "not a token of Entra, whose tokens always name their key";
        "take the token from Entra";
    ClaimMissing(&'static str: "exp") = "claim_missing", CLAIM;
        "a required claim is absent; the field `claim` names it";
        "not an access token for a user or an application of a work tenant: a personal account's, or one whose claims a policy changed";
        "ask for an access token of this API in the configured tenant; check claims-mapping policies of the API's service principal";
    ClaimMistyped(&'static str: "exp") = "claim_mistyped", CLAIM;
        "a claim has another type than the one it must have; the field `claim` names it";
        "a claims-mapping policy writes over a claim that Entra sets itself, or the token is not Entra's";
        "leave `aud`, `tid`, `oid`, `scp` and `roles` out of claims-mapping policies";
    TooManyRoles = "too_many_roles", CALLER;
        "more than 256 roles";
        "one identity is assigned hundreds of app roles";
        "assign fewer roles, or groups to roles";
    IssuerNotAccepted = "issuer_not_accepted", NOTHING;
        "`iss` is not the configured issuer";
        "the token comes from another tenant or cloud: the client signed in at `common`, at its home tenant, or at another authority";
        "have the client ask `<authority>/<tenant>` of this API, as `AZURE_TENANT_ID` and `auth.authority` name them; for External ID set `auth.issuer`";
    TokenVersion1 = "token_version_1", NOTHING;
        "a v1 token, and `auth.accept_v1_tokens` is off";
        "the API's registration asks for v1 tokens: `requestedAccessTokenVersion` is null or 1, which is the default of a new registration";
        "set `api.requestedAccessTokenVersion` to 2 in the manifest of the API's registration (not the client's), then ask for a new token; or set `auth.accept_v1_tokens=true`";
    VersionMismatch = "version_mismatch", CALLER;
        "`ver` does not belong to `iss`";
        "a claims-mapping policy writes over `ver`, or the token is not Entra's";
        "leave `ver` out of claims-mapping policies";
    TenantNotAccepted = "tenant_not_accepted", CALLER;
        "`tid` is not the configured tenant";
        "the token was issued for another tenant by an issuer that serves several";
        "sign in to the tenant that `AZURE_TENANT_ID` names; a person of another tenant comes as a guest of this one";
    AudienceNotAccepted = "audience_not_accepted", NOTHING;
        "`aud` is neither the client id nor a configured App ID URI";
        "the client asked for a scope of another API, or the API has an App ID URI that is not in `auth.app_id_uris`";
        "ask for `<App ID URI of this API>/<scope>`; if the audience is right, set `AZURE_AD_CLIENT_ID` to the API's registration or add the URI to `auth.app_id_uris`";
    TokenForMicrosoftGraph = "token_for_microsoft_graph", NOTHING;
        "`aud` is Microsoft Graph";
        "the client asked for a Graph scope, such as `User.Read`, or for no resource at all, which means Graph";
        "ask for `<App ID URI of this API>/<scope>` in a request of its own: one token is for one API";
    TokenForAzureManagement = "token_for_azure_management", NOTHING;
        "`aud` is Azure Resource Manager";
        "`az account get-access-token` without a scope gives a management token";
        "add `--scope <App ID URI of this API>/<scope>`";
    AudienceIsManagedIdentity = "audience_is_managed_identity", NOTHING;
        "`aud` is the managed identity's client id (`AZURE_CLIENT_ID`)";
        "the managed identity's id was given to clients as the API's id";
        "have clients ask for the App ID URI of the registration in `AZURE_AD_CLIENT_ID`; `AZURE_CLIENT_ID` is for the Azure SDK only";
    TokenExpired = "token_expired", CALLER;
        "`exp` has passed";
        "the client keeps a token longer than it holds, or a clock is wrong";
        "ask for a new token; compare the clock of this machine";
    TokenNotYetValid = "token_not_yet_valid", NOTHING;
        "`nbf` is in the future";
        "the clock of this machine is behind";
        "synchronise the clock; `auth.clock_skew` allows for small differences";
    IssuedInFuture = "issued_in_future", NOTHING;
        "`iat` is in the future";
        "the clock of this machine is behind";
        "synchronise the clock; `auth.clock_skew` allows for small differences";
    TimesContradict = "times_contradict", NOTHING;
        "`nbf` or `iat` is not before `exp`";
        "not a token of Entra";
        "take the token from Entra";
    SigningKeyUnknown = "signing_key_unknown", KEY;
        "no key with this `kid`";
        "the token was signed by another tenant's, another cloud's or another issuer's key, by a key that was withdrawn, or by a custom key of the registration";
        "check `auth.authority`; with custom signing keys set `auth.keys.app_specific=true`; a token of a local issuer ends with its process";
    SignatureInvalid = "signature_invalid", NOTHING;
        "the signature is not one of the key's";
        "the token was changed or forged; Graph tokens with a `nonce` in the header cannot be verified by anybody but Graph";
        "send the token as Entra gave it; ask for one of this API";
    SigningKeyOfAnotherIssuer = "signing_key_of_another_issuer", CALLER;
        "the signing key belongs to another issuer";
        "the key document lists keys of several issuers, and this one may not sign for the configured tenant";
        "sign in to the configured tenant; check `auth.authority` and `auth.issuer`";
    SigningKeyOfAnotherCloud = "signing_key_of_another_cloud", CALLER;
        "the signing key belongs to another cloud";
        "the token comes from another national cloud";
        "set `auth.authority` to the cloud of the tenant";
    IdTokenNotAccessToken = "id_token_not_access_token", CALLER;
        "neither a user's nor an application's access token: most likely an ID token";
        "the client sends the `id_token`";
        "send the `access_token`; ask for a scope of this API and not only `openid`";
    ApplicationWithoutRole = "application_without_role", CALLER;
        "an application's access token without `roles`: it holds no app role of this API";
        "the application, or the managed identity, has been given no app role, or the token was issued before it was";
        "give it an app role of this API (API permissions, Application permissions, with admin consent; for a managed identity an app role assignment), and have it ask for a new token";
    ScopesWithoutUser = "scopes_without_user", CALLER;
        "`scp` together with an `idtyp` that is not a user's";
        "not a token of Entra: only users have delegated scopes";
        "take the token from Entra";
    GroupsOverage = "groups_overage", CALLER;
        "neither `scp` nor `roles`, and groups moved out of the token: groups have no effect here";
        "the registration emits groups, the person is in more than fit, and no scope or app role was granted";
        "give app roles (Enterprise applications, the API, Users and groups) in place of groups, and turn the groups claim off (Token configuration)";
    ClientNotAllowed = "client_not_allowed", CALLER;
        "`azp` (`appid` in a v1 token) is not in `auth.allowed_clients`";
        "the deployment lists the client applications that may call it, and this one is not among them";
        "call from a listed client, or add its client id to `auth.allowed_clients`";
    GuestNotAllowed = "guest_not_allowed", CALLER;
        "a guest, and `auth.guests` is `deny`";
        "the person is a guest of the tenant";
        "use an account of the tenant, or set `auth.guests=allow`; where members sign in with a provider of their own (External \
         ID, Google), add the optional claim `acct` to the API's registration, which says who is a member";
}

/// Nothing can be said about tokens for want of keys: the code, and what helps.
pub(crate) const KEYS_UNAVAILABLE: (&str, Guide) = (
    "keys_unavailable",
    Guide {
        meaning: "no signing keys have been loaded, or the last good ones are older than `auth.keys.lifetime`",
        cause: "the authority cannot be reached from here, or it does not know the tenant",
        fix: "open the way to `auth.authority` (https, perhaps through a proxy); check it and `AZURE_TENANT_ID`",
    },
);

impl Reason {
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

#[cfg(test)]
mod tests;
