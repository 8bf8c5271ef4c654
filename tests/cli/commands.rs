//! The commands beside `run`, and every help text.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript};

#[test]
fn help() {
    let terminal = Terminal::new();
    let lines: &[&[&str]] = &[
        &["--help"],
        &["run", "--help"],
        &["get", "task", "--help"],
        &["get", "run", "--help"],
        &["get", "action", "--help"],
        &["get", "io", "--help"],
        &["get", "logs", "--help"],
        &["rerun", "--help"],
        &["abort", "--help"],
        &["delete", "run", "--help"],
        &["build", "--help"],
        &["run", "tasks.wasm", "process_batch", "--help"],
        &["run", "types.wasm", "echo_shape", "--help"],
        &["run", "readings.wasm", "celsius", "-h"],
    ];
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert!(transcripts.iter().all(|transcript| transcript.code == Some(0)));
    assert_transcripts!("help", transcripts);
}

#[test]
fn get_task() {
    let terminal = Terminal::new();
    let lines: &[&[&str]] = &[
        &["get", "task", "tasks.wasm"],
        &["get", "task", "tasks.wasm", "process_batch"],
        &["get", "task", "tasks.wasm", "process_batch", "--json"],
        &["get", "task", "fanout.wasm"],
        &["get", "task", "measured.wasm", "predict_warm"],
        &["get", "task", "measured.wasm", "predict_warm", "--json"],
    ];
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert!(transcripts.iter().all(|transcript| transcript.code == Some(0)));
    assert_transcripts!("get_task", transcripts);
}

#[test]
fn colour_is_for_those_who_can_see_it() {
    let terminal = Terminal::new();
    let failing = |options: &[&str], no_color: bool| {
        let args = [options, &["run", "tasks.wasm", "process_batch"]].concat();
        let mut command = terminal.command(&args);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    assert!(!failing(&[], false).contains('\u{1b}'));
    assert!(failing(&["--color", "always"], false).contains('\u{1b}'));
    assert!(failing(&["--color", "always"], true).contains('\u{1b}'));
    assert!(!failing(&["--color", "auto"], true).contains('\u{1b}'));
}

#[test]
fn completions_for_every_shell() {
    let terminal = Terminal::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let transcript = terminal.run(&["completions", shell]);
        assert_eq!(transcript.code, Some(0), "{transcript}");
        assert!(transcript.stdout.contains("flyte-host"), "{transcript}");
    }
}

#[test]
fn a_crate_directory_is_built_and_run_and_built_again_only_when_changed() {
    let package = std::path::PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let root = package.parent().unwrap();
    let example = root.join("examples/dataclasses-and-structures/rust");
    let example = example.to_str().unwrap();
    let terminal = Terminal::new();
    // What the guests were compiled to already, so that this test does not compile the SDK once more.
    let artifact = std::path::Path::new(flyte_host_artifacts::DATACLASSES_AND_STRUCTURES);
    let target_dir = artifact.ancestors().nth(3).unwrap();
    let home = std::env::var_os("HOME").unwrap();
    let run = |args: &[&str]| {
        let output =
            terminal.command(args).env("CARGO_TARGET_DIR", target_dir).env("HOME", &home).output().unwrap();
        Transcript::new(args, &output)
    };
    let built = run(&["build", example, "-o", "own.wasm"]);
    assert_eq!(built.code, Some(0), "{built}");
    let from_file = terminal.run(&["run", "own.wasm", "process_batch", "--batch", r#"{"requests":[]}"#]);
    let from_crate = run(&["run", example, "process_batch", "--batch", r#"{"requests":[]}"#]);
    assert_eq!(from_crate.value(), from_file.value());
    assert!(!from_crate.stderr.contains("building"), "{from_crate}");
}

#[test]
fn a_directory_without_a_component_is_refused() {
    let terminal = Terminal::new();
    let library = terminal.path().join("library");
    std::fs::create_dir_all(library.join("src")).unwrap();
    std::fs::write(library.join("Cargo.toml"), "[package]\nname = \"library\"\nedition = \"2024\"\n[workspace]\n")
        .unwrap();
    std::fs::write(library.join("src/lib.rs"), "").unwrap();
    let home = std::env::var_os("HOME").unwrap();
    let args = ["build", "library"];
    let transcript = Transcript::new(&args, &terminal.command(&args).env("HOME", home).output().unwrap());
    assert_eq!(transcript.code, Some(2), "{transcript}");
    assert!(transcript.stderr.contains("cdylib"), "{transcript}");
}
