//! What a run may take.

use std::time::Duration;

/// Limits of a run: of its tree of actions, of each attempt's sandbox, and of what the host holds for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest an attempt may run; a task's own `max_runtime` can only shorten it. `None`: no limit.
    pub max_runtime: Option<Duration>,
    /// The longest the whole run may take. `None`: no limit.
    pub deadline: Option<Duration>,
    /// The most actions a run may have, the root and cached ones included; and the most attempts at all of them.
    pub max_actions: u64,
    /// How deep actions may nest; the root is at depth 1.
    pub max_depth: u32,
    /// Bytes of memory of one attempt's sandbox, summed over all its memories and tables. wasmtime's own limit is for
    /// each memory, so a guest with many would get many times as much.
    pub max_memory: usize,
    /// Instructions of one attempt, as the engine's fuel counts them. `None`: they are not counted. A host counts them
    /// only where the limits it is built with set this; counting makes guests slower.
    pub max_fuel: Option<u64>,
    /// Bytes of an action's inputs.
    pub max_input: usize,
    /// Bytes of an action's output.
    pub max_output: usize,
    /// Bytes that are kept of what an action's attempts print, to both streams; what goes beyond is dropped.
    pub max_log: u64,
    /// Child actions that one attempt may have pending at once.
    pub max_pending: usize,
    /// Handles to host resources (streams, sockets, files, pending calls …) that one attempt may hold at once.
    pub max_handles: usize,
    /// Bytes of inputs and outputs that the host holds for a whole run, between those who give and those who take
    /// them.
    pub max_held: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_runtime: None,
            deadline: None,
            max_actions: 1_000_000,
            max_depth: 256,
            max_memory: 256 << 20,
            max_fuel: None,
            max_input: 64 << 20,
            max_output: 64 << 20,
            max_log: 16 << 20,
            max_pending: 100_000,
            max_handles: 1 << 18,
            max_held: 1 << 30,
        }
    }
}
