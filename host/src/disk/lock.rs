//! Who makes something: one of all those, in this process and in others, that want the same at the same time.

use std::fs::{File, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use crate::disk::directory::{PrivateDir, has_name};

/// Locks the file that `open` opens or makes, alone or with others who share it; `None` while somebody's lock is in the way.
pub(crate) fn try_lock(open: impl Fn() -> io::Result<File>, alone: bool) -> io::Result<Option<File>> {
    loop {
        let file = open()?;
        match if alone { file.try_lock() } else { file.try_lock_shared() } {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Else the one before removed the file in the meantime, and the next would lock another.
        if has_name(&file)? {
            return Ok(Some(file));
        }
    }
}

/// The right to make something, a compiled component say, until it is dropped. The system takes it from a process that dies.
#[derive(Debug)]
pub(crate) struct Lock {
    dir: Arc<PrivateDir>,
    name: String,
    file: File,
}

impl Lock {
    /// The lock of this name; `None` while somebody else has it.
    pub(crate) fn try_new(dir: &Arc<PrivateDir>, name: String) -> io::Result<Option<Self>> {
        let file = try_lock(|| dir.lockable(&name), true)?;
        Ok(file.map(|file| Self { dir: Arc::clone(dir), name, file }))
    }
}

impl Lock {
    /// Notes an attempt that may be given up, and tells how many were before it: the file stays, with a byte for each, where
    /// a process ends that has the lock still.
    pub(crate) fn note_attempt(&self) -> io::Result<u64> {
        let before = self.file.metadata()?.len();
        let mut file = &self.file;
        file.seek(SeekFrom::End(0))?;
        file.write_all(b".")?;
        Ok(before)
    }
}

#[cfg(test)]
impl Lock {
    /// Lets go as the system does for a process that ends.
    pub(crate) fn abandon(self) {
        self.file.unlock().unwrap();
        std::mem::forget(self);
    }
}

impl Drop for Lock {
    /// Its file goes while it is locked still.
    fn drop(&mut self) {
        // One that stays is removed when the cache is tidied.
        let _ = self.dir.remove(&self.name);
    }
}
