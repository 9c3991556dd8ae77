//! Why the tenant cannot be started, or cannot make the token asked for.
//!
//! What clients are told over HTTP is elsewhere: `oauth_error`.

use std::net::SocketAddr;

use uuid::Uuid;

/// Why the issuer cannot do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// The address is reachable from outside this machine.
    #[error("the dev issuer listens on loopback only, not on {address}")]
    NotLoopback {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The address cannot be listened on.
    #[error("the dev issuer cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// No App ID URI to qualify scopes with.
    #[error("the tenant has no app id uri")]
    NoAppIdUri,
    /// Two accounts or applications of one name, or an empty name.
    #[error("account name {name:?} is empty or stands twice")]
    NameNotUnique {
        /// The name.
        name: String,
    },
    /// Two registrations with one client id.
    #[error("client id {client_id} stands twice")]
    ClientIdNotUnique {
        /// The client id.
        client_id: Uuid,
    },
    /// Not a place codes can be sent to.
    #[error(
        "redirect uri {redirect_uri:?} is not an absolute http or https url without a fragment"
    )]
    RedirectUri {
        /// The URI.
        redirect_uri: String,
    },
    /// No public client with this id.
    #[error("no public client has the id {client_id}")]
    UnknownClient {
        /// The client id.
        client_id: Uuid,
    },
    /// No account with this name.
    #[error("no account is named {name:?}")]
    UnknownAccount {
        /// The name.
        name: String,
    },
    /// No application with this name.
    #[error("no application is named {name:?}")]
    UnknownApplication {
        /// The name.
        name: String,
    },
    /// The API exposes no such scope.
    #[error("the api exposes no scope {scope:?}")]
    UnknownScope {
        /// The short name.
        scope: String,
    },
    /// No signing key could be made.
    #[error("no RSA key could be generated")]
    KeyGeneration,
}
