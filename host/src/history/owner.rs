//! Which processes record runs: each has a lock, which the system takes from one that dies.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::disk::{Lock, PrivateDir};
use crate::history::{HistoryError, Home};

const DIRECTORY: &str = "live";
/// How often one tries to be one.
const TRIES: usize = 8;

/// This process, or another one of those that share a home.
#[derive(Debug)]
pub(super) struct Owner {
    name: String,
    _lock: Lock,
}

impl Owner {
    /// Begins to be one.
    pub(super) fn begin(home: &Home) -> Result<Self, HistoryError> {
        let dir = home.inner(DIRECTORY)?;
        let mut blocked = io::ErrorKind::WouldBlock.into();
        // Somebody who clears up may come between the making of a file and its lock.
        for _ in 0..TRIES {
            let name = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
            match Lock::try_new(&dir, name.clone()) {
                Ok(Some(lock)) => return Ok(Self { name, _lock: lock }),
                Ok(None) => {}
                Err(error) => {
                    blocked = error;
                    break;
                }
            }
        }
        Err(HistoryError::File { path: dir.path().to_owned(), source: blocked })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Who lives.
#[derive(Debug)]
pub(super) struct Owners {
    dir: Option<Arc<PrivateDir>>,
    /// Those who don't: nobody comes back.
    dead: HashSet<String>,
}

impl Owners {
    pub(super) fn of(home: &Home) -> Self {
        Self { dir: home.inner(DIRECTORY).ok(), dead: HashSet::new() }
    }

    /// Whether the process still records. Where that can't be found out, it does.
    pub(super) fn lives(&mut self, owner: &str) -> bool {
        if self.dead.contains(owner) {
            return false;
        }
        // A name is one that a process has given itself, and nothing that leads elsewhere.
        let is_name = owner.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let lives = match &self.dir {
            Some(dir) if is_name => match dir.read(owner) {
                Ok(None) => false,
                Ok(Some((lock, _))) => is_held(&lock, || drop(dir.remove(owner))),
                Err(_) => true,
            },
            _ => true,
        };
        if !lives {
            self.dead.insert(owner.to_owned());
        }
        lives
    }

    /// Removes the locks that processes left which did not end in order.
    pub(super) fn clear(&mut self) {
        let listed = self.dir.as_ref().and_then(|dir| dir.list().ok());
        for entry in listed.unwrap_or_default() {
            self.lives(&entry.name);
        }
    }
}

/// Whether a process has this lock; if none has, it is `gone`. Two who ask at once don't take each other for it.
fn is_held(lock: &File, gone: impl FnOnce()) -> bool {
    match lock.try_lock_shared() {
        Ok(()) => {
            gone();
            false
        }
        Err(_) => true,
    }
}
