//! Inputs that don't conform: all errors of one input at once, each with its path; nothing runs.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript, assert_refused};

fn batches(inputs: &[&str]) -> Vec<Transcript> {
    let terminal = Terminal::new();
    let run = |input: &&str| terminal.run(&["run", "tasks.wasm", "process_batch", "--batch", input]);
    let transcripts: Vec<Transcript> = inputs.iter().map(run).collect();
    assert_refused(&transcripts);
    transcripts
}

#[test]
fn fields_that_are_wrong() {
    assert_transcripts!(
        "input_fields",
        batches(&[
            r#"{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":3}]}"#,
            r#"{"batch_id":"b"}"#,
            r#"{"requests":[{"feature_a":"1.5","feature_b":2}]}"#,
            r#"{"requests":[{"feature_a":null,"feature_b":2}]}"#,
            r#"{"requests":{}}"#,
            r#"{"requests":[],"btch_id":"b"}"#,
            r#"{"requests":[],"something_else":1}"#,
            r#"{"requests":[{"feature_a":1e999,"feature_b":-1e999}]}"#,
            r#"{"requests":[{"feature_a":true},7,{"feature_b":[],"x":{}}],"batch_id":7}"#,
            "[]",
            "7",
            "null",
            "\"text\"",
        ])
    );
}

#[test]
fn json_that_is_malformed() {
    assert_transcripts!(
        "input_malformed",
        batches(&[
            r#"{"requests":[{"feature_a":1 "feature_b":2}]}"#,
            "{\n  \"requests\": [\n    {\"feature_a\": 1,}\n  ]\n}",
            r#"{"requests":["#,
            "",
            "{'requests':[]}",
            r#"{"requests":[]} trailing"#,
            r#"{"requests":[NaN]}"#,
            r#"{"requests":[],"requests":[]}"#,
            r#"{"requests":[{"feature_a":1,"feature_b":2,"feature_a":3}]}"#,
            r#"{"requests":[{"feature_a":01,"feature_b":2}]}"#,
            "{\"requests\":[],\"batch_id\":\"tab\there\"}",
            r#"{"requests":[],"batch_id":"\ud800"}"#,
        ])
    );
}

#[test]
fn json_that_is_nested_ten_thousand_deep() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let in_a_field = format!(r#"{{"requests":{deep}}}"#);
    assert_transcripts!("input_deep", batches(&[&deep, &in_a_field]));
}

#[test]
fn numbers_that_are_out_of_range() {
    let terminal = Terminal::new();
    let cases = [
        ("echo_u8", "256"),
        ("echo_i8", "-129"),
        ("echo_u64", "18446744073709551616"),
        ("echo_i64", "-9223372036854775809"),
        ("echo_i64", "1.0"),
        ("echo_u32", "1e3"),
        ("echo_u32", "-0"),
        ("echo_f32", "1e39"),
        ("echo_i128", "170141183460469231731687303715884105728"),
        ("echo_u16", "seven"),
        ("echo_bool", "yes"),
        ("echo_color", "Yellow"),
        ("echo_color", "Gren"),
        ("echo_timestamp", "yesterday"),
        ("echo_duration", "5 minutes"),
        ("echo_bytes", "%%%"),
    ];
    let transcripts: Vec<Transcript> = cases
        .iter()
        .map(|(task, value)| terminal.run(&["run", "types.wasm", task, &format!("--value={value}")]))
        .filter(|transcript| !transcript.stderr.is_empty())
        .collect();
    assert_refused(&transcripts);
    assert_transcripts!("input_ranges", transcripts);
}

#[test]
fn files_and_standard_input_that_hold_no_value() {
    let terminal = Terminal::new()
        .file("broken.json", "{\n  \"requests\": [\n")
        .file("latin1.json", b"{\"requests\":[],\"batch_id\":\"caf\xe9\"}")
        .file("broken.yaml", "requests: [\n")
        .file("twice.yaml", "requests: []\nrequests: []\n")
        .file("empty.json", "")
        .file("list.json", "[1, 2]")
        .file("unknown.json", r#"{"btch": {"requests": []}}"#);
    let batch = |value| terminal.run(&["run", "tasks.wasm", "process_batch", "--batch", value]);
    let mut transcripts: Vec<Transcript> =
        ["@missing.json", "@.", "@broken.json", "@latin1.json", "@broken.yaml", "@twice.yaml", "@empty.json", "-"]
            .map(batch)
            .into();
    for inputs in ["@list.json", "@unknown.json", "{"] {
        transcripts.push(terminal.run(&["run", "tasks.wasm", "process_batch", "--inputs", inputs]));
    }
    transcripts.push(terminal.run_with_input(
        &["run", "tasks.wasm", "process_batch", "--batch", "-"],
        b"{\"requests\":[],\"batch_id\":\"\xff\"}",
    ));
    assert_refused(&transcripts);
    assert_transcripts!("input_files", transcripts);
}
