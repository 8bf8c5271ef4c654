//! Why a run can't be exported or replayed.

use std::io;
use std::path::PathBuf;

use crate::history::HistoryError;
use crate::run::ActionId;

/// Why a run can't be exported, or an action of it replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The history can't be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The run has not ended.
    #[error("the run {0} goes on; it can be exported once it has ended")]
    GoesOn(String),
    /// Parts of the run's record are missing.
    #[error("the run {run} cannot be exported: parts of its record were dropped: {what}")]
    Incomplete {
        /// The run.
        run: String,
        /// What does not fit together without them.
        what: String,
    },
    /// There is something where a file is to be written.
    #[error("{} exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file can't be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A component is not what the run ran.
    #[error("{} is not the component that the run ran: it has changed since, or is another", path.display())]
    ChangedComponent {
        /// The component's file.
        path: PathBuf,
    },
    /// It is no exported run.
    #[error("it is no exported run")]
    Foreign,
    /// A later version of flyte-host wrote it.
    #[error("a newer flyte-host wrote it: its version is {0}, and this one knows 1")]
    Newer(u32),
    /// Its end is missing.
    #[error("it is cut short")]
    Truncated,
    /// It is not what was written.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// There is no such action, or none that failed.
    #[error("{0}")]
    NoAction(String),
    /// Values that are needed are not in the file.
    #[error("{action} cannot be replayed: {what} not kept (a granted secret is in it, or it was lost)")]
    Missing {
        /// The action that is to be replayed.
        action: ActionId,
        /// What is missing.
        what: String,
    },
    /// It failed before its first attempt.
    #[error("{action} cannot be replayed: it never began: {reason}{}", instead(*parent))]
    NeverBegan {
        /// The action.
        action: ActionId,
        /// Its failure.
        reason: String,
        /// Who invoked it.
        parent: Option<ActionId>,
    },
    /// What ended it was not of its own doing.
    #[error("{action} cannot be replayed: what ended it came from outside: {reason}")]
    Outside {
        /// The action.
        action: ActionId,
        /// Its failure.
        reason: String,
    },
}

fn instead(parent: Option<ActionId>) -> String {
    parent.map(|parent| format!("; replay its parent {parent}")).unwrap_or_default()
}
