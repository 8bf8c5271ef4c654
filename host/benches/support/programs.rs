//! The programs whose whole processes are timed.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::machine;

/// The command line of this build.
pub(crate) const FLYTE_HOST: &str = env!("CARGO_BIN_EXE_flyte-host");

/// The bare program (`benches/bare.rs`): the newest beside this one. Where there is none, cargo builds it and tells
/// where it is.
pub(crate) fn bare() -> Option<PathBuf> {
    let own = env::current_exe().ok()?;
    let beside = fs::read_dir(own.parent()?).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let programs = beside.filter(|path| {
        let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
        name.starts_with("bare-") && path.extension() == own.extension()
    });
    programs.max_by_key(|path| path.metadata().and_then(|meta| meta.modified()).ok()).or_else(built)
}

fn built() -> Option<PathBuf> {
    let mut cargo = Command::new(env::var_os("CARGO")?);
    // What the outer cargo tells this program about its package would have dependencies built anew.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    cargo.args(["bench", "--package", "flyte-host", "--bench", "bare", "--no-run", "--message-format", "json"]);
    let told = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::null()).output().ok()?.stdout;
    let messages = String::from_utf8_lossy(&told).into_owned();
    messages.lines().rev().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_bare = message["target"]["name"] == "bare";
        message["executable"].as_str().filter(|_| is_bare).map(PathBuf::from)
    })
}

/// Runs it to its end; what it prints is nobody's business.
///
/// # Panics
/// Where it fails.
pub(crate) fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

/// The most memory that was seen while it ran, in bytes.
pub(crate) fn peak(command: &mut Command) -> Option<u64> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let mut peak = None;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(machine::peak_memory_of(child.id()));
        thread::sleep(Duration::from_micros(200));
    }
    peak
}
