//! Key Vault as a layer: the real binary against an endpoint for managed identities and a vault over real TLS, whose
//! certificate it trusts by `SSL_CERT_FILE`. Every request is kept, and says as whom the vault was asked.

mod answers;
mod certificates;
mod fake;
mod identities;
mod layer;
mod refresh;
mod world;
