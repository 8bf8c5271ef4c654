//! The directory that has the history.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use crate::disk::PrivateDir;
use crate::history::HistoryError;
use crate::history::schema::{self, Access};

const DATABASE: &str = "history.db";
/// What may lie in a home.
const KNOWN: [&str; 11] = [
    DATABASE,
    "history.db-wal",
    "history.db-shm",
    "history.db-journal",
    "values",
    "live",
    "cache.db",
    "cache.db-wal",
    "cache.db-shm",
    "cache.db-journal",
    "computing",
];

/// A home directory: only this user can reach it.
#[derive(Debug, Clone)]
pub struct Home {
    dir: Arc<PrivateDir>,
}

impl Home {
    /// Opens a home directory, which is made where it is missing.
    ///
    /// # Errors
    /// It can't be made or opened, is no directory, other users can reach it, or it has other things in it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, HistoryError> {
        let path = path.as_ref();
        if path.symlink_metadata().is_ok_and(|found| found.is_file()) {
            let reason = "it is a file, and a directory is needed".to_owned();
            return Err(HistoryError::Foreign { path: path.to_owned(), reason });
        }
        let home = Self { dir: Arc::new(PrivateDir::open(path)?) };
        if !home.has_history() {
            home.refuse_foreign()?;
        }
        Ok(home)
    }

    /// Opens the home directory that is there; `None` where there is none, or no history in it.
    ///
    /// # Errors
    /// As [`Home::open`].
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Option<Self>, HistoryError> {
        match path.as_ref().symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            _ => {}
        }
        let home = Self::open(path)?;
        Ok(home.has_history().then_some(home))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    fn has_history(&self) -> bool {
        self.database().symlink_metadata().is_ok()
    }

    /// Somebody's project, say, given by mistake.
    fn refuse_foreign(&self) -> Result<(), HistoryError> {
        let failed = |source| HistoryError::File { path: self.path().to_owned(), source };
        for entry in std::fs::read_dir(self.path()).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if !KNOWN.iter().any(|known| *known == name) {
                let reason = format!("it has other things in it, `{}` for one", name.to_string_lossy());
                return Err(HistoryError::Foreign { path: self.path().to_owned(), reason });
            }
        }
        Ok(())
    }

    /// Where the database is.
    pub(super) fn database(&self) -> PathBuf {
        self.path().join(DATABASE)
    }

    /// Opens the database.
    pub(super) fn connect(&self, access: Access) -> Result<Connection, HistoryError> {
        schema::open(&self.database(), access)
    }

    /// A directory in it, which is made where it is missing.
    pub(crate) fn inner(&self, name: &str) -> Result<Arc<PrivateDir>, HistoryError> {
        Ok(Arc::new(PrivateDir::open(&self.path().join(name))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_no_home_and_stays_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "mine").unwrap();
        for refused in [Home::open(&file).map(drop), Home::open_existing(&file).map(drop)] {
            let told = refused.unwrap_err().to_string();
            assert_eq!(
                told,
                format!("{} is no home of flyte-host: it is a file, and a directory is needed", file.display())
            );
        }
        assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    }
}
