//! The client secret that is presented now: another one may take its place while running.

use std::future::{Ready, ready};
use std::sync::{Arc, PoisonError, RwLock};

use crate::config::SecretText;
use crate::refresh::ChangeRefused;

/// A secret of the app registration. Clones are the same one.
#[derive(Clone)]
pub(crate) struct ClientSecret(Arc<RwLock<SecretText>>);

impl ClientSecret {
    pub(super) fn new(secret: SecretText) -> Self {
        Self(Arc::new(RwLock::new(secret)))
    }

    pub(super) fn reveal(&self) -> String {
        let secret = self.0.read().unwrap_or_else(PoisonError::into_inner);
        secret.0.clone()
    }

    /// Takes new secrets. The next exchange presents what was taken; tokens that are remembered stay good.
    pub(crate) fn follower(
        &self,
    ) -> impl Fn(SecretText) -> Ready<Result<(), ChangeRefused>> + Send + Sync + 'static {
        let Self(current) = self.clone();
        move |secret| {
            *current.write().unwrap_or_else(PoisonError::into_inner) = secret;
            ready(Ok(()))
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::downstream::credential::Credential;

    #[tokio::test]
    async fn what_is_taken_is_presented_next() {
        let secret = ClientSecret::new(SecretText("old".to_owned()));
        let take = secret.follower();
        let credential = Credential::Secret(secret);
        let endpoint = Url::parse("https://login.example/token").unwrap();
        let presented = async || credential.present("client", &endpoint).await.unwrap();
        assert_eq!(presented().await, [("client_secret", "old".to_owned())]);
        take(SecretText("new".to_owned())).await.unwrap();
        assert_eq!(presented().await, [("client_secret", "new".to_owned())]);
    }
}
