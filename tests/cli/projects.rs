//! New projects, and files that the real tools build: these need Rust, `python3` with venv, and `node` with npm, and
//! the network the first time. The tools are kept with what all tests keep.

use std::fs;
use std::path::{Path, PathBuf};

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript};

const LONGEST: &str = r#""a proverb is the longest, with 5 words""#;

fn root() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).parent().unwrap().to_owned()
}

/// Makes a project and runs its task that fans out, in its own directory.
fn survey(language: &str, component: &str) -> Transcript {
    let terminal = Terminal::new();
    let made = terminal.run(&["new", "words", "--lang", language]);
    assert_eq!(made.code, Some(0), "{made}");
    let args = ["run", component, "survey", "--documents", "@documents.json"];
    let mut command = terminal.command(&args);
    Transcript::new(&args, &command.current_dir(terminal.path().join("words")).output().unwrap())
}

#[test]
fn a_python_project_runs_at_once() {
    assert_eq!(survey("python", "tasks.py").value(), LONGEST);
}

#[test]
fn a_javascript_project_runs_at_once() {
    assert_eq!(survey("javascript", "tasks.js").value(), LONGEST);
}

#[test]
fn a_rust_project_runs_at_once() {
    let terminal = Terminal::new();
    let sdk = root().join("guest-sdk/rust");
    let made = terminal.run(&["new", "words", "--lang", "rust", "--sdk", sdk.to_str().unwrap()]);
    assert_eq!(made.code, Some(0), "{made}");
    let project = terminal.path().join("words");
    // The versions that are there already.
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let artifact = Path::new(flyte_host_artifacts::DATACLASSES_AND_STRUCTURES);
    let args = ["run", ".", "survey", "--documents", "@documents.json"];
    let mut command = terminal.command(&args);
    command.env("CARGO_TARGET_DIR", artifact.ancestors().nth(3).unwrap());
    command.env("HOME", std::env::var_os("HOME").unwrap());
    let transcript = Transcript::new(&args, &command.current_dir(project).output().unwrap());
    assert_eq!(transcript.value(), LONGEST);
}

#[test]
fn the_example_is_the_same_in_every_language() {
    let terminal = Terminal::new();
    let batch = r#"{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3,"feature_b":4}],"batch_id":"b"}"#;
    let run = |component: &str, task: &str, rest: &[&str]| {
        let args = [&["run", component, task, "--batch", batch], rest].concat();
        terminal.run(&args).value().to_owned()
    };
    let example = root().join("examples/dataclasses-and-structures");
    let programs =
        ["python", "javascript"].map(|language| fs::read_dir(example.join(language)).into_iter().flatten());
    let programs: Vec<PathBuf> = programs.into_iter().flatten().map(|program| program.unwrap().path()).collect();
    assert!(!programs.is_empty());
    let summary = run("tasks.wasm", "process_batch", &[]);
    for program in programs {
        let program = program.to_str().unwrap();
        assert_eq!(run(program, "process_batch", &[]), summary, "{program}");
        let text = run(program, "process_batch", &["then", "summarize_results"]);
        assert_eq!(text, r#""Batch b: Processed 2 predictions, average value: 14.00""#, "{program}");
    }
}

#[test]
fn nothing_is_written_over_what_is_there() {
    let terminal = Terminal::new().file("taken.txt", "");
    let lines: &[&[&str]] = &[
        &["new", "--help"],
        &["new", "words", "--lang", "python"],
        &["new", "words", "--lang", "javascript"],
        &["new", "taken.txt", "--lang", "rust", "--name", "taken"],
        &["new", "9to5", "--lang", "rust"],
        &["new", "other", "--lang", "rust", "--name", "no good"],
        &["new", "other", "--lang", "rust", "--sdk", "words"],
        &["new", "other", "--lang", "python", "--sdk", "words"],
        &["new", "other"],
        &["new", "other", "--lang", "rust"],
    ];
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert_transcripts!("new", transcripts);
    let manifest = fs::read_to_string(terminal.path().join("other/Cargo.toml")).unwrap();
    let version = format!("flyte-guest = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    assert!(manifest.contains("name = \"other\"\n") && manifest.contains(&version), "{manifest}");
}
