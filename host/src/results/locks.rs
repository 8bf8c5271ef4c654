//! Who computes a result, among all processes: whoever holds the lock of its key.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::disk::{Lock, PrivateDir};
use crate::history::{HistoryError, Home};
use crate::run::{CacheKey, StoreClaim};

const DIRECTORY: &str = "computing";

/// How many are held at once. Each is an open file, of which a process may have a few hundred only.
const MOST_HELD: usize = 128;

#[derive(Debug)]
pub(super) struct Locks {
    dir: Mutex<Option<Arc<PrivateDir>>>,
    permits: Arc<Semaphore>,
}

impl Default for Locks {
    fn default() -> Self {
        Self { dir: Mutex::default(), permits: Arc::new(Semaphore::new(MOST_HELD)) }
    }
}

impl Locks {
    /// The right to compute; `None` while another process has it.
    ///
    /// Where as many are held as may be, one still waits for other processes, but holds nothing that they wait for.
    /// It does not wait until another lock is let go, as whoever holds that may need the instances of those who wait.
    ///
    /// # Errors
    /// There can be no locks.
    pub(super) fn lock(&self, home: &Path, key: &CacheKey) -> Result<Option<StoreClaim>, HistoryError> {
        let permit = Arc::clone(&self.permits).try_acquire_owned();
        let failed = |source| HistoryError::File { path: home.to_owned(), source };
        let lock = Lock::try_new(&self.dir(home)?, key.to_string()).map_err(failed)?;
        Ok(lock.map(|lock| match permit {
            // The lock is dropped first.
            Ok(permit) => Box::new((lock, permit)) as StoreClaim,
            Err(_) => Box::new(()),
        }))
    }

    fn dir(&self, home: &Path) -> Result<Arc<PrivateDir>, HistoryError> {
        let mut dir = self.dir.lock().unwrap_or_else(PoisonError::into_inner);
        match &*dir {
            Some(dir) => Ok(Arc::clone(dir)),
            None => Ok(Arc::clone(dir.insert(Home::open(home)?.inner(DIRECTORY)?))),
        }
    }
}

/// Removes those that processes left that died. One that is held stays.
pub(super) fn remove_abandoned(home: &Path) {
    if !home.join(DIRECTORY).is_dir() {
        return;
    }
    let Ok(dir) = PrivateDir::open(&home.join(DIRECTORY)).map(Arc::new) else { return };
    for file in dir.list().unwrap_or_default() {
        drop(Lock::try_new(&dir, file.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_that_compute_at_once_only_some_hold_a_lock() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let (one, other) = (Locks::default(), Locks::default());
        let lock = |locks: &Locks, key: &CacheKey| locks.lock(&home, key).unwrap();
        let held = || std::fs::read_dir(home.join(DIRECTORY)).unwrap().count();
        let keys: Vec<CacheKey> = (0..=u8::MAX).map(CacheKey::of_number).collect();
        let mut claims: Vec<StoreClaim> = keys.iter().map(|key| lock(&one, key).unwrap()).collect();
        assert_eq!((keys.len() > MOST_HELD, held()), (true, MOST_HELD));
        // Those without are kept from what another process computes, all the same.
        let last = keys.last().unwrap();
        let theirs = lock(&other, last).unwrap();
        assert!(lock(&one, last).is_none() && lock(&other, &keys[0]).is_none());
        drop(theirs);
        // The next one has the place of one that is let go.
        drop(claims.remove(0));
        claims.push(lock(&one, last).unwrap());
        assert!(lock(&other, last).is_none());
        assert_eq!(held(), MOST_HELD);
        drop(claims);
        assert_eq!(held(), 0);
    }
}
