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

/// One of the three states, which a task and those who wake it change.
trait State {
    fn set(&self, state: u8);

    /// Changes one state for another.
    ///
    /// # Errors
    /// The state that it is in, where it is another.
    fn change(&self, from: u8, to: u8) -> Result<u8, u8>;

    /// A round has ended. Says whether the task waits now: it does, unless it was woken meanwhile.
    fn rest(&self) -> bool {
        self.change(RUNNING, IDLE).is_ok()
    }

    /// Somebody wakes the task. Says whether that is for the executor to do.
    fn is_asleep(&self) -> bool {
        self.change(RUNNING, WOKEN) == Err(IDLE)
    }
}

impl State for AtomicU8 {
    fn set(&self, state: u8) {
        self.store(state, Ordering::Release);
    }

    fn change(&self, from: u8, to: u8) -> Result<u8, u8> {
        self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
    }
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
            state.set(RUNNING);
            let polled = poll(&mut Context::from_waker(&self.waker));
            if polled.is_ready() {
                return polled;
            }
            if state.rest() {
                return Poll::Pending;
            }
        }
        state.set(IDLE);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.is_asleep() {
            self.executor.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

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

    impl State for loom::sync::atomic::AtomicU8 {
        fn set(&self, state: u8) {
            self.store(state, Ordering::Release);
        }

        fn change(&self, from: u8, to: u8) -> Result<u8, u8> {
            self.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
        }
    }

    /// Every interleaving of one task and one thread that brings it something: it is seen, or the executor is told.
    #[test]
    fn no_wake_of_another_thread_is_lost() {
        use loom::sync::Arc;
        use loom::sync::atomic::{AtomicBool, AtomicU8};

        loom::model(|| {
            let state = Arc::new(AtomicU8::new(IDLE));
            let brought = Arc::new(AtomicBool::new(false));
            let told = Arc::new(AtomicBool::new(false));
            let bringer = {
                let (state, brought, told) = (state.clone(), brought.clone(), told.clone());
                loom::thread::spawn(move || {
                    brought.store(true, Ordering::Release);
                    if state.is_asleep() {
                        told.store(true, Ordering::Release);
                    }
                })
            };
            let mut seen = false;
            loop {
                state.set(RUNNING);
                seen |= brought.load(Ordering::Acquire);
                if state.rest() {
                    break;
                }
            }
            bringer.join().unwrap();
            assert!(seen || told.load(Ordering::Acquire), "a wake is lost");
        });
    }
}
