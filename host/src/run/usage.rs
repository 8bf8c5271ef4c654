//! What an action takes.

use std::time::Duration;

/// What an action took, over all its attempts. Its children's share is in `run`, as it waits for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Waiting for a slot, for the next attempt, and for another action's result.
    pub queue: Duration,
    /// Making instances.
    pub instantiate: Duration,
    /// Running in them.
    pub run: Duration,
    /// Checking inputs and outputs, and converting them.
    pub serialize: Duration,
    /// The most memory that one attempt's sandbox took, in bytes.
    pub peak_memory: usize,
}

impl Usage {
    /// Takes one attempt's share in.
    pub(super) fn add(&mut self, attempt: Self) {
        self.queue += attempt.queue;
        self.instantiate += attempt.instantiate;
        self.run += attempt.run;
        self.serialize += attempt.serialize;
        self.peak_memory = self.peak_memory.max(attempt.peak_memory);
    }
}
