//! Why a verified caller may not run an operation: the same guide as for a credential that was refused.

use portcullis_api_spec::Denial;

use super::Guide;

/// The stable code of a denial: in the log, in metrics and in what `token explain` prints.
pub(crate) const fn denial_code(denial: Denial) -> &'static str {
    match denial {
        Denial::Unauthenticated => "unauthenticated",
        Denial::Nobody => "nobody",
        Denial::UsersOnly => "users_only",
        Denial::ApplicationsOnly => "applications_only",
        Denial::MissingRole => "missing_role",
        Denial::MissingScope => "missing_scope",
        Denial::MissingContext => "missing_context",
    }
}

/// What a denial means, what causes it and what helps.
pub(crate) const fn denial_guide(denial: Denial) -> Guide {
    match denial {
        Denial::Unauthenticated => Guide {
            meaning: "no verified caller",
            cause: "no token, or one that was refused",
            fix: "send a token that every check accepts",
        },
        Denial::Nobody => Guide {
            meaning: "the rule of the operation admits nobody",
            cause: "its annotation has a mistake, and until it is mended nobody is admitted",
            fix: "mend the annotation; the compiler has named the mistake",
        },
        Denial::UsersOnly => Guide {
            meaning: "an application called what only users may call",
            cause: "the token was asked for with client credentials, or by a managed identity: it speaks for no person",
            fix: "sign a person in (authorization code or on-behalf-of), or annotate the operation with `applications(..)`",
        },
        Denial::ApplicationsOnly => Guide {
            meaning: "a user called what only applications may call",
            cause: "the token speaks for a person, and the rule has `applications(..)` alone",
            fix: "call with client credentials or a managed identity, or annotate the operation with `roles(..)`",
        },
        Denial::MissingRole => Guide {
            meaning: "none of the required roles is held",
            cause: "no app role of this API is assigned to the caller, the token is older than the assignment, or \
                    `auth.roles` maps the value to another role",
            fix: "assign a role: a person or group under Enterprise applications, this API, Users and groups; an \
                  application under its API permissions, Application permissions, with admin consent; then ask for a new token",
        },
        Denial::MissingScope => Guide {
            meaning: "at least one required scope is not in the token",
            cause: "the client asked for another scope, or consent was not given",
            fix: "ask for `<App ID URI of this API>/<scope>`; the client needs it under API permissions, Delegated \
                  permissions, with consent, or among the API's authorized client applications (Expose an API)",
        },
        Denial::MissingContext => Guide {
            meaning: "the sign-in did not meet the authentication context of the operation",
            cause: "the token's `acrs` lacks the context: the person signed in before it was asked for, or no Conditional \
                    Access policy answers to it",
            fix: "sign in again with the claims challenge of the answer; the client declares the capability `cp1`; publish the \
                  context (Conditional Access, Authentication contexts) and a policy for it",
        },
    }
}

/// Every denial, for the page.
pub(super) const DENIALS: [Denial; 7] = [
    Denial::Unauthenticated,
    Denial::Nobody,
    Denial::UsersOnly,
    Denial::ApplicationsOnly,
    Denial::MissingRole,
    Denial::MissingScope,
    Denial::MissingContext,
];
