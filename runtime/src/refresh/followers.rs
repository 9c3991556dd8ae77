//! Who takes new values, by configuration key.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::SecretText;

/// Why a new value was not taken: a sentence for the log, without the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ChangeRefused(pub String);

/// Takes a new value, or says why not.
pub(crate) type Follower = Box<dyn Fn(SecretText) -> Taking + Send + Sync>;
type Taking = Pin<Box<dyn Future<Output = Result<(), ChangeRefused>> + Send>>;

/// The followers of one service, while it is built. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Followers(Arc<Mutex<BTreeMap<String, Follower>>>);

impl Followers {
    /// Makes `follower` the one of this key; a second one takes the place of the first.
    pub(crate) fn add<F, Fut>(&self, key: &str, follower: F)
    where
        F: Fn(SecretText) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), ChangeRefused>> + Send + 'static,
    {
        let follower: Follower = Box::new(move |value| Box::pin(follower(value)));
        self.lock().insert(key.to_owned(), follower);
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.lock().contains_key(key)
    }

    /// All of them. Whoever is added later follows nothing.
    pub(crate) fn take(&self) -> BTreeMap<String, Follower> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Follower>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Followers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.lock().keys()).finish()
    }
}
