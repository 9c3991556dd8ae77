//! Every interleaving of requests and a rotation, tried by a model checker (loom): does a verdict outlive its key?
//!
//! What is real: [`Current`], key sets and their verdict caches. What is modelled: the lock, by loom's; a request, by the
//! steps of the authenticator in their order, with "the set has the key" for the signature check; and the clock, which stands.
//! A cache is taken to be atomic, as `quick_cache` promises: loom sees it as one step, before and after which others may run.

use std::sync::Arc;

use loom::sync::RwLock;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use serde_json::Value;

use super::*;
use crate::Caller;
use crate::identity::keys::KeySet;
use crate::identity::poc::PocMode;
use crate::identity::policy::Policy;
use crate::identity::testing::{KEY_A, KEY_B, NOW, VOCABULARY, config};
use crate::identity::token::Times;
use crate::identity::verdicts::{Remembered, VerdictCache};

const TOKEN: &str = "a token that key A has signed";
const TIMES: Times = Times {
    expires_at: NOW + 3600,
    not_before: NOW,
    issued_at: None,
};

/// What requests look a token up in, and what a rotation does about it.
#[derive(Clone, Copy)]
enum Design {
    /// A cache for each set: what the service does.
    CachePerSet,
    /// One cache for all sets, emptied after a rotation: what suggests itself, and is wrong.
    OneCacheEmptiedAfterwards,
}

/// What stands outside of the model, made once.
struct Scene {
    policy: Policy,
    caller: Caller,
    key_a: Vec<Value>,
    key_b: Vec<Value>,
}

struct World {
    scene: Arc<Scene>,
    design: Design,
    state: RwLock<Current<KeySet>>,
    one_cache: RwLock<Option<VerdictCache>>,
    /// Set once the new keys are served; whoever starts afterwards must not meet the old ones.
    has_rotated: AtomicBool,
    /// Touched before each step that loom cannot see, so that it lets others run there.
    steps: AtomicUsize,
}

impl World {
    fn new(scene: &Arc<Scene>, design: Design) -> Self {
        let mut current = Current::default();
        current.replace(set_of(&scene.key_a), Instant::now(), KeySet::is_same_as);
        Self {
            scene: Arc::clone(scene),
            design,
            state: RwLock::new(current),
            one_cache: RwLock::new(Some(cache())),
            has_rotated: AtomicBool::new(false),
            steps: AtomicUsize::new(0),
        }
    }

    fn step(&self) {
        self.steps.fetch_add(1, Ordering::SeqCst);
    }

    fn current(&self) -> Arc<KeySet> {
        let state = self.state.read().unwrap();
        Arc::clone(&state.loaded().expect("keys were loaded").set)
    }

    fn is_remembered(&self, keys: &KeySet) -> bool {
        self.step();
        let find = |cache: &VerdictCache| {
            let found = cache.find(TOKEN, &self.scene.policy, NOW);
            matches!(found, Remembered::Holds(_))
        };
        match self.design {
            Design::CachePerSet => find(keys.verdicts()),
            Design::OneCacheEmptiedAfterwards => {
                self.one_cache.read().unwrap().as_ref().is_some_and(find)
            }
        }
    }

    fn remember(&self, keys: &KeySet) {
        self.step();
        let remember = |cache: &VerdictCache| cache.remember(TOKEN, &self.scene.caller, TIMES, NOW);
        match self.design {
            Design::CachePerSet => remember(keys.verdicts()),
            Design::OneCacheEmptiedAfterwards => {
                self.one_cache.read().unwrap().iter().for_each(remember);
            }
        }
    }

    /// The steps of the authenticator; says whether the token got in.
    fn request(&self) -> bool {
        if self.is_remembered(&self.current()) {
            return true;
        }
        let keys = self.current();
        if keys.find("key-a").is_none() {
            return false;
        }
        self.remember(&keys);
        true
    }

    /// A request that knows what it may expect: without key A, nobody gets in whom it signed.
    fn checked_request(&self) {
        let must_be_refused = self.has_rotated.load(Ordering::SeqCst);
        let got_in = self.request();
        assert!(!(must_be_refused && got_in), "a verdict outlived its key");
    }

    fn rotate(&self) {
        let mut state = self.state.write().unwrap();
        let set = set_of(&self.scene.key_b);
        state.replace(set, Instant::now(), KeySet::is_same_as);
        drop(state);
        if matches!(self.design, Design::OneCacheEmptiedAfterwards) {
            *self.one_cache.write().unwrap() = Some(cache());
        }
        self.has_rotated.store(true, Ordering::SeqCst);
    }
}

fn cache() -> VerdictCache {
    VerdictCache::new(&crate::config::VerdictCacheConfig {
        capacity: 10,
        max_age: std::time::Duration::from_secs(300),
    })
}

fn set_of(keys: &[Value]) -> KeySet {
    KeySet::of_entries(keys, "issuer", None, None)
}

fn scene() -> Arc<Scene> {
    let config = config();
    let anybody = PocMode::new(&config.authentication, VOCABULARY);
    Arc::new(Scene {
        policy: Policy::new(&config, VOCABULARY),
        caller: anybody.caller(&http::HeaderMap::new()).unwrap(),
        key_a: vec![KEY_A.jwk()],
        key_b: vec![KEY_B.jwk()],
    })
}

/// Tries every interleaving of two requests, one after the other, with a rotation; then once more after all.
fn explore(design: Design) -> usize {
    let scene = scene();
    let explored = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&explored);
    loom::model(move || {
        count.fetch_add(1, Ordering::Relaxed);
        let world = loom::sync::Arc::new(World::new(&scene, design));
        let requests = loom::sync::Arc::clone(&world);
        let requests = loom::thread::spawn(move || {
            requests.checked_request();
            requests.checked_request();
        });
        let rotation = loom::sync::Arc::clone(&world);
        let rotation = loom::thread::spawn(move || rotation.rotate());
        requests.join().unwrap();
        rotation.join().unwrap();
        assert!(!world.request(), "a verdict outlived its key");
    });
    explored.load(Ordering::Relaxed)
}

#[test]
fn in_no_interleaving_does_a_verdict_outlive_its_key() {
    let explored = explore(Design::CachePerSet);
    assert!(explored > 20, "{explored} interleavings were tried");
}

/// The model sees what it is there to see.
#[test]
#[should_panic(expected = "a verdict outlived its key")]
fn one_cache_that_is_emptied_after_a_rotation_is_found_out() {
    explore(Design::OneCacheEmptiedAfterwards);
}

/// A refresh that brings the same keys forgets nothing, wherever a request stands.
#[test]
fn in_no_interleaving_does_an_unchanged_set_forget() {
    let scene = scene();
    loom::model(move || {
        let world = loom::sync::Arc::new(World::new(&scene, Design::CachePerSet));
        let refresh = loom::sync::Arc::clone(&world);
        let refresh = loom::thread::spawn(move || {
            let set = set_of(&refresh.scene.key_a);
            let mut state = refresh.state.write().unwrap();
            state.replace(set, Instant::now(), KeySet::is_same_as);
        });
        assert!(world.request());
        refresh.join().unwrap();
        assert!(world.is_remembered(&world.current()));
    });
}
