//! From a Rust crate to a component, with cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::build::process::{Unfinished, follow_output};
use crate::build::target::{TARGET, ensure};
use crate::build::{BuildError, BuiltComponent, Stop};
use crate::component::inspect;

/// The cargo profile that components are built with. It exists on the command line only, so crates need not
/// know it: the crate's own release profile, optimised as a whole, with the functions' names kept for backtraces.
const PROFILE: &str = "flyte-task";
const PROFILE_SETTINGS: [&str; 5] = [
    "profile.flyte-task.inherits='release'",
    "profile.flyte-task.lto=true",
    "profile.flyte-task.codegen-units=1",
    "profile.flyte-task.panic='abort'",
    "profile.flyte-task.strip='debuginfo'",
];

/// Builds the crate in `dir` to a component, and only what changed since the last time.
///
/// What is worth telling goes to `note`, a line each; cargo's warnings and errors go to standard error. `stop` ends it
/// from another thread, with all that cargo started.
///
/// # Errors
/// [`BuildError`].
pub fn build_crate(dir: &Path, stop: &Stop, note: &mut dyn FnMut(&str)) -> Result<BuiltComponent, BuildError> {
    let manifest = dir.join("Cargo.toml");
    if !manifest.is_file() {
        return Err(BuildError::NotACrate { dir: dir.to_owned() });
    }
    ensure(dir, stop, note)?;
    let mut artifacts = Artifacts::default();
    let status = follow_output(cargo(dir), None, stop, &mut |_, line| artifacts.read(dir, &line, note));
    let status = status.map_err(|unfinished| match unfinished {
        Unfinished::System(source) => BuildError::Tool { tool: "cargo", source },
        Unfinished::NeedsTerminal => BuildError::NeedsTerminal { program: "cargo".to_owned() },
        Unfinished::Stopped | Unfinished::TooLong => BuildError::Stopped,
    })?;
    if !status.success() {
        return Err(BuildError::Cargo { dir: dir.to_owned() });
    }
    let built = choose(dir, artifacts.found)?;
    check(&built)?;
    Ok(built)
}

/// A crate may well compile and export no tasks; better said now than when it is run.
fn check(built: &BuiltComponent) -> Result<(), BuildError> {
    let path = || built.path.clone();
    let bytes = std::fs::read(&built.path).map_err(|source| BuildError::Read { path: path(), source })?;
    inspect(&bytes).map(drop).map_err(|reason| BuildError::Unfit { name: built.name.clone(), reason })
}

fn cargo(dir: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--lib", "--target", TARGET, "--profile", PROFILE]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    for setting in PROFILE_SETTINGS {
        cargo.args(["--config", setting]);
    }
    // Meant for builds for this machine: a linker, a processor.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    cargo.current_dir(dir);
    cargo
}

/// What cargo prints of each thing it built; other messages have other fields.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    fresh: bool,
    #[serde(default)]
    manifest_path: PathBuf,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

/// The components that cargo tells of, with their manifests.
#[derive(Default)]
struct Artifacts {
    found: Vec<(PathBuf, BuiltComponent)>,
    has_told: bool,
}

impl Artifacts {
    fn read(&mut self, dir: &Path, line: &str, note: &mut dyn FnMut(&str)) {
        let Ok(message) = serde_json::from_str::<Message>(line) else { return };
        if message.reason != "compiler-artifact" {
            return;
        }
        if !message.fresh && !self.has_told {
            note(&format!("building {} for {TARGET}", dir.display()));
            self.has_told = true;
        }
        let Some(target) = message.target.filter(|t| t.crate_types.iter().any(|kind| kind == "cdylib")) else {
            return;
        };
        if let Some(path) = message.filenames.into_iter().find(|f| f.extension().is_some_and(|e| e == "wasm")) {
            let built = BuiltComponent { name: target.name, path, fresh: message.fresh, _in_use: None };
            self.found.push((message.manifest_path, built));
        }
    }
}

/// The crate's own component; in a workspace without a root crate, its only one.
fn choose(dir: &Path, mut artifacts: Vec<(PathBuf, BuiltComponent)>) -> Result<BuiltComponent, BuildError> {
    let own = dir.canonicalize().map(|dir| dir.join("Cargo.toml")).ok();
    if let Some(index) = artifacts.iter().position(|(manifest, _)| Some(manifest) == own.as_ref()) {
        return Ok(artifacts.swap_remove(index).1);
    }
    match artifacts.len() {
        0 => Err(BuildError::NoComponent { dir: dir.to_owned() }),
        1 => Ok(artifacts.swap_remove(0).1),
        _ => {
            let names = artifacts.into_iter().map(|(_, built)| built.name).collect();
            Err(BuildError::SeveralComponents { dir: dir.to_owned(), names })
        }
    }
}
