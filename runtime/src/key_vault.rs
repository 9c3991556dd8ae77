//! Azure Key Vault: where it is, as whom this service asks it, and what it answers.
//!
//! Asked at start, before the configuration is complete, and again while running for what may change:
//! `identity -> token -> wire -> secrets`. What is read, and what its values become, says `config/key_vault/`.
//!
//! Invariant: no secret, no token, and nothing that somebody else wrote gets into an error or a log line.

mod address;
mod attempts;
mod challenge;
mod failure;
mod identity;
mod pod;
mod reference;
mod secrets;
mod wire;

pub(crate) use address::{Emulators, VaultAddress};
pub(crate) use failure::{IdentityFailure, NoAnswer, SecretFailure};
pub(crate) use identity::Identity;
pub(crate) use pod::Pod;
pub(crate) use reference::{Presence, SecretReference};
pub(crate) use secrets::{FoundSecret, VaultRequest, read, read_blocking};
