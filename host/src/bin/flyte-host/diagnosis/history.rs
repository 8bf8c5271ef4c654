//! Homes and histories that cannot be used.

use flyte_host::history::HistoryError;

use crate::diagnosis::Diagnosis;
use crate::exit::Exit;

/// What to say where the history can't be used.
pub(crate) fn of_history_error(error: &HistoryError) -> Diagnosis {
    let exit = match error {
        HistoryError::Locked { .. }
        | HistoryError::Database { .. }
        | HistoryError::File { .. }
        | HistoryError::Thread(_) => Exit::HostFault,
        _ => Exit::BadInput,
    };
    let diagnosis = Diagnosis::new(exit, error.to_string()).causes_of(error);
    match error {
        HistoryError::Foreign { .. } | HistoryError::Directory(_) => {
            diagnosis.hint("`--home DIR` names another home directory")
        }
        HistoryError::Newer { .. } => {
            diagnosis.hint("a newer flyte-host reads it; `--home DIR` names another home")
        }
        HistoryError::Corrupt { .. } => diagnosis.hint("`sqlite3 FILE .recover` may save what is left of it"),
        HistoryError::Locked { .. } => diagnosis.hint("try again"),
        _ => diagnosis,
    }
}
