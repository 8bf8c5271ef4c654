//! The phases of an action.

use std::fmt;

use crate::run::{Failure, Limit};

/// Where an action stands. The names are Flyte's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Invoked; waits for a slot or for its next attempt.
    Queued,
    /// An attempt runs.
    Running,
    /// It has a result.
    Succeeded,
    /// Its last attempt failed.
    Failed,
    /// It was stopped: its parent ended, or the run was aborted.
    Aborted,
    /// It, its last attempt, or the whole run, took too long.
    TimedOut,
    /// Its result is that of the run which is recovered: it was not run again.
    Recovered,
}

impl Phase {
    /// All of them. A history has their places here as numbers: new ones come at the end.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Running,
        Self::Succeeded,
        Self::Failed,
        Self::Aborted,
        Self::TimedOut,
        Self::Recovered,
    ];

    /// The phase in which an action with this result ends.
    pub(crate) fn of<T>(result: &Result<T, Failure>) -> Self {
        match result {
            Ok(_) => Self::Succeeded,
            Err(Failure::Aborted(_)) => Self::Aborted,
            Err(Failure::Limit(Limit::MaxRuntime(_) | Limit::Within(_) | Limit::Deadline(_))) => Self::TimedOut,
            Err(_) => Self::Failed,
        }
    }

    /// Whether an action in this phase will never leave it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::TimedOut => "timed-out",
            Self::Recovered => "recovered",
        })
    }
}
