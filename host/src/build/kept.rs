//! What keeps a component where it is while somebody is about to load it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A component on the shelf, which stays there as long as this does.
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) in_use: File,
}

/// Has a component's directory stay, until what this gives is dropped: a lock, which others can share.
pub(super) fn hold(dir: &Path) -> io::Result<File> {
    let dir = File::open(dir)?;
    dir.lock_shared()?;
    Ok(dir)
}

/// A component's directory, which nobody takes into use as long as this is there; `None` where somebody has.
pub(super) fn unused(dir: &Path) -> Option<File> {
    let dir = File::open(dir).ok()?;
    match dir.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        // Where the system has no locks, what is loaded may go.
        Ok(()) | Err(TryLockError::Error(_)) => Some(dir),
    }
}
