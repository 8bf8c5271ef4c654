//! What `flyte-host rerun RUN --recover` takes over from the earlier run.

use std::path::PathBuf;

use flyte_host::Host;
use flyte_host::history::{Archive, Recovery, RecoveryError, RunRecord};

use crate::commands::past::read;
use crate::diagnosis::{Diagnosis, of_history_error};
use crate::printer::Printer;

/// A run to recover.
pub(crate) struct Recover {
    pub run: RunRecord,
    /// The home directory that has it.
    pub home: PathBuf,
    /// Whether other components may stand for those that it ran.
    pub changed_component: bool,
}

impl Recover {
    /// What there is of it to take over, for a host that has its components.
    ///
    /// # Errors
    /// It goes on, its inputs were not kept, a component has changed, or the history can't be read.
    pub(crate) fn recovery(&self, host: &Host, printer: Printer) -> Result<Recovery, Diagnosis> {
        let archive = read(Archive::open(&self.home))?;
        let archive = archive.ok_or_else(|| Diagnosis::usage("the history is gone"))?;
        let recovery = Recovery::of(archive, &self.run, host.catalog(), self.changed_component);
        let recovery = recovery.map_err(|error| match error {
            RecoveryError::History(error) => of_history_error(&error),
            RecoveryError::ChangedComponent { .. } => Diagnosis::usage(error.to_string()).hint(CHANGED),
            other => Diagnosis::usage(other.to_string()),
        })?;
        let (asked, taken) = (&self.run.id, &recovery.run().id);
        if asked != taken {
            printer.note(&format!("run {asked} went another way than {taken}, so it is {taken} that is recovered"));
        }
        Ok(recovery)
    }
}

const CHANGED: &str =
    "`--changed-component` takes the results over all the same; `rerun` without `--recover` takes none";
