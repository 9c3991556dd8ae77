//! Keys of `auth` that prove this API to the authority.

use crate::config::key::{Key, KeyDef};
use crate::config::sections::SecretText;

pub(crate) const CLIENT_CREDENTIAL: Key<String> = Key::choice(
    "auth.client_credential",
    &[
        "federated_token",
        "managed_identity",
        "certificate",
        "secret",
    ],
    "How this API proves who it is when it asks for tokens of other APIs.",
)
.derived("the first one of the choices that is set");
pub(crate) const FEDERATED_TOKEN_FILE: Key<String> = Key::text(
    "auth.federated_token_file",
    "File with the projected service-account token that stands for the app registration; read anew for every exchange.",
)
.procedure_variable("AZURE_FEDERATED_TOKEN_FILE");
pub(crate) const CLIENT_CERTIFICATE: Key<SecretText> = Key::text(
    "auth.client_certificate",
    "Certificate of the app registration and its RSA key, in PEM. Mount it and name the file in `APP_AUTH__CLIENT_CERTIFICATE_FILE`.",
)
.secret();
pub(crate) const CLIENT_SECRET: Key<SecretText> = Key::text(
    "auth.client_secret",
    "Client secret of the app registration; a managed identity or a certificate is better. Mount it and name the file in `APP_AUTH__CLIENT_SECRET_FILE`.",
)
.secret()
.refreshable();

/// In the order operators read them.
pub(super) const CLIENT_CREDENTIAL_KEYS: &[KeyDef] = &[
    CLIENT_CREDENTIAL.def,
    FEDERATED_TOKEN_FILE.def,
    CLIENT_CERTIFICATE.def,
    CLIENT_SECRET.def,
];
