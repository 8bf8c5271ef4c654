//! Keeps a directory of compiled components within its size, and free of what processes left that died.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::disk::{Listed, Lock, PrivateDir};

/// What follows the digits in the names of quickly compiled code.
pub(super) const QUICK: &str = ".quick";
/// What an entry's name ends with.
pub(super) const ENTRY: &str = ".compiled";
/// What the name of a file ends with that is being written.
pub(super) const PARTIAL: &str = ".partial";
/// What a lock's name ends with.
pub(super) const LOCK: &str = ".lock";

/// After so long nobody is writing a file any more.
const ABANDONED: Duration = Duration::from_secs(600);

/// What of a directory was counted, or removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) entries: u64,
    /// Those of them that were compiled quickly.
    pub(super) quick: u64,
    /// Of all files.
    pub(super) bytes: u64,
}

/// Removes what was used longest ago, until no more than `most` bytes are left. A process that has an entry mapped keeps
/// it: what is removed is its name.
pub(super) fn shrink(dir: &Arc<PrivateDir>, most: u64) -> io::Result<()> {
    let now = SystemTime::now();
    let mut entries = Vec::new();
    for file in dir.list()?.into_iter().filter(is_ours) {
        if file.name.ends_with(ENTRY) {
            entries.push(file);
        } else if now.duration_since(file.modified).is_ok_and(|age| age > ABANDONED) {
            remove(dir, &file)?;
        }
    }
    let mut bytes: u64 = entries.iter().map(|entry| entry.size).sum();
    entries.sort_by_key(|entry| entry.modified);
    for entry in entries {
        if bytes <= most {
            break;
        }
        dir.remove(&entry.name)?;
        bytes -= entry.size;
    }
    Ok(())
}

/// Counts what is ours in the directory.
pub(super) fn count(dir: &PrivateDir) -> io::Result<Counted> {
    let mut counted = Counted::default();
    for file in dir.list()?.iter().filter(|file| is_ours(file)) {
        counted.add(file);
    }
    Ok(counted)
}

/// Removes all that is ours in the directory, and gives what that was. Who compiles at that time goes on.
pub(super) fn clear(dir: &Arc<PrivateDir>) -> Result<Counted, (String, io::Error)> {
    let listed = dir.list().map_err(|error| (String::new(), error))?;
    let mut removed = Counted::default();
    for file in listed.iter().filter(|file| is_ours(file)) {
        if remove(dir, file).map_err(|error| (file.name.clone(), error))? {
            removed.add(file);
        }
    }
    Ok(removed)
}

/// Removes a file, unless it is a lock that somebody has.
fn remove(dir: &Arc<PrivateDir>, file: &Listed) -> io::Result<bool> {
    if file.name.ends_with(LOCK) {
        // It is removed when it is dropped.
        return Ok(Lock::try_new(dir, file.name.clone())?.is_some());
    }
    if !is_ours(file) {
        return Ok(false);
    }
    dir.remove(&file.name).map(|()| true)
}

/// Whether its name is one that this module gives: 64 hexadecimal digits, and what kind of file it is.
fn is_ours(file: &Listed) -> bool {
    let Some((key, kind)) = file.name.split_at_checked(64) else { return false };
    let kinds = [ENTRY, PARTIAL, LOCK];
    key.bytes().all(|byte| byte.is_ascii_hexdigit()) && kinds.iter().any(|ending| kind.ends_with(ending))
}

impl Counted {
    fn add(&mut self, file: &Listed) {
        let entry = file.name.strip_suffix(ENTRY);
        self.entries += u64::from(entry.is_some());
        self.quick += u64::from(entry.is_some_and(|name| name.ends_with(QUICK)));
        self.bytes += file.size;
    }
}
