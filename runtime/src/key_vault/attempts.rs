//! Asking again: what may pass is asked once more, until the time is over.

use std::time::Duration;

use reqwest::StatusCode;

use super::wire::{Answer, Trouble};
use crate::jitter;

/// The first pause between two attempts, and the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// What one attempt came to.
pub(super) enum Attempt<T, E> {
    /// It will not change.
    Final(Result<T, E>),
    /// The next one may end differently.
    MayPass {
        error: E,
        /// How long the other side wants to be left alone; where it says nothing or less, our own pause counts.
        wait: Option<Duration>,
    },
}

impl<T, E: From<Trouble>> Attempt<T, E> {
    /// What one request came to: `busy` names the failure of a status that may pass, `accept` judges any other answer.
    pub(super) fn of(
        outcome: Result<Answer, Trouble>,
        busy: impl FnOnce(StatusCode) -> E,
        accept: impl FnOnce(&Answer) -> Result<T, E>,
    ) -> Self {
        match outcome {
            Err(trouble) if trouble.may_pass() => Attempt::MayPass {
                error: trouble.into(),
                wait: None,
            },
            Err(trouble) => Attempt::Final(Err(trouble.into())),
            Ok(answer) if answer.may_pass() => Attempt::MayPass {
                error: busy(answer.status),
                wait: answer.retry_after,
            },
            Ok(answer) => Attempt::Final(accept(&answer)),
        }
    }
}

/// Asks until there is an answer that will not change, or until `timeout` is over.
///
/// # Errors
/// What the last attempt came to, or `silent` where none has ended.
pub(super) async fn ask<T, E, F: Future<Output = Attempt<T, E>>>(
    timeout: Duration,
    silent: E,
    attempt: impl Fn() -> F,
) -> Result<T, E> {
    let mut last = silent;
    let asking = async {
        let mut pause = PAUSE;
        loop {
            match attempt().await {
                Attempt::Final(outcome) => return outcome,
                Attempt::MayPass { error, wait } => {
                    last = error;
                    let own = jitter::shorten(pause, jitter::draw());
                    tokio::time::sleep(wait.map_or(own, |wait| wait.max(own))).await;
                }
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    };
    match tokio::time::timeout(timeout, asking).await {
        Ok(outcome) => outcome,
        Err(_) => Err(last),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(20);

    fn busy<T>(wait: Option<Duration>) -> Attempt<T, &'static str> {
        Attempt::MayPass {
            error: "busy",
            wait,
        }
    }

    #[tokio::test]
    async fn what_may_pass_is_asked_again_and_what_will_not_is_not() {
        let asked = Cell::new(0);
        let outcome = ask(LONG, "silent", async || {
            asked.set(asked.get() + 1);
            match asked.get() {
                1 | 2 => busy(None),
                count => Attempt::Final(Ok(count)),
            }
        });
        assert_eq!(outcome.await, Ok(3));

        let asked = Cell::new(0);
        let outcome = ask(LONG, "silent", async || {
            asked.set(asked.get() + 1);
            Attempt::<(), _>::Final(Err("no"))
        });
        assert_eq!((outcome.await, asked.get()), (Err("no"), 1));
    }

    #[tokio::test]
    async fn the_other_side_is_left_alone_for_as_long_as_it_says() {
        let wait = PAUSE * 3;
        let begun = Instant::now();
        let asked = Cell::new(0);
        let outcome = ask(LONG, "silent", async || {
            asked.set(asked.get() + 1);
            match asked.get() {
                1 => busy(Some(wait)),
                _ => Attempt::Final(Ok(begun.elapsed())),
            }
        });
        assert!(outcome.await.is_ok_and(|elapsed| elapsed >= wait));
    }

    #[tokio::test]
    async fn whoever_wants_to_be_asked_again_at_once_is_asked_after_a_pause() {
        let asked = Cell::new(0);
        let outcome = ask(PAUSE / 2, "silent", async || {
            asked.set(asked.get() + 1);
            busy::<()>(Some(Duration::ZERO))
        });
        assert_eq!((outcome.await, asked.get()), (Err("busy"), 1));
    }

    #[tokio::test]
    async fn when_the_time_is_over_the_last_answer_says_why() {
        for wait in [None, Some(LONG)] {
            let outcome = ask(SHORT, "silent", async || busy::<()>(wait)).await;
            assert_eq!(outcome, Err("busy"), "{wait:?}");
        }
        let outcome = ask(SHORT, "silent", pending::<Attempt<(), _>>).await;
        assert_eq!(outcome, Err("silent"));
    }
}
