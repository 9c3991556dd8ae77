//! Why there is no token of another API, and how that is answered.
//!
//! Nothing here carries what the authority wrote, apart from the claims a client has to send back: its sentences name
//! people and tenants.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, header};
use portcullis_api_spec::ProblemDef;

use crate::Problem;
use crate::reply::Problems;

/// How long a client should wait when the authority does not answer, in seconds.
const RETRY_AFTER_SECONDS: u64 = 5;

const USER_REQUIRED: ProblemDef = ProblemDef {
    status: 403,
    code: "user_required",
    title: "This operation calls another API for the signed-in user, and there is none",
};
const CONSENT_REQUIRED: ProblemDef = ProblemDef {
    status: 403,
    code: "consent_required",
    title: "An administrator has not yet allowed this API to call the other API for its users",
};
const INTERACTION_REQUIRED: ProblemDef = ProblemDef {
    status: 401,
    code: "interaction_required",
    title: "Sign in again: the other API asks for more than this sign-in proves",
};
const REFUSED: ProblemDef = ProblemDef {
    status: 502,
    code: "downstream_refused",
    title: "The identity provider gave no token for the other API",
};
const UNAVAILABLE: ProblemDef = ProblemDef {
    status: 503,
    code: "downstream_unavailable",
    title: "A token for the other API cannot be obtained at the moment",
};

/// Why there is no token of the other API for this caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DownstreamError {
    /// The caller is an application, or nobody signed in (POC mode): there is no user to act for. 403.
    #[error("there is no user to act for")]
    UserRequired,
    /// Nobody has consented to these scopes (AADSTS65001): grant admin consent to this API's registration. 403.
    #[error("nobody has consented to the scopes of the other API")]
    ConsentRequired,
    /// The user has to sign in again (conditional access, revoked or ended sign-in). 401.
    #[error("the user has to sign in again")]
    InteractionRequired {
        /// The claims challenge, JSON, that the client hands to its sign-in library; sent on in `WWW-Authenticate`.
        claims: Option<String>,
    },
    /// The authority refused for another reason, such as a wrong credential or an unknown scope; the log has its code. 502.
    #[error("the authority refused the exchange")]
    Refused,
    /// The authority, or this API's credential, was out of reach twice. 503.
    #[error("the authority could not be asked")]
    Unavailable,
}

/// Why the way to other APIs could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DownstreamSetupError {
    #[error("auth.client_certificate holds no certificate in PEM")]
    NoCertificate,
    #[error("auth.client_certificate holds no RSA private key in PEM")]
    NoPrivateKey,
    #[error("the machine's certificate store cannot be used to reach the authority")]
    Client(#[source] reqwest::Error),
}

impl From<DownstreamError> for Problem {
    fn from(error: DownstreamError) -> Self {
        match error {
            DownstreamError::UserRequired => Problem::new(USER_REQUIRED),
            DownstreamError::ConsentRequired => Problem::new(CONSENT_REQUIRED),
            DownstreamError::InteractionRequired { claims } => Problem::new(INTERACTION_REQUIRED)
                .with_header(header::WWW_AUTHENTICATE, challenge(claims.as_deref())),
            DownstreamError::Refused => Problem::new(REFUSED),
            DownstreamError::Unavailable => Problem::new(UNAVAILABLE)
                .with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into()),
        }
    }
}

/// Microsoft's "claims challenge": sign-in libraries read `claims`, base64, out of `insufficient_claims`.
fn challenge(claims: Option<&str>) -> HeaderValue {
    let value = match claims {
        Some(claims) => format!(
            "Bearer error=\"insufficient_claims\", claims=\"{}\"",
            STANDARD.encode(claims)
        ),
        None => "Bearer error=\"invalid_token\"".to_owned(),
    };
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("Bearer"))
}

impl Problems for DownstreamError {
    const PROBLEMS: &'static [ProblemDef] = &[
        USER_REQUIRED,
        CONSENT_REQUIRED,
        INTERACTION_REQUIRED,
        REFUSED,
        UNAVAILABLE,
    ];
}

impl IntoResponse for DownstreamError {
    fn into_response(self) -> Response {
        let problem = Problem::from(self);
        // A cache that keeps it would answer the next caller with it.
        problem
            .with_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
            .into_response()
    }
}
