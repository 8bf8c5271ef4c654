//! Runs that are run again, and what is read of them.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript, assert_refused};

const BATCH: &str = r#"{"requests": [{"feature_a": 1, "feature_b": 2}], "batch_id": "first"}"#;

fn terminal() -> Terminal {
    Terminal::new().file("batch.json", BATCH)
}

#[test]
fn a_run_is_run_again_on_its_inputs_or_with_some_changed() {
    let terminal = terminal();
    let first = terminal.run(&["run", "--name", "one", "tasks.wasm", "process_batch", "--batch", "@batch.json"]);
    // What the file has now does not matter.
    let terminal = terminal.file("batch.json", "{}");
    let again = terminal.run(&["rerun", "one"]);
    assert_eq!((again.value(), again.stderr.as_str()), (first.value(), ""));
    let inputs = |run: &str| terminal.run(&["get", "io", run, "--inputs-only"]).value().to_owned();
    assert!(inputs("latest").contains(r#""batch_id":"first""#));
    assert!(terminal.run(&["rerun", "latest", "--batch.batch_id", "second"]).value().contains("second"));
    // It has the name too, so it is meant now.
    assert!(inputs("one").contains(r#""batch_id":"second""#));
    let whole = terminal.run(&["get", "io", "one"]);
    assert!(whole.value().starts_with(r#"{"inputs":{"batch":{"requests":"#), "{whole}");
    assert!(whole.value().contains(r#","output":{"#), "{whole}");
    let child = terminal.run(&["get", "io", "one", "a1", "--output-only"]);
    assert_eq!(child.value(), "9.0");
}

#[test]
fn the_command_is_given_again_in_its_own_directory_and_files_are_where_the_new_one_is_given() {
    let terminal = terminal();
    let elsewhere = terminal.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("other.json"), BATCH.replace("first", "other")).unwrap();
    let line = ["run", "--max-actions", "2", "tasks.wasm", "process_batch", "--batch", "@batch.json"];
    assert_eq!(terminal.run(&line).code, Some(0));
    let args = ["rerun", "latest", "--batch", "@other.json"];
    let again = Transcript::new(&args, &terminal.command(&args).current_dir(&elsewhere).output().unwrap());
    assert!(again.value().contains("other"), "{again}");
    // Its limit holds again.
    let two = r#"{"requests": [{"feature_a": 1, "feature_b": 2}, {"feature_a": 1, "feature_b": 2}]}"#;
    let args = ["rerun", "latest", "--batch", two];
    let more = Transcript::new(&args, &terminal.command(&args).current_dir(&elsewhere).output().unwrap());
    assert!(more.stderr.contains("more than 2 actions"), "{more}");
}

#[test]
fn a_component_that_has_changed_is_told() {
    let terminal = terminal();
    let run = ["run", "own.wasm", "process_batch", "--batch", "@batch.json"];
    let component = std::fs::read(terminal.path().join("tasks.wasm")).unwrap();
    std::fs::write(terminal.path().join("own.wasm"), &component).unwrap();
    assert_eq!(terminal.run(&run).code, Some(0));
    // A custom section that nobody reads.
    let changed = [&component[..], &[0, 2, 1, b'x']].concat();
    std::fs::write(terminal.path().join("own.wasm"), changed).unwrap();
    let again = terminal.run(&["rerun", "latest"]);
    assert_eq!(again.code, Some(0), "{again}");
    assert!(again.stderr.contains("warning: own.wasm has changed since then"), "{again}");
}

#[test]
fn inputs_with_a_secret_are_not_kept_and_have_to_be_given_again() {
    let terminal = Terminal::new();
    let run = |args: &[&str]| {
        let output = terminal.command(args).env("TOKEN", "sesame-7391").output().unwrap();
        Transcript::new(args, &output)
    };
    let line = ["run", "--allow-env", "TOKEN", "types.wasm", "echo_vec", "--value", "[1]"];
    assert_eq!(run(&line).code, Some(0));
    assert_eq!(run(&["rerun", "latest"]).value(), "[1]");
    let line = ["run", "--allow-env", "TOKEN", "faults.wasm", "fails", "--message", "sesame-7391"];
    assert_eq!(run(&line).code, Some(1));
    let (alone, refused) = (run(&["get", "io", "latest", "--inputs-only"]), run(&["rerun", "latest"]));
    assert!(alone.stderr.contains("withheld, as a granted secret"), "{alone}");
    assert!(refused.stderr.contains("withheld, as a granted secret"), "{refused}");
    let whole = run(&["get", "io", "latest"]);
    assert_eq!(whole.value(), r#"{"inputs":null,"output":null}"#);
    assert!(whole.stderr.contains("withheld"), "{whole}");
    assert_refused(&[alone, refused]);
    let given = run(&["rerun", "latest", "--message", "other"]);
    assert!(given.code == Some(1) && given.stderr.contains("failed: other"), "{given}");
}

#[test]
fn an_output_of_an_earlier_run_is_a_value() {
    let terminal = terminal();
    let run = ["run", "--name", "nightly", "tasks.wasm", "process_batch", "--batch", "@batch.json"];
    assert_eq!(terminal.run(&run).code, Some(0));
    let summarize = |value: &str| terminal.run(&["run", "tasks.wasm", "summarize_results", "--summary", value]);
    let summary = summarize("run:nightly");
    assert!(summary.value().contains("Batch first"), "{summary}");
    assert_eq!(summarize("@run:nightly/a0").value(), summary.value());
    let refused = [
        // An output of the wrong type is told as any other value.
        summarize("run:nightly/a1"),
        summarize("run:weekly"),
        summarize("run:nightly/a9"),
        summarize("run:nightly/x"),
        terminal.run(&["run", "--home", "nowhere", "tasks.wasm", "summarize_results", "--summary", "run:nightly"]),
    ];
    assert_refused(&refused);
    let redacted = [(r"\br[a-z0-9]{19}\b", "[run]")];
    insta::with_settings!({ filters => redacted.to_vec() }, { assert_transcripts!("past_values", refused); });
    // A text stays a text.
    let echoed = terminal.run(&["run", "faults.wasm", "fails", "--message", "run:nightly"]);
    assert!(echoed.stderr.contains("failed: run:nightly"), "{echoed}");
}
