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
    assert!(!terminal.path().join("other").exists(), "something was made");
}

/// A limit on the size of files lets it write the first, and no larger one.
#[cfg(unix)]
#[test]
fn a_project_that_cannot_be_finished_is_not_begun() {
    let terminal = Terminal::new();
    fs::create_dir(terminal.path().join("mine")).unwrap();
    for dir in ["new/dir", "mine"] {
        let args = ["new", dir, "--lang", "python", "--name", "words"];
        let mut command = std::process::Command::new("/bin/sh");
        command
            .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "sh"])
            .arg(terminal.command(&[]).get_program());
        let transcript = Transcript::new(&args, &command.args(args).current_dir(terminal.path()).output().unwrap());
        assert_eq!(transcript.code, Some(2), "{transcript}");
        assert!(transcript.stderr.contains(&format!("error: cannot write {dir}/")), "{transcript}");
    }
    assert!(!terminal.path().join("new").exists(), "a directory is left");
    assert_eq!(fs::read_dir(terminal.path().join("mine")).unwrap().count(), 0, "files are left");
}

/// What would be taken instead, were it there, is an input too.
#[test]
fn what_comes_to_be_beside_a_program_is_built_in() {
    let terminal = Terminal::new();
    let file = |name: &str, content: &str| fs::write(terminal.path().join(name), content).unwrap();
    let is_built = |component: &str| {
        let transcript = terminal.run(&["build", component]);
        assert_eq!(transcript.code, Some(0), "{transcript}");
        transcript.stderr.contains("building ")
    };
    let import = "try:\n    import helper\nexcept ImportError:\n    pass\n";
    let task = "env = flyte.TaskEnvironment(name='e')\n\n@env.task\nasync def who() -> str:\n    return ''\n";
    file("program.py", &format!("import flyte\n{import}{task}"));
    file(
        "program.ts",
        "import { task } from 'flyte-guest';\nexport const who = task({ output: { type: 'string' } }, () => '');\n",
    );
    for (program, name, content) in
        [("program.py", "helper.py", ""), ("program.ts", "tsconfig.json", "{\"extends\": \"./base\"}")]
    {
        assert!(is_built(program) && !is_built(program), "{program}");
        file(name, content);
        // What a tsconfig.json extends has to be there.
        file("base.json", "{}");
        assert!(is_built(program), "{program} with {name}");
    }
    file("base.json", "{ \"compilerOptions\": {} }");
    assert!(is_built("program.ts"));
}
