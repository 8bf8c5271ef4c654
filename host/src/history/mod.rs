//! What remains of runs: their actions, inputs, outputs, errors, logs and times, in an SQLite database below a home directory.
//!
//! [`History`] records the runs of a host: a sink puts events into an inbox, and one thread writes them in batches. No run
//! waits for it, unless it has to be durable. [`Archive`] reads what is there, in this process or another, also while
//! runs go on.
//!
//! # The home directory
//!
//! | | |
//! |---|---|
//! | `history.db` | the database, in WAL mode, with its `-wal` and `-shm` |
//! | `values/` | inputs and outputs of more than [`INLINE`] bytes, by their SHA-256 |
//! | `live/` | a lock for each process that records runs: the system takes it from one that dies |

mod archive;
mod code;
pub(crate) mod database;
mod entry;
mod error;
mod home;
mod inbox;
mod keeper;
mod merge;
mod open_run;
mod owner;
mod recorder;
mod recovery;
mod removal;
mod row;
mod schema;
mod stored_failure;
mod stored_limits;
mod values;
mod writer;

pub use archive::{
    ActionRecord, Archive, AttemptRecord, Branch, LATEST, LogRecord, LogSource, NoRun, Remover, RunFilter,
    RunRecord, Times, Value,
};
pub use error::HistoryError;
pub use home::Home;
pub use keeper::Retention;
pub use recorder::{Durability, History, RunNote};
pub use recovery::{Recovery, RecoveryError};
pub use stored_failure::StoredFailure;
pub(crate) use stored_limits::StoredLimits;
pub use values::INLINE;
