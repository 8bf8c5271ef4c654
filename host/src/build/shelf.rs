//! Components that were built from files, kept by what they were built from.
//!
//! For each source file there is a list of what its component depended on the last time (`<digits>.inputs`); the key of
//! those files leads to a directory with the component (`<digits>/<name>.wasm`). Both get their names when they are
//! whole. What is being made lies beside them (`<digits>.work<digits>`), under a lock.

use std::fs::{self, File, FileTimes};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::build::inputs::{hex, key};
use crate::build::kept::{Kept, hold, unused};
use crate::build::{BuildError, Language};
use crate::disk::{CacheError, Lock, PrivateDir};

const INPUTS: &str = ".inputs";
const LOCK: &str = ".lock";
const WORK: &str = ".work";
const PARTIAL: &str = ".partial";

pub(super) struct Shelf {
    dir: Arc<PrivateDir>,
    max_size: u64,
}

/// What a shelf says of a source file.
#[derive(Serialize, Deserialize)]
struct List {
    inputs: Vec<PathBuf>,
}

/// What was counted, or removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) components: u64,
    pub(super) bytes: u64,
}

impl Shelf {
    pub(super) fn open(dir: &Path, max_size: u64) -> Result<Self, CacheError> {
        Ok(Self { dir: Arc::new(PrivateDir::open(dir)?), max_size })
    }

    /// The component of a source file, if none of what it was built from has changed.
    pub(super) fn find(&self, language: Language, source: &Path) -> Option<Kept> {
        let list = self.path(&digits(source), INPUTS);
        let List { inputs } = serde_json::from_slice(&fs::read(list).ok()?).ok()?;
        let path = self.component(&key(language, source, &inputs).ok()?, source);
        let in_use = hold(path.parent()?).ok()?;
        // Only now is it sure to stay.
        let file = File::open(&path).ok()?;
        // Used just now: it goes last. Where this can't be noted, it goes earlier.
        let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
        Some(Kept { path, in_use })
    }

    /// The right to build a source file; `None` while somebody else has it.
    pub(super) fn try_lock(&self, source: &Path) -> io::Result<Option<Lock>> {
        Lock::try_new(&self.dir, format!("{}{LOCK}", digits(source)))
    }

    /// An empty directory to build a source file in, whose lock one has.
    pub(super) fn workplace(&self, source: &Path) -> Result<Workplace, BuildError> {
        let digits = digits(source);
        for left in fs::read_dir(self.dir.path()).into_iter().flatten().flatten() {
            if left.file_name().to_str().is_some_and(|name| name.starts_with(&format!("{digits}{WORK}"))) {
                // Where somebody writes there still, it is removed the next time.
                let _ = remove(&left.path());
            }
        }
        // With a name of its own: what is left of a process that died may still be written to.
        let dir = self.path(&digits, &format!("{WORK}{:016x}", fastrand::u64(..)));
        let place = Workplace { out: dir.join("out"), work: dir.join("work"), dir };
        let made = fs::create_dir(&place.dir).and_then(|()| {
            fs::create_dir(&place.out)?;
            fs::create_dir(&place.work)
        });
        made.map(|()| place).map_err(|source| BuildError::Write { path: self.dir.path().to_owned(), source })
    }

    /// Keeps what was built from inputs of this key, or what is kept of that already, which may be in use; and removes
    /// others where there are too many bytes.
    pub(super) fn put(
        &self,
        key: &str,
        source: &Path,
        inputs: Vec<PathBuf>,
        place: &Workplace,
    ) -> Result<Kept, BuildError> {
        let path = self.component(key, source);
        let put = || -> io::Result<Kept> {
            File::open(place.output(source))?.sync_all()?;
            let dir = self.dir.path().join(key);
            let in_use = match hold(&dir) {
                Ok(in_use) if path.is_file() => in_use,
                _ => {
                    let in_use = hold(&place.out)?;
                    remove(&dir)?;
                    fs::rename(&place.out, &dir)?;
                    in_use
                }
            };
            let partial = self.path(&digits(source), PARTIAL);
            let mut file = File::create(&partial)?;
            file.write_all(&serde_json::to_vec(&List { inputs }).map_err(io::Error::other)?)?;
            fs::rename(partial, self.path(&digits(source), INPUTS))?;
            self.shrink(key)?;
            Ok(Kept { path, in_use })
        };
        put().map_err(|source| BuildError::Write { path: self.dir.path().to_owned(), source })
    }

    fn path(&self, digits: &str, ending: &str) -> PathBuf {
        self.dir.path().join(format!("{digits}{ending}"))
    }

