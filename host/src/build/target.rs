//! Sees to it that the Rust toolchain can compile for components.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::build::BuildError;

/// What components are compiled for.
pub(super) const TARGET: &str = "wasm32-wasip2";

/// Adds the target with rustup where the toolchain that `dir` uses lacks it, and says so.
///
/// # Errors
/// [`BuildError::Tool`] without a Rust compiler, [`BuildError::Target`] where the target can't be added.
pub(super) fn ensure(dir: &Path, note: &mut dyn FnMut(&str)) -> Result<(), BuildError> {
    if library_dir(dir)?.is_dir() {
        return Ok(());
    }
    note(&format!("adding the Rust target {TARGET} (rustup target add {TARGET})"));
    let added = Command::new("rustup")
        .args(["target", "add", TARGET])
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| failed(format!("rustup cannot be run to add it: {e}")))?;
    if !added.status.success() {
        let said = String::from_utf8_lossy(&added.stderr);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
        return Err(failed(format!("rustup could not add it: {last}")));
    }
    if library_dir(dir)?.is_dir() {
        return Ok(());
    }
    Err(failed("rustup added it to another toolchain than the one that `rustc` runs here".to_owned()))
}

fn failed(reason: String) -> BuildError {
    BuildError::Target { target: TARGET, reason }
}

/// Where the toolchain that `dir` uses keeps the target's standard library, if it has it.
fn library_dir(dir: &Path) -> Result<PathBuf, BuildError> {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| BuildError::Tool { tool: "rustc", source })?;
    Ok(PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim()))
}
