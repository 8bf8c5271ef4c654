//! The tools of a language: set up once, in a private directory, and used without network from then on.

use std::fs::{self, File, FileTimes};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::build::process::{Answer, Unfinished, ask, follow};
use crate::build::tool_sets::{self, Fresh, MARKER, forget_others, try_lock};
use crate::build::watch::Watch;
use crate::build::{BuildError, BuildEvent, Language, node, python};

/// How often who waits looks again.
const LOOK: Duration = Duration::from_millis(20);
/// How long a program has to tell its version.
const ANSWER: Duration = Duration::from_secs(10);
/// How many of the last lines of a tool that failed are shown.
pub(super) const LAST_LINES: usize = 20;

/// A language's tools, which stay there as long as this does.
pub(super) struct Tools {
    language: Language,
    dir: PathBuf,
    _shared: File,
}

impl Tools {
    /// The tools below `root`, set up where they are missing.
    pub(super) fn ready(root: &Path, language: Language, watch: &mut Watch<'_>) -> Result<Self, BuildError> {
        let dir = tool_sets::dir(root, language);
        let cannot = |source| BuildError::Write { path: dir.clone(), source };
        // What the interpreter is now: another one than before needs other packages.
        let interpreter = match language {
            Language::Python => python::interpreter(language.sdk(), watch)?,
            Language::JavaScript => node::interpreter(language.sdk(), watch)?,
        };
        loop {
            let shared = lock(&dir, false, language, watch)?;
            if is_whole(&dir, language, &interpreter.version) {
                // Used just now. Where this can't be noted, they are forgotten earlier.
                let now = FileTimes::new().set_modified(SystemTime::now());
                let _ = File::open(dir.join(MARKER)).and_then(|marker| marker.set_times(now));
                return Ok(Self { language, dir, _shared: shared });
            }
            drop(shared);
            let _alone = lock(&dir, true, language, watch)?;
            if is_whole(&dir, language, &interpreter.version) {
                continue;
            }
            let fresh = Fresh::new(&dir).map_err(cannot)?;
            set_up(&fresh.dir, language, &interpreter, watch)?;
            fresh.finish(&interpreter.version).map_err(cannot)?;
            forget_others(root, language, &dir);
        }
    }

    pub(super) fn language(&self) -> Language {
        self.language
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
    sdk.unpack(dir).map_err(|source| BuildError::Write { path: dir.to_owned(), source })?;
    let installed = match language {
        Language::Python => {
            python::install(dir, sdk, interpreter, watch)?;
            python::installed(dir, sdk, watch)?
        }
        Language::JavaScript => {
            node::install(dir, sdk, watch)?;
            node::installed(dir, sdk)
        }
    };
    // An installer has settings and sources of its own, and may have come to something else.
    for ((package, wanted), found) in sdk.pins.iter().zip(installed) {
        if found.as_deref() != Some(wanted) {
            return Err(BuildError::ToolVersion { language, package, wanted, found });
        }
    }
    Ok(())
}

fn is_whole(dir: &Path, language: Language, version: &str) -> bool {
    let entrance = match language {
        Language::Python => python::entrance(dir),
        Language::JavaScript => node::entrance(dir),
    };
    // A virtual environment is a link to the machine's interpreter, which may be gone.
    fs::read_to_string(dir.join(MARKER)).is_ok_and(|with| with == version) && entrance.exists()
}

/// One step of the setup.
pub(super) struct Step {
    pub(super) language: Language,
    /// What it does, as in "cannot …".
    pub(super) doing: &'static str,
    /// Whether it fetches something.
    pub(super) needs_network: bool,
    /// Which of its lines are told.
    pub(super) worth: fn(&str) -> bool,
}

/// Runs a step of the setup.
pub(super) fn step(command: Command, step: &Step, watch: &mut Watch<'_>) -> Result<(), BuildError> {
    let Step { language, doing, needs_network, worth } = *step;
    let program = command.get_program().to_string_lossy().into_owned();
    let mut said = Vec::new();
    let Watch { tell, stop, longest } = watch;
    let longest = *longest;
    let ended = follow(command, Some(longest), stop, &mut |_, line| {
        if worth(line.trim()) {
            tell(BuildEvent::Note(line.trim()));
        }
        keep_last(&mut said, line);
    });
    let doing = doing.to_owned();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(BuildError::Tools { language, doing, needs_network, said }),
        Err(Unfinished::System(source)) => Err(BuildError::Program { program, source }),
        Err(Unfinished::NeedsTerminal) => Err(BuildError::NeedsTerminal { program }),
        Err(Unfinished::Stopped) => Err(BuildError::Stopped),
        Err(Unfinished::TooLong) => Err(BuildError::SetupTooLong { language, doing, longest, said }),
    }
}

/// The lines with which a program tells its version, or versions; `None` where it can't be run, or fails.
pub(super) fn answer(command: Command, watch: &Watch<'_>) -> Result<Option<Vec<String>>, BuildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    match ask(command, Some(ANSWER), watch.stop) {
        Ok(Answer { status, out, .. }) => Ok(status.success().then_some(out)),
        Err(Unfinished::System(source)) => match source.kind() {
            ErrorKind::NotFound | ErrorKind::PermissionDenied => Ok(None),
            _ => Err(BuildError::Program { program, source }),
        },
        Err(Unfinished::NeedsTerminal) => Err(BuildError::NeedsTerminal { program }),
        Err(Unfinished::Stopped) => Err(BuildError::Stopped),
        Err(Unfinished::TooLong) => Err(BuildError::Unanswered { program, longest: ANSWER }),
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

/// Takes the lock of the tools in `dir`, and tells once if that takes waiting.
fn lock(dir: &Path, alone: bool, language: Language, watch: &mut Watch<'_>) -> Result<File, BuildError> {
    let mut has_told = false;
    loop {
        let locked = try_lock(dir, alone);
        if let Some(file) = locked.map_err(|source| BuildError::Write { path: dir.to_owned(), source })? {
            return Ok(file);
        }
        if watch.stop.is_stopped() {
            return Err(BuildError::Stopped);
        }
        if !has_told {
            has_told = true;
            watch.note(&format!("waiting for another process that sets up the {language} tools …"));
        }
        thread::sleep(LOOK);
    }
}
