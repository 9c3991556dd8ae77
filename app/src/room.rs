//! Room for what goes on beside a request: so much of it on this instance, and so much for one caller.
//!
//! The rate limit bounds what begins in a second; this bounds what goes on at the same time. Invariant: nobody is kept
//! from working by one caller who takes all there is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use portcullis::api_spec::ProblemDef;
use portcullis::{Problem, Problems};

use crate::person::Person;

/// Seconds until it is worth asking again.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// How much goes on at the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// On this instance.
    pub(crate) all: usize,
    /// Of it, for one caller.
    pub(crate) each: usize,
}

/// Room within limits. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    limits: Limits,
    taken: Arc<Mutex<Taken>>,
}

/// Invariant: whoever holds no place is not in the map, so that it does not grow with the number of callers.
#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_person: HashMap<Person, usize>,
}

impl Room {
    /// Room that nobody has taken any of.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            taken: Arc::default(),
        }
    }

    /// Takes a place until it is dropped.
    ///
    /// # Errors
    /// [`NoRoom`] says whose places are all taken.
    pub(crate) fn take(&self, person: Person) -> Result<Place, NoRoom> {
        let mut taken = self.taken();
        let own = taken.by_person.get(&person).copied().unwrap_or(0);
        if own >= self.limits.each {
            return Err(NoRoom::CallerHasEnough);
        }
        if taken.all >= self.limits.all {
            return Err(NoRoom::Full);
        }
        taken.all += 1;
        taken.by_person.insert(person, own + 1);
        Ok(Place {
            room: self.clone(),
            person,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Nothing panics while the lock is held.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a room, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    room: Room,
    person: Person,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        taken.all -= 1;
        let own = taken.by_person.get(&self.person).copied().unwrap_or(1) - 1;
        match own {
            0 => taken.by_person.remove(&self.person),
            left => taken.by_person.insert(self.person, left),
        };
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// As much goes on as the instance takes.
    #[error("the instance is busy")]
    Full,
    /// The caller has as much going on as one may.
    #[error("the caller has enough going on")]
    CallerHasEnough,
}

impl NoRoom {
    const FULL: ProblemDef = ProblemDef {
        status: 503,
        code: "desk_is_busy",
        title: "The desk does as much at once as it can; try again in a moment",
    };
    const CALLER_HAS_ENOUGH: ProblemDef = ProblemDef {
        status: 429,
        code: "too_much_at_once",
        title: "You have as much going on at once as one caller may; wait until some of it has ended",
    };
}

impl Problems for NoRoom {
    const PROBLEMS: &'static [ProblemDef] = &[Self::FULL, Self::CALLER_HAS_ENOUGH];
}

impl From<NoRoom> for Problem {
    fn from(no_room: NoRoom) -> Self {
        let problem = match no_room {
            NoRoom::Full => NoRoom::FULL,
            NoRoom::CallerHasEnough => NoRoom::CALLER_HAS_ENOUGH,
        };
        Problem::new(problem).with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
    }
}

impl IntoResponse for NoRoom {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(number: u128) -> Person {
        Person {
            tenant_id: Uuid::nil(),
            object_id: Uuid::from_u128(number),
        }
    }

    #[test]
    fn one_caller_cannot_take_all_the_room() {
        let room = Room::new(Limits { all: 3, each: 2 });
        let [one, other, third] = [1, 2, 3].map(person);
        let first = room.take(one).unwrap();
        let _second = room.take(one).unwrap();
        assert_eq!(room.take(one).unwrap_err(), NoRoom::CallerHasEnough);
        let _third = room.take(other).unwrap();
        assert_eq!(room.take(third).unwrap_err(), NoRoom::Full);
        drop(first);
        assert_eq!(room.clone().taken().all, 2);
        let _fourth = room.take(third).unwrap();
    }

    #[test]
    fn who_has_left_is_forgotten() {
        let room = Room::new(Limits { all: 3, each: 2 });
        let places = [room.take(person(1)).unwrap(), room.take(person(1)).unwrap()];
        drop(places);
        let taken = room.taken();
        assert_eq!((taken.all, taken.by_person.len()), (0, 0));
    }
}
