//! Places that are counted by holder, and given back when they are dropped.
//!
//! Invariant: nobody is remembered who holds none, so that the table is never larger than what is held.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many places each holder has.
pub(super) struct Places<K> {
    held: Mutex<HashMap<K, u32>>,
}

/// One place, held until it is dropped.
#[must_use = "a place that nobody holds is given back"]
pub(crate) struct Place<K: Eq + Hash> {
    places: Arc<Places<K>>,
    holder: K,
}

impl<K: Copy + Eq + Hash> Places<K> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            held: Mutex::new(HashMap::new()),
        })
    }

    /// Takes a place; `None` when the holder has `most` already.
    pub(super) fn enter(self: &Arc<Self>, holder: K, most: u32) -> Option<Place<K>> {
        let mut held = self.held();
        let count = held.get(&holder).copied().unwrap_or(0);
        if count >= most {
            return None;
        }
        held.insert(holder, count + 1);
        Some(Place {
            places: Arc::clone(self),
            holder,
        })
    }
}

impl<K> Places<K> {
    /// Nothing panics while it holds the lock, and a number would be no worse for it.
    fn held(&self) -> MutexGuard<'_, HashMap<K, u32>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut held = self.places.held();
        match held.get_mut(&self.holder) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                held.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_holder_and_come_back_when_dropped() {
        let places = Places::new();
        let first = places.enter(1, 2).unwrap();
        let second = places.enter(1, 2).unwrap();
        assert!(places.enter(1, 2).is_none());
        let other = places.enter(2, 2).unwrap();
        drop(first);
        let third = places.enter(1, 2).unwrap();
        assert!(places.enter(1, 2).is_none());
        drop((second, third, other));
        assert!(places.held().is_empty(), "nobody is remembered");
    }
}
