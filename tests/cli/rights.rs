//! What tasks declare, what they would get, and what is said where that is not enough.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript};

fn transcripts(code: i32, lines: &[&[&str]]) -> Vec<Transcript> {
    let terminal = Terminal::new();
    let run = |line: &&[&str]| {
        let transcript = terminal.run(line);
        assert_eq!(transcript.code, Some(code), "{transcript}");
        transcript
    };
    lines.iter().map(run).collect()
}

#[test]
fn what_tasks_would_get_and_why() {
    let get = ["get", "task", "rights.wasm", "needs_all", "--rights"];
    let some = ["--allow-read", ".:/data", "--allow-read", ".:/out", "--allow-env", "REGION=north"];
    let all = [
        &some[..4],
        &["--allow-write", ".:/out", "--allow-env", "TOKEN=secret", "--allow-net", "api.example.com"],
        &["--allow-net", "10.0.0.7:8443"],
    ]
    .concat();
    assert_transcripts!(
        "rights",
        transcripts(
            0,
            &[
                &["get", "task", "rights.wasm", "--rights", "--allow-env", "TOKEN=secret"],
                &["get", "task", "types.wasm", "echo_vec", "--rights"],
                &get,
                &[&get[..], &some].concat(),
                &[&get[..], &all].concat(),
                &[&get[..], &some, &["--json"]].concat(),
            ]
        )
    );
}

#[test]
fn what_a_task_declares_is_part_of_its_description() {
    assert_transcripts!(
        "rights_declared",
        transcripts(
            0,
            &[
                &["get", "task", "rights.wasm", "needs_all"],
                &["get", "task", "rights.wasm", "needs_all", "--json"],
                &["run", "rights.wasm", "needs_all", "--help"],
            ]
        )
    );
}

#[test]
fn the_value_of_a_variable_is_not_shown() {
    let line = ["get", "task", "rights.wasm", "--rights", "--json", "--allow-env", "TOKEN=correct-horse"];
    let transcript = Terminal::new().run(&line);
    assert_eq!(transcript.code, Some(0), "{transcript}");
    assert!(!transcript.stdout.contains("correct-horse") && !transcript.stderr.contains("correct-horse"));
}

#[test]
fn grants_without_the_question_are_refused() {
    let refused = transcripts(2, &[&["get", "task", "rights.wasm", "--allow-env", "TOKEN=secret"]]);
    assert!(refused[0].stderr.contains("--rights"), "{}", refused[0]);
}