    fn component(&self, key: &str, source: &Path) -> PathBuf {
        self.dir.path().join(key).join(file_name(source))
    }

    /// Removes the components that were used longest ago, until there is room for the others. The newest stays, and
    /// what somebody is about to load.
    fn shrink(&self, newest: &str) -> io::Result<()> {
        let mut kept = self.components()?;
        let mut bytes: u64 = kept.iter().map(|component| component.bytes).sum();
        kept.sort_by_key(|component| component.used);
        for component in kept.iter().filter(|component| !component.dir.ends_with(newest)) {
            if bytes <= self.max_size {
                break;
            }
            if let Some(_alone) = unused(&component.dir) {
                remove(&component.dir)?;
                bytes -= component.bytes;
            }
        }
        Ok(())
    }

    fn components(&self) -> io::Result<Vec<Component>> {
        let mut components = Vec::new();
        for entry in fs::read_dir(self.dir.path())?.flatten() {
            let (dir, name) = (entry.path(), entry.file_name());
            if !name.to_str().is_some_and(is_digits) || !entry.file_type()?.is_dir() {
                continue;
            }
            let files: Vec<_> = fs::read_dir(&dir).into_iter().flatten().flatten().collect();
            let files = files.iter().filter_map(|file| file.metadata().ok());
            let (bytes, used) = files.fold((0, SystemTime::UNIX_EPOCH), |(bytes, used), file| {
                (bytes + file.len(), used.max(file.modified().unwrap_or(used)))
            });
            components.push(Component { dir, bytes, used });
        }
        Ok(components)
    }

    pub(super) fn count(&self) -> io::Result<Counted> {
        let components = self.components()?;
        let bytes = components.iter().map(|component| component.bytes).sum();
        Ok(Counted { components: components.len() as u64, bytes })
    }

    /// Removes all it has but what somebody is about to load, and tells which components that was. Who builds at that
    /// time goes on.
    pub(super) fn clear(&self) -> Result<Counted, (PathBuf, io::Error)> {
        let failed = |path: &Path, error| (path.to_owned(), error);
        let mut counted = Counted::default();
        for Component { dir, bytes, .. } in self.components().map_err(|error| failed(self.dir.path(), error))? {
            if let Some(_alone) = unused(&dir) {
                remove(&dir).map_err(|error| failed(&dir, error))?;
                counted.components += 1;
                counted.bytes += bytes;
            }
        }
        for entry in fs::read_dir(self.dir.path()).map_err(|error| failed(self.dir.path(), error))?.flatten() {
            let name = entry.file_name();
            let Some((digits, ending)) = name.to_str().and_then(|name| name.split_at_checked(64)) else { continue };
            let is_work = ending.starts_with(WORK);
            if !is_digits(digits) || !(is_work || [INPUTS, LOCK, PARTIAL].contains(&ending)) {
                continue;
            }
            // A lock goes when it is dropped; what somebody has under one stays.
            let lock = match ending {
                INPUTS => None,
                _ => Lock::try_new(&self.dir, format!("{digits}{LOCK}"))
                    .map_err(|error| failed(&entry.path(), error))?,
            };
            if ending == INPUTS || (lock.is_some() && ending != LOCK) {
                remove(&entry.path()).map_err(|error| failed(&entry.path(), error))?;
            }
        }
        Ok(counted)
    }
}

struct Component {
    dir: PathBuf,
    bytes: u64,
    used: SystemTime,
}

/// Where one file is built. What is left of it goes when this is dropped.
pub(super) struct Workplace {
    dir: PathBuf,
    out: PathBuf,
    /// For the driver's own files.
    pub(super) work: PathBuf,
}

impl Workplace {
    /// Where the component is to be.
    pub(super) fn output(&self, source: &Path) -> PathBuf {
        self.out.join(file_name(source))
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // What stays is removed by whoever builds the file next.
        let _ = remove(&self.dir);
    }
}

/// `tasks.wasm` of `tasks.py`.
fn file_name(source: &Path) -> PathBuf {
    Path::new(source.file_name().unwrap_or_default()).with_extension("wasm")
}

fn digits(source: &Path) -> String {
    hex(&Sha256::digest(source.as_os_str().as_encoded_bytes()))
}

fn is_digits(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Removes a file, or a directory with all in it; it is well where there is nothing.
fn remove(path: &Path) -> io::Result<()> {
    let removed = match path.symlink_metadata() {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// The bytes of all files below a directory; links are not followed.
pub(super) fn size_of(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => size_of(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
#[path = "shelf_tests.rs"]
mod tests;
