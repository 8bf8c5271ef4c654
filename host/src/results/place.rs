//! Where results lie, and whether they still do.

use std::fmt;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::history::{HistoryError, Home};
use crate::results::database::{Database, ResultsContents};
use crate::results::locks::{self, Locks};
use crate::run::{CacheKey, StoreClaim, StoredResult};

const DATABASE: &str = "cache.db";

/// Who is told why nothing is kept.
type Problem = Box<dyn Fn(&HistoryError) + Send + Sync>;

pub(super) struct Place {
    home: PathBuf,
    max_size: u64,
    problem: Problem,
    /// Something was wrong with it: nothing is read or written any more.
    given_up: AtomicBool,
    /// Those that nobody reads with at the moment.
    readers: Mutex<Vec<Database>>,
    locks: Locks,
    /// Something was not written, and that was told.
    has_lost: AtomicBool,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("home", &self.home).field("max_size", &self.max_size).finish_non_exhaustive()
    }
}

impl Place {
    pub(super) fn new(home: PathBuf, max_size: u64, problem: Problem) -> Self {
        let (given_up, readers, locks, has_lost) = Default::default();
        Self { home, max_size, problem, given_up, readers, locks, has_lost }
    }

    pub(super) fn max_size(&self) -> u64 {
        self.max_size
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Goes on without, but for this once where only open files are short: there will be some again.
    fn do_without(&self, error: &HistoryError) {
        if !error.is_short_of_files() {
            self.give_up(error);
        }
    }

    /// Something is lost; tells why, the first time.
    pub(super) fn lose(&self, error: &HistoryError) {
        if !self.has_lost.swap(true, Ordering::Relaxed) {
            (self.problem)(error);
        }
    }

    /// Goes on without; tells why, once.
    pub(super) fn give_up(&self, error: &HistoryError) {
        if !self.given_up.swap(true, Ordering::Relaxed) {
            (self.problem)(error);
        }
    }

    pub(super) fn failed_in(&self, error: rusqlite::Error) -> HistoryError {
        HistoryError::of(&self.home.join(DATABASE), error)
    }

    pub(super) fn failed(&self, source: Error) -> HistoryError {
        HistoryError::File { path: self.home.clone(), source }
    }

    /// Opens the database, which is made where it is missing.
    pub(super) fn open_to_write(&self) -> Result<Database, HistoryError> {
        let home = Home::open(&self.home)?;
        Database::made(&home.path().join(DATABASE))
    }

    /// The result of this key; `None` also where nothing can be read.
    pub(super) fn read(&self, key: &CacheKey) -> Option<StoredResult> {
        if self.is_given_up() {
            return None;
        }
        let free = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let database = match free {
            Some(database) => database,
            None => match existing(&self.home).transpose()? {
                Ok(database) => database,
                Err(error) => {
                    self.do_without(&error);
                    return None;
                }
            },
        };
        match database.get(key) {
            Ok(found) => {
                self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(database);
                found
            }
            Err(error) => {
                self.do_without(&self.failed_in(error));
                None
            }
        }
    }

    /// The right to compute; `None` while another process has it. Where there can be no locks, everybody has it.
    pub(super) fn lock(&self, key: &CacheKey) -> Option<StoreClaim> {
        if self.is_given_up() {
            return Some(Box::new(()));
        }
        match self.locks.lock(&self.home, key) {
            Ok(claim) => claim,
            Err(error) => {
                self.do_without(&error);
                Some(Box::new(()))
            }
        }
    }
}

/// The database, where there is one with something in it.
fn existing(home: &Path) -> Result<Option<Database>, HistoryError> {
    let path = home.join(DATABASE);
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        _ => {
            Home::open(home)?;
            Database::existing(&path)
        }
    }
}

pub(super) fn contents(home: &Path) -> Result<ResultsContents, HistoryError> {
    let failed = |error| HistoryError::of(&home.join(DATABASE), error);
    existing(home)?.map_or(Ok(ResultsContents::default()), |database| database.contents().map_err(failed))
}

pub(super) fn clear(home: &Path) -> Result<ResultsContents, HistoryError> {
    let cleared = match existing(home) {
        Ok(None) => Ok(ResultsContents::default()),
        Ok(Some(database)) => database.clear().map_err(|error| HistoryError::of(&home.join(DATABASE), error)),
        Err(error) => Err(error),
    };
    let contents = match cleared {
        // What is in the way, in a directory that is a home: damaged, or a later version's.
        Err(HistoryError::Corrupt { path, .. } | HistoryError::Newer { path, .. }) => remove(home, &path)?,
        Err(HistoryError::Foreign { path, .. }) if path.ends_with(DATABASE) => remove(home, &path)?,
        cleared => cleared?,
    };
    locks::remove_abandoned(home);
    Ok(contents)
}

/// Whoever has the files open goes on with them.
fn remove(home: &Path, database: &Path) -> Result<ResultsContents, HistoryError> {
    let mut bytes = 0;
    for end in ["", "-wal", "-shm"] {
        let path = home.join(format!("{DATABASE}{end}"));
        bytes += path.symlink_metadata().map_or(0, |file| file.len());
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(HistoryError::File { path: database.to_owned(), source: error });
            }
            _ => {}
        }
    }
    Ok(ResultsContents { results: 0, bytes })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustix::io::Errno;

    use super::*;
    use crate::disk::CacheError;

    #[test]
    fn it_is_not_given_up_where_only_files_are_short() {
        let dir = tempfile::tempdir().unwrap();
        let problems = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&problems);
        let problem = move |problem: &HistoryError| told.lock().unwrap().push(problem.told());
        let place = Place::new(dir.path().join("home"), 1 << 20, Box::new(problem));
        for errno in [Errno::MFILE, Errno::NFILE] {
            let path = dir.path().to_owned();
            let short = HistoryError::Directory(CacheError::Open { path, source: errno.into() });
            place.do_without(&short);
            place.lose(&short);
            place.lose(&place.failed(errno.into()));
        }
        assert_eq!((place.is_given_up(), problems.lock().unwrap().len()), (false, 1));
        place.do_without(&place.failed(Errno::NOSPC.into()));
        assert_eq!((place.is_given_up(), problems.lock().unwrap().len()), (true, 2));
    }
}
