//! Serves the last good key set, and keeps it current by Microsoft's algorithm (duties 15 to 19).

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::current::{Current, KeyFetches};
use super::document::SigningKey;
use super::fetch::KeyFetcher;
use super::flight::{Flight, Flights, Start};
use super::schedule;
use crate::background;
use crate::config::KeysConfig;
#[cfg(test)]
use crate::config::VerdictCacheConfig;
use crate::identity::verdicts::VerdictCache;
use crate::identity::{KeysStatus, Reason};
use crate::jitter;

/// The result of one successful refresh. A key that is not in it is gone.
pub(crate) struct KeySet {
    /// Their `kid`s differ.
    keys: Vec<Arc<SigningKey>>,
    v2_issuer: String,
    v1_issuer: Option<String>,
    cloud_instance_name: Option<String>,
    verdicts: VerdictCache,
}

impl KeySet {
    pub(super) fn new(
        keys: Vec<SigningKey>,
        v2_issuer: String,
        v1_issuer: Option<String>,
        cloud_instance_name: Option<String>,
        verdicts: VerdictCache,
    ) -> Self {
        Self {
            keys: keys.into_iter().map(Arc::new).collect(),
            v2_issuer,
            v1_issuer,
            cloud_instance_name,
            verdicts,
        }
    }

    /// The set that a key document with these entries gives.
    #[cfg(test)]
    pub(crate) fn of_entries(
        entries: &[serde_json::Value],
        v2_issuer: &str,
        v1_issuer: Option<&str>,
        cloud: Option<&str>,
    ) -> Self {
        let text = serde_json::json!({ "keys": entries }).to_string();
        let document = crate::identity::json::Json::parse(text.as_bytes()).unwrap();
        let keys = super::document::parse_key_document(&document).unwrap().keys;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let settings = VerdictCacheConfig {
            capacity: 100,
            max_age: Duration::from_secs(300),
        };
        Self::new(
            keys,
            v2_issuer.to_owned(),
            owned(v1_issuer),
            owned(cloud),
            VerdictCache::new(&settings),
        )
    }

    /// How many keys there are; never none.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key of this name. There is no search by anything else.
    pub(crate) fn find(&self, kid: &str) -> Option<&Arc<SigningKey>> {
        // A tenant has a handful.
        self.keys.iter().find(|key| key.kid == kid)
    }

    /// Says whether a key of an earlier set is in this one too: the same numbers under the same name, for the same issuer.
    pub(crate) fn still_has(&self, key: &SigningKey) -> bool {
        self.find(&key.kid).is_some_and(|own| **own == *key)
    }

    /// The tokens that keys of this set have verified lately.
    pub(in crate::identity) fn verdicts(&self) -> &VerdictCache {
        &self.verdicts
    }

