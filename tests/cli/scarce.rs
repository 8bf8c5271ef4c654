//! Machines that have less than a host would like.
#![cfg(target_os = "linux")]

use crate::terminal::{Terminal, Transcript};

/// `run` with so many KiB of address space.
fn run_within(address_space: u64, args: &[&str]) -> Transcript {
    let terminal = Terminal::new();
    let args = [&["run", "--no-compile-cache"], args].concat();
    let mut command = terminal.command_after(&format!("ulimit -v {address_space}"), &args);
    Transcript::new(&args, &command.output().unwrap())
}

#[test]
fn with_few_open_files_the_results_of_many_at_once_are_kept_all_the_same() {
    let terminal = Terminal::new();
    let args = ["run", "results.wasm", "apart", "--n", "1000"];
    for cached in [" each, 0 cached", ", 1000 cached"] {
        let output = terminal.command_after("ulimit -n 250", &args).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "1000\n", "{told}");
        assert!(!told.contains("warning") && told.contains(cached), "{told}");
    }
}

#[test]
fn with_less_address_space_there_are_fewer_sandboxes_and_that_is_said() {
    let transcript = run_within(1 << 30, &["fanout.wasm", "fan_out", "--n", "1000"]);
    assert_eq!(transcript.value(), "999000");
    assert_eq!(transcript.stderr.matches("warning:").count(), 1, "{transcript}");
    assert!(transcript.stderr.contains("warning: there is room for "), "{transcript}");
    assert!(transcript.stderr.contains("sandboxes at once, not for 320"), "{transcript}");
    assert!(transcript.stderr.contains("`ulimit -v`"), "{transcript}");
}

#[test]
fn with_next_to_none_there_is_no_pool_and_that_is_said() {
    let transcript = run_within(24 << 20, &["fanout.wasm", "fan_out", "--n", "100"]);
    assert_eq!(transcript.value(), "9900");
    assert_eq!(transcript.stderr.matches("warning:").count(), 1, "{transcript}");
    assert!(transcript.stderr.contains("warning: there is no room for a pool of sandboxes"), "{transcript}");
}
