//! The action that a task runs as.

use crate::host;

/// The action that a task runs as: one node of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActionInfo {
    /// The run's id, unique on its host.
    pub run: String,
    /// The action's id, unique within the run; the root is `a0`.
    pub action: String,
    /// The action that invoked this one; `None` for the root.
    pub parent: Option<String>,
    /// The task's name in the host's catalog.
    pub task: String,
    /// The number of this attempt, from 1.
    pub attempt: u32,
}

/// The action that the calling task runs as.
///
/// Outside of a host, in a native test, it is a stand-in: attempt 1 of the action `a0` in the run `native`.
///
/// ```
/// let action = flyte_guest::context();
/// assert_eq!(action.attempt, 1);
/// ```
pub fn context() -> ActionInfo {
    host::context()
}

/// Tells those who watch how far the action has come; `fraction` is from 0 to 1, where it is known.
///
/// Outside of a host it does nothing.
///
/// ```
/// flyte_guest::progress("model loaded", None);
/// flyte_guest::progress("epoch 3 of 4", Some(0.75));
/// ```
pub fn progress(message: &str, fraction: Option<f64>) {
    host::progress(message, fraction);
}
