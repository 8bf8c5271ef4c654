//! Runs that are deleted because somebody says so.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use crate::history::archive::{Archive, RunRecord};
use crate::history::owner::Owners;
use crate::history::removal::Removed;
use crate::history::row::Stopped;
use crate::history::schema::{self, Access};
use crate::history::values::Values;
use crate::history::{HistoryError, Home, removal};

/// How many rows are removed at once.
const ROWS: u32 = 10_000;
/// How many pages are given back at once.
const PAGES: u32 = 2000;
/// How long others may write between two steps.
const PAUSE: Duration = Duration::from_millis(5);

/// Deletes runs. Others may record and read meanwhile.
#[derive(Debug)]
pub struct Remover {
    path: PathBuf,
    database: Connection,
    values: Values,
    owners: Owners,
}

impl Archive {
    /// Begins to delete runs.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn remover(&self) -> Result<Remover, HistoryError> {
        let database = schema::open(&self.path, Access::Change)?;
        let home = Home::open(self.path.parent().unwrap_or(&self.path))?;
        let owners = Owners::of(&home);
        Ok(Remover { path: self.path.clone(), database, values: self.values.borrow().again(), owners })
    }
}

impl Remover {
    /// Deletes a run with its actions, values and logs, unless it goes on or one that goes on recovers it; tells whether it
    /// did. One that is stopped in between leaves a part of the run, which can be deleted again.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn remove(&mut self, run: &RunRecord) -> Result<bool, HistoryError> {
        if run.goes_on() {
            return Ok(false);
        }
        loop {
            let removed = removal::step(&mut self.database, &mut self.owners, run.number, &run.id, ROWS);
            match removed.map_err(|error| HistoryError::of(&self.path, error))? {
                Removed::Some => std::thread::sleep(PAUSE),
                Removed::All => return Ok(true),
                Removed::Wanted => return Ok(false),
            }
        }
    }

    /// Gives the room back that deleted runs had, on the disk too.
    ///
    /// # Errors
    /// The database or the files of large values can't be written.
    pub fn finish(mut self) -> Result<(), HistoryError> {
        let finished = self.give_back();
        finished.map_err(|stopped| match stopped {
            Stopped::Database(error) => HistoryError::of(&self.path, error),
            Stopped::Other(error) => error,
        })
    }

    fn give_back(&mut self) -> Result<(), Stopped> {
        removal::sweep(&mut self.database, &mut self.values)?;
        let mut free = removal::free_pages(&self.database)?;
        while free > 0 {
            removal::shrink(&self.database, PAGES)?;
            std::thread::sleep(PAUSE);
            let left = removal::free_pages(&self.database)?;
            // Others may free some meanwhile: it is not for us to wait until they are done.
            if left >= free {
                break;
            }
            free = left;
        }
        // The file shrinks when the log is written back into it; where somebody reads, that happens later.
        self.database.busy_timeout(Duration::ZERO)?;
        self.database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}
