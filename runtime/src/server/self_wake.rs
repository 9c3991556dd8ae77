//! A task that wakes itself while it runs, run again at once.
//!
//! hyper wakes the task of a connection from within it whenever a handler asks for the body of a request. tokio queues such a
//! task behind the others, and wakes another thread to take it: two switches of threads for a poll that finds nothing new.
//!
//! Invariant: no wake is lost. One that comes while nothing runs, or after the last round, is tokio's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::task::AtomicWaker;

/// How often a task runs before it gives way to others.
const ROUNDS: u32 = 3;

/// Nothing runs: a wake is the executor's.
const IDLE: u8 = 0;
const RUNNING: u8 = 1;
/// It runs, and is to run again.
const WOKEN: u8 = 2;

/// Runs one task.
pub(super) struct SelfWakes {
    alarm: Arc<Alarm>,
    waker: Waker,
}

/// Takes the wakes of a task.
#[derive(Default)]
struct Alarm {
    state: AtomicU8,
    executor: AtomicWaker,
}

impl SelfWakes {
    pub(super) fn new() -> Self {
        let alarm = Arc::new(Alarm::default());
        Self {
            waker: Waker::from(Arc::clone(&alarm)),
            alarm,
        }
    }

    /// Polls until it is ready, or has not been woken meanwhile.
    pub(super) fn poll<T>(
        &mut self,
        context: &Context<'_>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let Alarm { state, executor } = &*self.alarm;
        executor.register(context.waker());
        for _ in 0..ROUNDS {
            state.store(RUNNING, Ordering::Release);
            let polled = poll(&mut Context::from_waker(&self.waker));
            if polled.is_ready() {
                return polled;
            }
            let idle = state.compare_exchange(RUNNING, IDLE, Ordering::AcqRel, Ordering::Acquire);
            if idle.is_ok() {
                return Poll::Pending;
            }
        }
        state.store(IDLE, Ordering::Release);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let woken =
            self.state
                .compare_exchange(RUNNING, WOKEN, Ordering::AcqRel, Ordering::Acquire);
        if woken == Err(IDLE) {
            self.executor.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;
    use tokio::sync::oneshot;

    /// Counts what the executor is told.
    #[derive(Default)]
    struct Executor(AtomicUsize);

    impl Wake for Executor {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often a task runs that does this in each round, and how often it wakes its executor.
    fn run(mut round: impl FnMut(&Waker, u32) -> Poll<()>) -> (u32, usize) {
        let executor = Arc::new(Executor::default());
        let waker = Waker::from(Arc::clone(&executor));
        let mut rounds = 0;
        let polled = SelfWakes::new().poll(&Context::from_waker(&waker), |context| {
            rounds += 1;
            round(context.waker(), rounds)
        });
        let _ = polled;
        (rounds, executor.0.load(Ordering::SeqCst))
    }

    #[test]
    fn a_task_that_wakes_itself_runs_again_and_wakes_nobody() {
        let once = |waker: &Waker, round| {
            if round == 1 {
                waker.wake_by_ref();
                waker.wake_by_ref();
            }
            Poll::Pending
        };
        assert_eq!(run(once), (2, 0));
    }

    #[test]
    fn a_task_that_waits_or_is_ready_runs_once() {
        assert_eq!(run(|_, _| Poll::Pending), (1, 0));
        let wakes_and_ends = |waker: &Waker, _| {
            waker.wake_by_ref();
            Poll::Ready(())
        };
        assert_eq!(run(wakes_and_ends), (1, 0));
    }

    #[test]
    fn a_task_that_goes_on_waking_itself_gives_way() {
        let always = |waker: &Waker, _| {
            waker.wake_by_ref();
            Poll::Pending
        };
        assert_eq!(run(always), (ROUNDS, 1));
    }

    #[test]
    fn a_wake_from_outside_is_the_executors() {
        let executor = Arc::new(Executor::default());
        let waker = Waker::from(Arc::clone(&executor));
        let mut wakes = SelfWakes::new();
        let mut kept = None;
        let polled: Poll<()> = wakes.poll(&Context::from_waker(&waker), |context| {
            kept = Some(context.waker().clone());
            Poll::Pending
        });
        assert!(polled.is_pending());
        kept.unwrap().wake();
        assert_eq!(executor.0.load(Ordering::SeqCst), 1);
    }

    /// Another thread wakes it at whatever moment it comes to: one wake that is lost, and this does not end.
    #[tokio::test]
    async fn no_wake_of_another_thread_is_lost() {
        let (to_answer, answers) = std::sync::mpsc::channel::<oneshot::Sender<()>>();
        std::thread::spawn(move || {
            for answer in answers {
                let _ = answer.send(());
            }
        });
        let all = async {
            for _ in 0..20_000 {
                let (answer, mut answered) = oneshot::channel();
                to_answer.send(answer).unwrap();
                let mut wakes = SelfWakes::new();
                let ended = poll_fn(|context| {
                    wakes.poll(context, |context| Pin::new(&mut answered).poll(context))
                });
                assert_eq!(ended.await, Ok(()));
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(60), all).await;
        assert!(ended.is_ok(), "it waits for a wake that was lost");
    }
}
