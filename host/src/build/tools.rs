//! The tools of a language: set up once, in a private directory, and used without network from then on.
//!
//! A virtual environment cannot be moved, so tools are set up in their place; a marker that is written last tells
//! that they are whole. Who sets them up holds a lock of the system; who uses them shares it, so that they are not
//! removed meanwhile.

use std::fs::{self, File, FileTimes, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::build::process::{Stream, Unfinished, follow};
use crate::build::watch::Watch;
use crate::build::{BuildError, Language, node, python};

/// Written last; holds what the tools were set up with.
const MARKER: &str = "ready";
const LOCK: &str = ".lock";
/// How often who waits looks again.
const LOOK: Duration = Duration::from_millis(20);
/// Tools of other versions that nobody used for so long are removed.
const FORGOTTEN: Duration = Duration::from_secs(30 * 24 * 3600);
/// How many of the last lines of a tool that failed are shown.
pub(super) const LAST_LINES: usize = 20;

/// A language's tools, which stay there as long as this does.
pub(super) struct Tools {
    language: Language,
    dir: PathBuf,
    _shared: File,
}

/// What was counted, or removed, of a directory of tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) sets: u64,
    pub(super) bytes: u64,
}

impl Tools {
    /// The tools below `root`, set up where they are missing.
    pub(super) fn ready(root: &Path, language: Language, watch: &mut Watch<'_>) -> Result<Self, BuildError> {
        let dir = root.join(name(language));
        let cannot = |source| BuildError::Write { path: dir.clone(), source };
        // What the interpreter is now: another one than before needs other packages.
        let interpreter = match language {
            Language::Python => python::interpreter(language.sdk(), watch)?,
            Language::JavaScript => node::interpreter(language.sdk(), watch)?,
        };
        loop {
            let shared = lock(&dir, false, language, watch).map_err(|error| error.at(&dir))?;
            if is_whole(&dir, language, &interpreter.version) {
                // Used just now. Where this can't be noted, they are forgotten earlier.
                let now = FileTimes::new().set_modified(SystemTime::now());
                let _ = File::open(dir.join(MARKER)).and_then(|marker| marker.set_times(now));
                return Ok(Self { language, dir, _shared: shared });
            }
            drop(shared);
            let _alone = lock(&dir, true, language, watch).map_err(|error| error.at(&dir))?;
            if is_whole(&dir, language, &interpreter.version) {
                continue;
            }
            remove_all(&dir).map_err(cannot)?;
            fs::create_dir(&dir).map_err(cannot)?;
            let set_up = set_up(&dir, language, &interpreter, watch);
            if let Err(error) = set_up {
                // What stays is taken for half-made by whoever comes next.
                let _ = remove_all(&dir);
                return Err(error);
            }
            forget_others(root, language, &dir);
        }
    }

    /// The program that builds files of this language; its own options are to be added.
    pub(super) fn driver(&self) -> Command {
        match self.language {
            Language::Python => python::driver(&self.dir),
            Language::JavaScript => node::driver(&self.dir),
        }
    }

    /// The directory with the contract.
    pub(super) fn contract(&self) -> PathBuf {
        self.dir.join("wit")
    }
}

/// An interpreter that was found on this machine.
pub(super) struct Interpreter {
    pub(super) program: String,
    /// Major and minor, where the tools are bound to it.
    pub(super) version: String,
}

fn set_up(
    dir: &Path,
    language: Language,
    interpreter: &Interpreter,
    watch: &mut Watch<'_>,
) -> Result<(), BuildError> {
    let sdk = language.sdk();
    watch.note(&format!("setting up the {language} tools ({}), once …", sdk.named()));
    let cannot = |source| BuildError::Write { path: dir.to_owned(), source };
    sdk.unpack(dir).map_err(cannot)?;
    match language {
        Language::Python => python::install(dir, sdk, interpreter, watch)?,
        Language::JavaScript => node::install(dir, sdk, watch)?,
    }
    let partial = dir.join("ready.partial");
    fs::write(&partial, &interpreter.version).map_err(cannot)?;
    fs::rename(&partial, dir.join(MARKER)).map_err(cannot)
}

fn is_whole(dir: &Path, language: Language, version: &str) -> bool {
    let entrance = match language {
        Language::Python => python::entrance(dir),
        Language::JavaScript => node::entrance(dir),
    };
    // A virtual environment is a link to the machine's interpreter, which may be gone.
    fs::read_to_string(dir.join(MARKER)).is_ok_and(|with| with == version) && entrance.exists()
}

