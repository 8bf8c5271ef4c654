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
    /// Takes another's share in: an attempt's, or that of a whole run.
    pub fn add(&mut self, other: Self) {
        self.queue += other.queue;
        self.instantiate += other.instantiate;
        self.run += other.run;
        self.serialize += other.serialize;
        self.peak_memory = self.peak_memory.max(other.peak_memory);
    }
}
