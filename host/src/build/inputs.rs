//! What a component was built from: files with their content, also such as are not there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::build::{BuildError, Language};
use crate::component::CONTRACT_VERSION;

/// Counted up when what is kept changes its form.
const FORMAT: u32 = 2;

/// The key of what is built from these inputs, in hexadecimal digits.
///
/// # Errors
/// An input that is there and can't be read.
pub(super) fn key(language: Language, source: &Path, inputs: &[PathBuf]) -> Result<String, BuildError> {
    let mut digest = Sha256::new();
    digest.update(format!("{FORMAT} {CONTRACT_VERSION} {}\n", language.sdk().digest));
    for path in std::iter::once(source).chain(inputs.iter().map(PathBuf::as_path)) {
        let name = path.as_os_str().as_encoded_bytes();
        digest.update((name.len() as u64).to_le_bytes());
        digest.update(name);
        match fs::read(path) {
            Ok(content) => digest.update(Sha256::digest(content)),
            // It matters too when such a file comes to be.
            Err(error) if is_absent(&error) => digest.update(b"absent"),
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => digest.update(b"directory"),
            Err(source) => return Err(BuildError::Read { path: path.to_owned(), source }),
        }
    }
    Ok(hex(&digest.finalize()))
}

/// What a driver named.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) there: Vec<PathBuf>,
    /// What would be an input if it came to be.
    pub(super) absent: Vec<PathBuf>,
}

impl Inputs {
    /// All of them, and those that a language always has; each once, in an order that does not change.
    pub(super) fn complete(&self, language: Language, source: &Path) -> Vec<PathBuf> {
        let beside = source.parent().unwrap_or(Path::new("/"));
        let usual = language.beside().iter().map(|name| beside.join(name));
        let mut all: Vec<PathBuf> = usual.chain(self.there.iter().chain(&self.absent).cloned()).collect();
        all.retain(|path| path.is_absolute() && path != source);
        all.sort();
        all.dedup();
        all
    }

    /// The first that was there, and is no more.
    pub(super) fn vanished(&self) -> Option<&Path> {
        let is_gone = |path: &&PathBuf| path.metadata().is_err_and(|error| is_absent(&error));
        self.there.iter().find(is_gone).map(PathBuf::as_path)
    }
}

/// The first input that is there and can't be read, and why.
pub(super) fn unreadable(inputs: &[PathBuf]) -> Option<(PathBuf, io::Error)> {
    let why = |path: &PathBuf| Some((path.clone(), fs::File::open(path).err()?));
    inputs.iter().filter_map(why).find(|(_, error)| !is_absent(error))
}

/// Whether there is no such file: also where what would be its directory is a file.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The first input that was changed between this time and now. A file whose time is yet to come tells nothing.
pub(super) fn changed_since<'i>(source: &'i Path, inputs: &'i [PathBuf], since: SystemTime) -> Option<&'i Path> {
    let now = SystemTime::now();
    let is_newer = |path: &&Path| {
        // A file that was moved to here has kept its time, and its place has not.
        let times = path.metadata().map(|file| [file.modified().ok(), changed(&file)]);
        times.is_ok_and(|times| times.into_iter().flatten().any(|time| (since..=now).contains(&time)))
    };
    std::iter::once(source).chain(inputs.iter().map(PathBuf::as_path)).find(is_newer)
}

#[cfg(unix)]
fn changed(file: &fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let since_1970 = Duration::new(file.ctime().try_into().ok()?, file.ctime_nsec().try_into().ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since_1970)
}

#[cfg(not(unix))]
fn changed(_: &fs::Metadata) -> Option<SystemTime> {
    None
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_moved_here_is_new_however_old_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let (source, old) = (dir.path().join("a.py"), dir.path().join("old.py"));
        fs::write(&old, "one").unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let since = SystemTime::now();
        assert_eq!(changed_since(&old, &[], since), None);
        std::thread::sleep(Duration::from_millis(20));
        fs::rename(&old, &source).unwrap();
        assert_eq!(changed_since(&source, &[], since), Some(source.as_path()));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_there_is_not_unreadable() {
        let dir = tempfile::tempdir().unwrap();
        let plain = dir.path().join("requests");
        fs::write(&plain, "a file").unwrap();
        let inputs = [plain.clone(), plain.join("__init__.py"), dir.path().join("requests.py")];
        assert!(unreadable(&inputs).is_none(), "{:?}", unreadable(&inputs));
        let looping = dir.path().join("loop.py");
        std::os::unix::fs::symlink(&looping, &looping).unwrap();
        assert_eq!(unreadable(&[plain, looping.clone()]).unwrap().0, looping);
    }

    #[test]
    fn the_key_follows_every_content_and_what_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let (source, beside) = (dir.path().join("a.py"), dir.path().join("requirements.txt"));
        fs::write(&source, "one").unwrap();
        let inputs = Inputs { there: vec![source.clone()], absent: vec![beside.clone()] };
        let inputs = inputs.complete(Language::Python, &source);
        let key = || key(Language::Python, &source, &inputs).unwrap();
        let mut keys = vec![key()];
        assert_eq!(keys[0], key());
        for content in ["", "attrs==1"] {
            fs::write(&beside, content).unwrap();
            keys.push(key());
        }
        fs::write(&source, "two").unwrap();
        keys.push(key());
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 4);
    }
}