/// Runs one step of the setup. What of its lines is `worth` it is told.
pub(super) fn step(
    command: Command,
    language: Language,
    doing: &str,
    watch: &mut Watch<'_>,
    worth: fn(&str) -> bool,
) -> Result<(), BuildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut said = Vec::new();
    let Watch { tell, stop } = watch;
    let ended = follow(command, None, stop, &mut |_: Stream, line: String| {
        if worth(line.trim()) {
            tell(super::BuildEvent::Note(line.trim()));
        }
        keep_last(&mut said, line);
    });
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(BuildError::Tools { language, doing: doing.to_owned(), said }),
        Err(Unfinished::System(source)) => Err(BuildError::Program { program, source }),
        Err(Unfinished::Stopped | Unfinished::TooLong) => Err(BuildError::Stopped),
    }
}

/// Keeps the last lines only.
pub(super) fn keep_last(lines: &mut Vec<String>, line: String) {
    if line.trim().is_empty() {
        return;
    }
    if lines.len() == LAST_LINES {
        lines.remove(0);
    }
    lines.push(line.chars().take(500).collect());
}

enum NotLocked {
    System(io::Error),
    Stopped,
}

impl NotLocked {
    fn at(self, dir: &Path) -> BuildError {
        match self {
            Self::System(source) => BuildError::Write { path: dir.to_owned(), source },
            Self::Stopped => BuildError::Stopped,
        }
    }
}

/// Takes the lock of the tools in `dir`, and tells once if that takes waiting.
fn lock(dir: &Path, alone: bool, language: Language, watch: &mut Watch<'_>) -> Result<File, NotLocked> {
    let mut has_told = false;
    loop {
        if let Some(file) = try_lock(dir, alone).map_err(NotLocked::System)? {
            return Ok(file);
        }
        if watch.stop.is_stopped() {
            return Err(NotLocked::Stopped);
        }
        if !has_told {
            has_told = true;
            watch.note(&format!("waiting for another process that sets up the {language} tools …"));
        }
        thread::sleep(LOOK);
    }
}

fn try_lock(dir: &Path, alone: bool) -> io::Result<Option<File>> {
    let mut path = dir.as_os_str().to_owned();
    path.push(LOCK);
    loop {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        match if alone { file.try_lock() } else { file.try_lock_shared() } {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Else somebody removed it in the meantime, and the next would lock another.
        if crate::disk::has_name(&file)? {
            return Ok(Some(file));
        }
    }
}

/// The name of the directory: by what is in it, and for which machines.
fn name(language: Language) -> String {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let digest = Sha256::digest(format!("{} {os} {arch}", language.sdk().digest));
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digits}", language.slug())
}

fn remove_all(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a language's tools of other versions that nobody used for long.
fn forget_others(root: &Path, language: Language, own: &Path) {
    for dir in sets(root) {
        let is_others = dir != own && dir.file_name().is_some_and(|name| belongs(name.to_str(), language));
        let used = dir.join(MARKER).metadata().and_then(|marker| marker.modified());
        let is_old = used.is_ok_and(|used| used.elapsed().is_ok_and(|age| age > FORGOTTEN));
        if is_others && is_old {
            // Room is all that is lost where it stays.
            let _ = remove_set(&dir);
        }
    }
}

/// Removes tools that nobody uses, and tells whether it did.
fn remove_set(dir: &Path) -> io::Result<bool> {
    let Some(alone) = try_lock(dir, true)? else { return Ok(false) };
    remove_all(dir)?;
    let mut lock = dir.as_os_str().to_owned();
    lock.push(LOCK);
    let removed = fs::remove_file(&lock);
    drop(alone);
    removed.map(|()| true)
}

fn belongs(name: Option<&str>, language: Language) -> bool {
    let digits = name.and_then(|name| name.strip_prefix(language.slug())?.strip_prefix('-'));
    digits.is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The directories of tools below `root`.
fn sets(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let dirs = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let ours = |name: &str| Language::ALL.iter().any(|language| belongs(Some(name), *language));
    dirs.filter(|entry| entry.file_name().to_str().is_some_and(ours)).map(|entry| entry.path()).collect()
}

/// Counts the tools below `root`.
pub(super) fn count(root: &Path) -> Counted {
    let sets = sets(root);
    Counted { sets: sets.len() as u64, bytes: sets.iter().map(|dir| super::shelf::size_of(dir)).sum() }
}

/// Removes all tools below `root` that nobody uses, and gives what that was.
pub(super) fn clear(root: &Path) -> Result<Counted, (PathBuf, io::Error)> {
    let mut removed = Counted::default();
    for dir in sets(root) {
        let bytes = super::shelf::size_of(&dir);
        if remove_set(&dir).map_err(|error| (dir, error))? {
            removed.sets += 1;
            removed.bytes += bytes;
        }
    }
    Ok(removed)
}
