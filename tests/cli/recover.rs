//! Runs that take over the results of an earlier one.

use crate::terminal::{Terminal, Transcript, assert_refused};

/// A directory with a run in which one of eight children failed, and what was broken.
fn failed() -> Terminal {
    let terminal = Terminal::new();
    std::fs::create_dir(terminal.path().join("state")).unwrap();
    let terminal = terminal.file("state/broken", "3");
    let failed = terminal.run(&["run", "--allow-read", "state:/state", "resumed.wasm", "fan", "--n", "8"]);
    assert_eq!(failed.code, Some(1), "{failed}");
    terminal
}

fn mended() -> Terminal {
    let terminal = failed();
    std::fs::remove_file(terminal.path().join("state/broken")).unwrap();
    terminal
}

fn recover(terminal: &Terminal, more: &[&str]) -> Transcript {
    terminal.run(&[&["--verbose", "rerun", "--recover"], more, &["latest"]].concat())
}

#[test]
fn only_what_had_not_ended_is_run() {
    let terminal = mended();
    let recovered = recover(&terminal, &[]);
    assert_eq!((recovered.code, recovered.stdout.trim()), (Some(0), "280"), "{recovered}");
    assert!(recovered.stderr.contains("9 actions, 2 attempts, 7 recovered"), "{recovered}");
}

#[test]
fn a_changed_component_is_refused_unless_it_is_allowed() {
    let terminal = mended();
    let component = std::fs::read(terminal.path().join("resumed.wasm")).unwrap();
    // A custom section that nobody reads.
    std::fs::remove_file(terminal.path().join("resumed.wasm")).unwrap();
    let terminal = terminal.file("resumed.wasm", [&component[..], &[0, 2, 1, b'x']].concat());
    let refused = terminal.run(&["rerun", "--recover", "latest"]);
    assert!(refused.stderr.contains("was run by another component than is loaded now"), "{refused}");
    assert!(refused.stderr.contains("--changed-component"), "{refused}");
    let allowed = recover(&terminal, &["--changed-component"]);
    assert!(allowed.code == Some(0) && allowed.stderr.contains("7 recovered"), "{allowed}");
    // Other inputs would be another run.
    assert_refused(&[refused, terminal.run(&["rerun", "--recover", "latest", "--n", "9"])]);
}

#[test]
fn a_divergence_has_an_exit_code_of_its_own_and_is_named() {
    let terminal = Terminal::new();
    std::fs::create_dir(terminal.path().join("state")).unwrap();
    let terminal = terminal.file("state/path", "5");
    let run = terminal.run(&["run", "--allow-read", "state:/state", "resumed.wasm", "follows_a_file"]);
    assert_eq!(run.code, Some(0), "{run}");
    let terminal = terminal.file("state/path", "6");
    let other = recover(&terminal, &[]);
    assert_eq!((other.code, other.stdout.as_str()), (Some(6), ""), "{other}");
    assert!(other.stderr.contains(r#"was `step` with {"n":5} then, and is `step` with {"n":6} now"#), "{other}");
    assert!(other.stderr.contains("--deterministic"), "{other}");
}
