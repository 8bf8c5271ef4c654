//! `then`, and the same across processes.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript, assert_refused};

const BATCH: &str =
    r#"{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3,"feature_b":4}],"batch_id":"test_batch"}"#;
const SUMMARY: &str = r#"{"predictions":[9.0,19.0],"average":14.0,"count":2,"batch_id":"test_batch"}"#;
const TEXT: &str = r#""Batch test_batch: Processed 2 predictions, average value: 14.00""#;

#[test]
fn the_pages_example() {
    let terminal = Terminal::new();
    let run = |args: &[&str]| {
        let args = [&["run", "tasks.wasm", "process_batch", "--batch"], args].concat();
        terminal.run(&args).value().to_owned()
    };
    assert_eq!(run(&[BATCH]), SUMMARY);
    assert_eq!(run(&[BATCH, "then", "summarize_results"]), TEXT);
    assert_eq!(run(&[BATCH, "then", "summarize_results", "--summary", "-"]), TEXT);
    assert_eq!(
        run(&[r#"{"requests":[{"feature_a":1,"feature_b":2}]}"#]),
        r#"{"predictions":[9.0],"average":9.0,"count":1,"batch_id":"default"}"#
    );
    assert_eq!(run(&[r#"{"requests":[]}"#]), r#"{"predictions":[],"average":0.0,"count":0,"batch_id":"default"}"#);
    let three = r#"{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3,"feature_b":4},{"feature_a":5,"feature_b":6}],"batch_id":"demo_batch_001"}"#;
    assert_eq!(
        run(&[three, "then", "summarize_results"]),
        r#""Batch demo_batch_001: Processed 3 predictions, average value: 19.00""#
    );
}

#[test]
fn commands_pipe_into_each_other() {
    let terminal = Terminal::new();
    let first = terminal.run(&["run", "tasks.wasm", "process_batch", "--batch", BATCH]);
    let second =
        terminal.run_with_input(&["run", "tasks.wasm", "summarize_results", "--summary", "-"], &first.stdout);
    assert_eq!(second.value(), TEXT);
}

#[test]
fn a_raw_string_is_printed_without_quotes() {
    let terminal = Terminal::new();
    let raw = ["run", "--output", "raw", "tasks.wasm", "summarize_results", "--summary", SUMMARY];
    assert_eq!(terminal.run(&raw).value(), TEXT.trim_matches('"'));
    let raw = ["run", "--output", "raw", "tasks.wasm", "process_batch", "--batch", BATCH];
    assert_eq!(terminal.run(&raw).value(), SUMMARY);
}

#[test]
fn a_chain_across_components() {
    let terminal = Terminal::new().file("readings.csv", "oslo,14\nnairobi,77\nlima,68\n");
    let line =
        ["run", "--with", "report.wasm", "readings.wasm", "parse", "--text", "@readings.csv", "then", "summarize"];
    let value = r#"{"warmest":"nairobi","mean":11.666666666666666,"readings":3}"#;
    assert_eq!(terminal.run(&line).value(), value);
}

#[test]
fn what_does_not_fit_is_refused_before_anything_runs() {
    let terminal = Terminal::new();
    let one = r#"{"feature_a":1,"feature_b":2}"#;
    let lines: &[&[&str]] = &[
        &["run", "tasks.wasm", "predict_one", "--request", one, "then", "summarize_results"],
        &["run", "tasks.wasm", "process_batch", "--batch", BATCH, "then", "process_batch"],
        &[
            "run",
            "tasks.wasm",
            "process_batch",
            "--batch",
            BATCH,
            "then",
            "summarize_results",
            "--summary",
            SUMMARY,
        ],
        &["run", "fanout.wasm", "double", "--n", "2", "then", "tree"],
        &["run", "fanout.wasm", "double", "--n", "2", "then", "hang"],
        &["run", "fanout.wasm", "double", "--n", "2", "then", "tree", "--width", "-"],
        // The last step's flag is bad: the first step, which would never end, must not start.
        &["run", "fanout.wasm", "spin", "then", "double", "then", "nap", "--millis", "long"],
    ];
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert_refused(&transcripts);
    assert_transcripts!("chains", transcripts);
}

#[test]
fn a_flag_tells_which_parameter_is_meant() {
    let terminal = Terminal::new();
    let line = ["run", "fanout.wasm", "double", "--n", "1", "then", "tree", "--depth", "-", "--width", "3"];
    assert_eq!(terminal.run(&line).value(), "4");
    let line = ["run", "fanout.wasm", "double", "--n", "1", "then", "tree", "--width", "3"];
    assert_eq!(terminal.run(&line).value(), "4");
}
