//! `az`, the Azure CLI of whoever sits at this machine.
//!
//! Invariant: what it writes is for the caller to judge, and never shown whole: standard output is the token, standard
//! error may name the person who is signed in.

use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// Why `az` said nothing.
#[derive(Debug)]
pub(crate) enum AzureCliError {
    /// It is not there, or may not be run.
    NotStarted(io::Error),
    /// It may wait for a sign-in or a proxy.
    TimedOut,
}

/// Has `az` get an access token of this scope: alone on standard output when it exits with success.
///
/// # Errors
/// [`AzureCliError`], at the latest after `timeout`; the process is then killed.
pub(crate) async fn get_access_token(
    scope: &str,
    timeout: Duration,
) -> Result<Output, AzureCliError> {
    let output = Command::new("az")
        // `az` is a Python program that looks for its modules where it is started: a project's own would run with the
        // rights of whoever is signed in.
        .current_dir("/")
        .args(["account", "get-access-token", "--scope", scope])
        .args(["--query", "accessToken", "-o", "tsv"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(timeout, output).await {
        Ok(output) => output.map_err(AzureCliError::NotStarted),
        Err(_) => Err(AzureCliError::TimedOut),
    }
}
