//! The async runtimes that calls are made on.

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// A runtime with so many threads.
pub(crate) struct Threads {
    runtime: Runtime,
    threads: usize,
}

impl Threads {
    /// Everything on the thread that asks: no other is woken, which would cost more than some of the calls.
    pub(crate) fn one() -> Self {
        Self { runtime: Builder::new_current_thread().enable_all().build().unwrap(), threads: 1 }
    }

    /// As the command line has it, on two cores.
    pub(crate) fn two() -> Self {
        let mut builder = Builder::new_multi_thread();
        Self { runtime: builder.worker_threads(2).enable_all().event_interval(8).build().unwrap(), threads: 2 }
    }

    /// `calls` makes as many calls as it is told, one after the other; on each thread it makes its part of `n`.
    pub(crate) fn share<F: Future<Output = ()> + Send + 'static>(&self, n: usize, calls: impl Fn(usize) -> F) {
        if self.threads == 1 {
            return self.runtime.block_on(calls(n));
        }
        let mut parts = JoinSet::new();
        for thread in 0..self.threads {
            parts.spawn_on(calls((n + thread) / self.threads), self.runtime.handle());
        }
        self.runtime.block_on(parts.join_all());
    }

    /// Waits for one thing.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}
