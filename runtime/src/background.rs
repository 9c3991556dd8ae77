//! Work that goes on beside whoever started it.
//!
//! tokio compiles its whole handling of a task for each type of future. What starts here is of one type, at the price of
//! an allocation: for what begins once, or once a connection, not for what each request does.

use std::future::Future;

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Starts work on the runtime that this runs on. It goes on when the handle is dropped, and ends early by `abort`.
///
/// # Panics
/// Outside a runtime.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    spawn_on(&Handle::current(), work)
}

/// Starts work on this runtime.
pub(crate) fn spawn_on(
    runtime: &Handle,
    work: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    let work: BoxFuture<'static, ()> = Box::pin(work);
    runtime.spawn(work)
}
