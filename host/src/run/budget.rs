//! What a whole run may use.

use std::time::Duration;

/// Limits of a run: of its tree of actions, and of each attempt's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The longest an attempt may run; a task's own `max_runtime` can only shorten it. `None`: no limit.
    pub max_runtime: Option<Duration>,
    /// The longest the whole run may take. `None`: no limit.
    pub deadline: Option<Duration>,
    /// The most actions a run may have, the root and cached ones included; and the most attempts at all of them.
    pub max_actions: u64,
    /// How deep actions may nest; the root is at depth 1.
    pub max_depth: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { max_runtime: None, deadline: None, max_actions: 1_000_000, max_depth: 256 }
    }
}
