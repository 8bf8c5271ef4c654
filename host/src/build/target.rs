//! Sees to it that the Rust toolchain can compile for components.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::process::{Answer, Unfinished, ask};
use crate::build::{BuildError, Stop};

/// What components are compiled for.
pub(super) const TARGET: &str = "wasm32-wasip2";

/// Adds the target with rustup where the toolchain that `dir` uses lacks it, and says so.
///
/// # Errors
/// [`BuildError::Tool`] without a Rust compiler, [`BuildError::Rustc`] with one that can't be used,
/// [`BuildError::Target`] where the target can't be added.
pub(super) fn ensure(dir: &Path, stop: &Stop, note: &mut dyn FnMut(&str)) -> Result<(), BuildError> {
    if library_dir(dir, stop)?.is_dir() {
        return Ok(());
    }
    note(&format!("adding the Rust target {TARGET} (rustup target add {TARGET})"));
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(dir);
    let added = ask(rustup, None, stop).map_err(|unfinished| match unfinished {
        Unfinished::System(error) => failed(format!("rustup cannot be run to add it: {error}")),
        Unfinished::NeedsTerminal => BuildError::NeedsTerminal { program: "rustup".to_owned() },
        Unfinished::Stopped | Unfinished::TooLong => BuildError::Stopped,
    })?;
    if !added.status.success() {
        let last = added.err.iter().rfind(|line| !line.trim().is_empty());
        let last = last.map_or("it did not say why", String::as_str);
        return Err(failed(format!("rustup could not add it: {last}")));
    }
    if library_dir(dir, stop)?.is_dir() {
        return Ok(());
    }
    Err(failed("rustup added it to another toolchain than the one that `rustc` runs here".to_owned()))
}

fn failed(reason: String) -> BuildError {
    BuildError::Target { target: TARGET, reason }
}

/// Where the toolchain that `dir` uses keeps the target's standard library, if it has it.
fn library_dir(dir: &Path, stop: &Stop) -> Result<PathBuf, BuildError> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(dir);
    // Without a limit: rustup may install the toolchain that the crate asks for.
    match ask(rustc, None, stop) {
        Ok(Answer { status, out, .. }) if status.success() => {
            Ok(PathBuf::from(out.first().map_or("", |line| line.trim())))
        }
        Ok(Answer { err, .. }) => Err(BuildError::Rustc { target: TARGET, said: err }),
        Err(Unfinished::System(source)) => Err(BuildError::Tool { tool: "rustc", source }),
        Err(Unfinished::NeedsTerminal) => Err(BuildError::NeedsTerminal { program: "rustc".to_owned() }),
        Err(Unfinished::Stopped | Unfinished::TooLong) => Err(BuildError::Stopped),
    }
}
