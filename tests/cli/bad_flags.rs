//! Command lines with something missing, unknown or twice.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript, assert_refused};

const EMPTY: &str = r#"{"requests":[]}"#;

#[test]
fn each_mistake_is_named() {
    let terminal = Terminal::new();
    let lines: &[&[&str]] = &[
        &["run", "tasks.wasm"],
        &["run", "tasks.wasm", "process_btach", "--batch", EMPTY],
        &["run", "tasks.wasm", "process_batch"],
        &["run", "tasks.wasm", "process_batch", "--batch"],
        &["run", "tasks.wasm", "process_batch", "--btach", EMPTY],
        &["run", "tasks.wasm", "process_batch", "--batch", EMPTY, "--verbose"],
        &["run", "tasks.wasm", "process_batch", EMPTY],
        &["run", "tasks.wasm", "process_batch", "--batch", EMPTY, "--batch", EMPTY],
        &["run", "tasks.wasm", "process_batch", "--batch", EMPTY, "--batch.btch_id", "x"],
        &["run", "tasks.wasm", "process_batch", "--batch.batch_id", "x"],
        &["run", "tasks.wasm", "process_batch", "--batch", EMPTY, "--batch.requests.x", "1"],
        &["run", "tasks.wasm", "--batch", EMPTY],
        &["run", "tasks.wasm", "process_batch", "--batch", EMPTY, "then"],
        &["run", "tasks.wasm", "then", "process_batch", "--batch", EMPTY],
        &["run", "tasks.wasm", "process_batch", "--batch", EMPTY, "then", "summarize_result"],
        &["run", "readings.wasm", "celsius", "--reading", "-", "--inputs", "-"],
        &["run", "--max-runtime", "soon", "tasks.wasm", "process_batch", "--batch", EMPTY],
        &["run", "--max-memory", "lots", "tasks.wasm", "process_batch", "--batch", EMPTY],
        &["run", "--max-action-concurrency", "0", "tasks.wasm", "process_batch", "--batch", EMPTY],
    ];
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert_refused(&transcripts);
    assert_transcripts!("flags", transcripts);
}

#[test]
fn commands_and_options_that_do_not_exist_are_answered_by_the_nearest() {
    let terminal = Terminal::new();
    let lines: &[&[&str]] = &[
        &["rnu"],
        &["run", "--quite", "tasks.wasm", "process_batch"],
        &["get", "taks", "tasks.wasm"],
        &["completions", "fsh"],
    ];
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert_refused(&transcripts);
    assert_transcripts!("usage", transcripts);
}