    /// Says whether both came from documents that say the same.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.keys == other.keys
            && self.v2_issuer == other.v2_issuer
            && self.v1_issuer == other.v1_issuer
            && self.cloud_instance_name == other.cloud_instance_name
    }

    pub(crate) fn v1_issuer(&self) -> Option<&str> {
        self.v1_issuer.as_deref()
    }

    /// Checks that a key may speak for the issuer of a token: a document may list keys of other tenants and clouds.
    ///
    /// # Errors
    /// [`Reason::SigningKeyOfAnotherIssuer`], [`Reason::SigningKeyOfAnotherCloud`].
    pub(crate) fn check_key_belongs(
        &self,
        key: &SigningKey,
        token_issuer: &str,
        tenant_id: Uuid,
    ) -> Result<(), Reason> {
        if let Some(template) = &key.issuer {
            let issuer = template.replace("{tenantid}", &tenant_id.hyphenated().to_string());
            if issuer != token_issuer && issuer != self.v2_issuer {
                return Err(Reason::SigningKeyOfAnotherIssuer);
            }
        }
        match (&key.cloud_instance_name, &self.cloud_instance_name) {
            (Some(keys_cloud), Some(cloud)) if keys_cloud != cloud => {
                Err(Reason::SigningKeyOfAnotherCloud)
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }
}

/// The keys of the service. Requests read, one fetch at a time writes.
pub(crate) struct KeyStore {
    fetcher: KeyFetcher,
    settings: KeysConfig,
    state: RwLock<Current<KeySet>>,
    flights: Arc<Flights>,
}

impl KeyStore {
    pub(crate) fn new(fetcher: KeyFetcher, settings: KeysConfig) -> Arc<Self> {
        Arc::new(Self {
            fetcher,
            settings,
            state: RwLock::default(),
            flights: Flights::new(),
        })
    }

    /// The last good set, while it is not older than its lifetime.
    pub(crate) fn current(&self) -> Option<Arc<KeySet>> {
        Some(self.current_with_time_left()?.0)
    }

    /// The last good set, and how much of its lifetime is left.
    pub(crate) fn current_with_time_left(&self) -> Option<(Arc<KeySet>, Duration)> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let loaded = state.loaded()?;
        let left = self.settings.lifetime.saturating_sub(loaded.at.elapsed());
        (!left.is_zero()).then(|| (Arc::clone(&loaded.set), left))
    }

    /// Listens for fetches that end from now on, whether they brought a set or not.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.flights.listen()
    }

    pub(crate) fn status(&self) -> KeysStatus {
        if self.current().is_none() {
            return KeysStatus::Missing;
        }
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match state.has_last_refresh_failed() {
            true => KeysStatus::Stale,
            false => KeysStatus::Fresh,
        }
    }

    /// The time since the last good set was loaded, also when it is too old to serve; `None` before the first one.
    pub(crate) fn age(&self) -> Option<Duration> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.loaded().map(|loaded| loaded.at.elapsed())
    }

    pub(crate) fn fetches(&self) -> KeyFetches {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.fetches()
    }

    /// Fetches at once, and then by the schedule, for ever. The first fetch is under way before this is polled, so that no
    /// request comes before it.
    pub(crate) fn keep_current(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        let first = self.flights.start_scheduled();
        async move {
            if let Some(first) = first {
                self.fly(first).await;
            }
            self.keep_to_the_schedule().await;
        }
    }

    async fn keep_to_the_schedule(&self) {
        let mut failures_in_a_row = 0_u32;
        loop {
            failures_in_a_row = match self.has_last_refresh_failed() {
                true => failures_in_a_row.saturating_add(1),
                false => 0,
            };
            let (status, random) = (self.status(), jitter::draw());
            let wait = schedule::next_wait(&self.settings, status, failures_in_a_row, random);
            tokio::time::sleep(wait).await;
            self.refresh().await;
        }
    }

    /// Waits for the fetch with which the service began, while it is under way: a service that has just started to listen
    /// turns nobody away whom it can judge in a moment.
    ///
    /// Returns at once when that one has ended, so that an outage is told without delay, and for whoever is one too many.
    pub(crate) async fn wait_for_the_first_fetch(&self) {
        let ended = self.flights.listen();
        if self.flights.is_first_flying() {
            self.flights.wait(ended).await;
        }
    }

    /// Fetches now, or waits for the fetch that is under way.
    pub(crate) async fn refresh(&self) {
        let mut ended = self.flights.listen();
        match self.flights.start_scheduled() {
            Some(flight) => self.fly(flight).await,
            None => {
                let _ = ended.changed().await;
            }
        }
    }

    /// When a call that comes now has waited for keys as long as one fetch may take.
    pub(crate) fn wait_deadline(&self) -> Instant {
        Instant::now() + self.settings.timeout
    }

    /// A token named a key that the current set does not have: fetches, at most once per cooldown.
    ///
    /// Returns when a fetch that may have brought the key has ended, at the deadline, or at once when none may start. Look
    /// again then.
    pub(crate) async fn refresh_for_unknown_kid(self: &Arc<Self>, deadline: Instant) {
        // A provider that hangs would otherwise hold the call for two fetches: the one under way and the one after it.
        let _ = tokio::time::timeout_at(deadline, self.fetch_for_unknown_kid()).await;
    }

    async fn fetch_for_unknown_kid(self: &Arc<Self>) {
        // The fetch under way may have read the document before the key was in it; so ask once more after it.
        for _ in 0..2 {
            let ended = self.flights.listen();
            match self.flights.start_for_unknown_kid(self.settings.cooldown) {
                Start::CoolingDown => return,
                Start::Flying => {
                    if !self.flights.wait(ended).await {
                        return;
                    }
                }
                Start::Go(flight) => {
                    // A task of its own: a client that goes away must not end the fetch that others wait for.
                    let store = Arc::clone(self);
                    background::spawn(async move { store.fly(flight).await });
                    self.flights.wait(ended).await;
                    return;
                }
            }
        }
    }

    async fn fly(&self, flight: Flight) {
        let result = self.fetcher.fetch().await;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(set) => {
                tracing::info!(keys = set.keys.len(), "signing keys loaded");
                state.replace(set, Instant::now(), KeySet::is_same_as);
            }
            Err(error) => {
                let cause = causes_of(&error);
                state.keep();
                let has_keys = state.loaded().is_some();
                tracing::warn!(%error, cause, has_keys, "signing keys could not be refreshed");
            }
        }
        drop(state);
        drop(flight);
    }

    fn has_last_refresh_failed(&self) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.has_last_refresh_failed()
    }
}

/// What lies beneath an error, outermost first: "connection refused" stands at the bottom of it.
fn causes_of(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}
