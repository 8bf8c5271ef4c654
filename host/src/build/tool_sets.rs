//! The directories of tools on disk: their names, their locks, and how they go.
//!
//! A set is made in a directory with a name of its own (`<set>.<digits>.partial`) and gets the set's name when it is
//! whole: what was left of a setup that died may still be written to, and is nobody's. Who sets up holds the set's lock
//! (`<set>.lock`) alone; who uses it shares that, so that it is not removed meanwhile.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::build::Language;
use crate::build::shelf::size_of;
use crate::disk;

/// Is in a set that is whole; holds what it was set up with.
pub(super) const MARKER: &str = "ready";
const LOCK: &str = ".lock";
const PARTIAL: &str = ".partial";
/// Tools of other versions that nobody used for so long are removed.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);

/// What was counted, or removed, of a directory of tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// Those that are whole.
    pub(super) sets: u64,
    pub(super) bytes: u64,
}

/// A set that is being made. What there is of it goes when this is dropped, unless it became whole.
pub(super) struct Fresh {
    pub(super) dir: PathBuf,
    set: PathBuf,
}

impl Fresh {
    /// An empty directory for the set in `set`, whose lock one has alone.
    pub(super) fn new(set: &Path) -> io::Result<Self> {
        for dir in dirs(set.parent().unwrap_or(Path::new("/"))) {
            if is_partial(&dir) && set_of(&dir) == set {
                // Where somebody writes there still, it is removed the next time.
                let _ = remove_all(&dir);
            }
        }
        let mut dir = set.as_os_str().to_owned();
        dir.push(format!(".{:016x}{PARTIAL}", fastrand::u64(..)));
        let dir = PathBuf::from(dir);
        fs::create_dir(&dir)?;
        Ok(Self { dir, set: set.to_owned() })
    }

    /// Puts it in the place of whatever is there.
    pub(super) fn finish(self, with: &str) -> io::Result<()> {
        fs::write(self.dir.join(MARKER), with)?;
        remove_all(&self.set)?;
        fs::rename(&self.dir, &self.set)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        // What stays is removed by whoever sets up next.
        let _ = remove_all(&self.dir);
    }
}

/// The directory of a set: by what is in it, and for which machines.
pub(super) fn dir(root: &Path, language: Language) -> PathBuf {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let digest = Sha256::digest(format!("{} {os} {arch}", language.sdk().digest));
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    root.join(format!("{}-{digits}", language.slug()))
}

/// The set's lock, if nobody else has it.
pub(super) fn try_lock(set: &Path, alone: bool) -> io::Result<Option<File>> {
    let path = lock_of(set);
    let open = || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    disk::try_lock(open, alone)
}

/// Removes a language's tools of other versions that nobody used for long, or that never became whole.
pub(super) fn forget_others(root: &Path, language: Language, own: &Path) {
    for dir in dirs(root) {
        let is_others = set_of(&dir) != own && language_of(&dir) == Some(language);
        let used = dir.join(MARKER).metadata().and_then(|marker| marker.modified());
        let is_old = used.is_ok_and(|used| used.elapsed().is_ok_and(|age| age > FORGOTTEN));
        if is_others && (is_old || is_partial(&dir)) {
            // Room is all that is lost where it stays.
            let _ = remove_unused(&dir);
        }
    }
}

/// Counts the tools below `root`.
pub(super) fn count(root: &Path) -> Counted {
    let dirs = dirs(root);
    let whole = dirs.iter().filter(|dir| !is_partial(dir)).count();
    Counted { sets: whole as u64, bytes: dirs.iter().map(|dir| size_of(dir)).sum() }
}

/// Removes all tools below `root` that nobody uses, and gives what that was.
pub(super) fn clear(root: &Path) -> Result<Counted, (PathBuf, io::Error)> {
    let mut removed = Counted::default();
    for dir in dirs(root) {
        let (bytes, whole) = (size_of(&dir), !is_partial(&dir));
        if remove_unused(&dir).map_err(|error| (dir, error))? {
            removed.sets += u64::from(whole);
            removed.bytes += bytes;
        }
    }
    Ok(removed)
}

/// Removes a directory if nobody has the lock of its set, and tells whether it did.
fn remove_unused(dir: &Path) -> io::Result<bool> {
    let set = set_of(dir);
    let Some(alone) = try_lock(&set, true)? else { return Ok(false) };
    remove_all(dir)?;
    let removed = fs::remove_file(lock_of(&set));
    drop(alone);
    removed.map(|()| true)
}

fn remove_all(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn lock_of(set: &Path) -> PathBuf {
    let mut path = set.as_os_str().to_owned();
    path.push(LOCK);
    PathBuf::from(path)
}

/// The set that a directory is, or was to become.
fn set_of(dir: &Path) -> PathBuf {
    let name = dir.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    dir.with_file_name(name.split('.').next().unwrap_or_default())
}

fn is_partial(dir: &Path) -> bool {
    dir.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(PARTIAL))
}

/// The directories of tools below `root`, whole ones and others.
fn dirs(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let dirs = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    dirs.map(|entry| entry.path()).filter(|dir| language_of(dir).is_some()).collect()
}

/// The language of a directory of tools, by its name.
fn language_of(dir: &Path) -> Option<Language> {
    let is_digits = |digits: &str| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (name, more) = match dir.file_name()?.to_str()?.split_once('.') {
        Some((name, more)) => (name, more.strip_suffix(PARTIAL)?),
        None => (dir.file_name()?.to_str()?, "0000000000000000"),
    };
    let (slug, digits) = name.split_once('-')?;
    let language = Language::ALL.into_iter().find(|language| language.slug() == slug)?;
    (is_digits(digits) && is_digits(more)).then_some(language)
}
