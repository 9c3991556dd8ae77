//! A local stand-in for one Microsoft Entra tenant, for `dev` and for tests.
//!
//! It answers the routes an Entra v2 client uses (discovery, signing keys, authorize, token) with the same claims and
//! the same shapes of error, so that an application is developed against real tokens and the real validator.
//! There are no passwords: whoever reaches it may sign in as any account.
//!
//! Invariant: it binds loopback addresses only, and answers only requests that name a loopback host.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use portcullis_dev_issuer::{Account, DevIssuer, IssuerSettings};
//!
//! let mut settings = IssuerSettings::new("127.0.0.1:0".parse()?, uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
//! settings.scopes = vec!["user_impersonation".to_owned()];
//! settings.accounts = vec![Account::with_role("Viewer")];
//! let issuer = DevIssuer::bind(settings).await?;
//! println!("authority: {}", issuer.authority());
//! let token = issuer.token_for("Viewer", &["user_impersonation"])?;
//! # Ok(()) }
//! ```

mod assertion;
mod claims;
mod claims_request;
mod code;
mod error;
mod issuer;
mod loopback;
mod oauth_error;
mod object_id;
mod page;
mod parameters;
mod pkce;
mod random;
mod refresh;
mod registration;
mod routes;
mod scope;
mod settings;
mod signing_key;

pub use claims::AZURE_CLI_CLIENT_ID;
pub use error::IssuerError;
pub use issuer::DevIssuer;
pub use object_id::{DEV_TENANT_ID, object_id_of};
pub use registration::{ApiCredential, DownstreamApi, DownstreamPolicy};
pub use settings::{Account, ApplicationAccount, IssuerSettings, PublicClient};
