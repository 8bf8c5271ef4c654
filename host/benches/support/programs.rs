//! The programs whose whole processes are timed.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::machine;

/// The command line of this build.
pub(crate) const FLYTE_HOST: &str = env!("CARGO_BIN_EXE_flyte-host");

/// The bare program (`benches/bare.rs`). Cargo builds it where it is not yet, and tells where it is.
pub(crate) fn bare() -> Option<PathBuf> {
    let mut cargo = Command::new(env::var_os("CARGO")?);
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
