//! A directory to work in, and the binary run in it.

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use flyte_host_artifacts::{
    DATACLASSES_AND_STRUCTURES, FANOUT, FAULTS, IMPORTER, MEASURED, PIPELINE_READINGS, PIPELINE_REPORT, RESULTS,
    RESUMED, RIGHTS, TYPED, TYPES,
};
use tempfile::TempDir;

/// The components every directory has, by the names the tests use.
const COMPONENTS: [(&str, &str); 12] = [
    ("tasks.wasm", DATACLASSES_AND_STRUCTURES),
    ("fanout.wasm", FANOUT),
    ("faults.wasm", FAULTS),
    ("importer.wasm", IMPORTER),
    ("measured.wasm", MEASURED),
    ("readings.wasm", PIPELINE_READINGS),
    ("report.wasm", PIPELINE_REPORT),
    ("resumed.wasm", RESUMED),
    ("results.wasm", RESULTS),
    ("rights.wasm", RIGHTS),
    ("typed.wasm", TYPED),
    ("types.wasm", TYPES),
];

pub(crate) struct Terminal {
    dir: TempDir,
}

/// What was typed and what came of it.
pub(crate) struct Transcript {
    pub(crate) typed: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, component) in COMPONENTS {
            // A link: the components are some hundred kilobytes each, the directories many.
            #[cfg(unix)]
            std::os::unix::fs::symlink(component, dir.path().join(name)).unwrap();
            #[cfg(not(unix))]
            std::fs::copy(component, dir.path().join(name)).unwrap();
        }
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.dir.path().join(name), content).unwrap();
        self
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flyte-host"));
        command.current_dir(self.dir.path()).args(args);
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE", "COLUMNS"] {
            command.env_remove(variable);
        }
        command
            .env_remove("XDG_CACHE_HOME")
            .env_remove("XDG_DATA_HOME")
            .env("FLYTE_HOST_HOME", self.dir.path().join("runs"))
            .env("HOME", self.dir.path())
            .env("TERM", "dumb");
        // One for all tests, and not the user's own.
        command.env("FLYTE_HOST_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/compiled"));
        command
    }

    /// The same from a shell that has run `first`: set a limit, say.
    pub(crate) fn command_after(&self, first: &str, args: &[&str]) -> Command {
        let inner = self.command(args);
        let mut command = Command::new("sh");
        command.current_dir(self.dir.path()).args(["-c", &format!(r#"{first}; exec "$0" "$@""#)]);
        command.arg(inner.get_program()).args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Transcript {
        self.run_with_input(args, "")
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: impl AsRef<[u8]>) -> Transcript {
        let mut command = self.command(args);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // One that does not read its input may be gone before all of it is written.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        Transcript::new(args, &child.wait_with_output().unwrap())
    }
}

impl Transcript {
    pub(crate) fn new(args: &[&str], output: &Output) -> Self {
        let quoted = args.iter().map(|arg| {
            let plain = !arg.is_empty() && arg.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=@".contains(c));
            if plain { (*arg).to_owned() } else { format!("'{}'", shortened(arg)) }
        });
        Self {
            typed: quoted.collect::<Vec<_>>().join(" "),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: without_cost(&without_progress(&String::from_utf8_lossy(&output.stderr))),
        }
    }

    /// The one value on standard output of a command that succeeded.
    #[track_caller]
    pub(crate) fn value(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self}");
        self.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no line end: {self}"))
    }
}

/// Leaves out what is told of a component where the machine is too busy to compile it at once.
fn without_progress(text: &str) -> String {
    let told = ["compiling ", "waiting for another process that compiles ", "optimising, "];
    let is_progress = |line: &str| line.ends_with(" …\n") && told.iter().any(|start| line.starts_with(start));
    text.split_inclusive('\n').filter(|line| !is_progress(line)).collect()
}

/// Leaves out the line that tells what runs cost: it is another each time.
fn without_cost(text: &str) -> String {
    let is_cost = |line: &str| COST.iter().all(|part| line.contains(part));
    text.split_inclusive('\n').filter(|line| !is_cost(line)).collect()
}

/// What stands in the line that tells what runs cost.
pub(crate) const COST: [&str; 5] = [" in ", ": instantiate ", ", run ", ", queue ", ", serialize "];

fn shortened(text: &str) -> String {
    if text.chars().count() <= 200 {
        return text.to_owned();
    }
    format!("{}… ({} characters)", text.chars().take(60).collect::<String>(), text.chars().count())
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ flyte-host {}", self.typed)?;
        match self.code {
            Some(code) => writeln!(f, "exit code {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        writeln!(f, "--- stdout\n{}--- stderr\n{}", self.stdout, self.stderr)
    }
}

/// Compares what each command printed, and its exit code, with the snapshot of this name.
#[macro_export]
macro_rules! assert_transcripts {
    ($name:literal, $transcripts:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($name, $transcripts.iter().map(ToString::to_string).collect::<String>());
        });
    };
}

/// Checks that bad input or usage ended as it must: exit code 2, nothing on standard output, something on the other.
#[track_caller]
pub(crate) fn assert_refused(transcripts: &[Transcript]) {
    for transcript in transcripts {
        assert_eq!(transcript.code, Some(2), "{transcript}");
        assert_eq!(transcript.stdout, "", "{transcript}");
        assert!(transcript.stderr.starts_with("error: "), "{transcript}");
    }
}
