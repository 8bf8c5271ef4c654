//! Tasks that fail: what is told, and the exit code of each kind.

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript};

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    let terminal = Terminal::new();
    let lines: &[(i32, &[&str])] = &[
        (1, &["run", "faults.wasm", "fails", "--message", "no luck"]),
        (1, &["run", "faults.wasm", "fails_with_a_cause"]),
        (1, &["run", "faults.wasm", "passes_on"]),
        (1, &["run", "readings.wasm", "parse", "--text", "oslo,14\nnairobi,warm"]),
        (3, &["run", "faults.wasm", "not_a_number"]),
        (4, &["run", "--max-runtime", "50ms", "fanout.wasm", "spin"]),
        (4, &["run", "--deadline", "50ms", "fanout.wasm", "hang"]),
        // These fail a child, and its parent returns that as its own error.
        (1, &["run", "--max-depth", "3", "fanout.wasm", "recurse", "--depth", "4"]),
        (1, &["run", "--max-actions", "3", "fanout.wasm", "fan_out", "--n", "4"]),
        (0, &["run", "faults.wasm", "prints"]),
        (0, &["run", "--quiet", "faults.wasm", "prints"]),
    ];
    let mut transcripts = Vec::new();
    for (code, line) in lines {
        let transcript = terminal.run(line);
        assert_eq!(transcript.code, Some(*code), "{transcript}");
        assert_eq!(transcript.stdout.is_empty(), *code != 0, "{transcript}");
        transcripts.push(transcript);
    }
    assert_transcripts!("failures", transcripts);
}

#[test]
fn a_panic_shows_its_message_and_a_symbolised_backtrace() {
    let transcript = Terminal::new().run(&["run", "faults.wasm", "panics_below"]);
    assert_eq!((transcript.code, transcript.stdout.as_str()), (Some(3), ""), "{transcript}");
    let told = |part: &str| transcript.stderr.find(part).unwrap_or_else(|| panic!("no `{part}` in {transcript}"));
    assert!(told("index out of bounds: the len is 0 but the index is 3") < told("level_two"));
    assert!(told("level_two") < told("level_one"));
}

#[test]
fn leaving_the_process_and_running_out_of_memory_are_told() {
    let terminal = Terminal::new();
    for (code, told, line) in [
        (
            3,
            "error: `exits` trapped: the guest exited instead of returning a result",
            &["run", "faults.wasm", "exits", "--status", "0"][..],
        ),
        (
            4,
            "error: `hoards` hit a limit: memory: the guest asked for more than 16MiB",
            &["run", "--max-memory", "16MiB", "faults.wasm", "hoards"],
        ),
    ] {
        let transcript = terminal.run(line);
        assert_eq!((transcript.code, transcript.stdout.as_str()), (Some(code), ""), "{transcript}");
        assert!(transcript.stderr.lines().any(|line| line.starts_with(told)), "{transcript}");
    }
}

#[test]
fn a_full_disk_is_told() {
    let full = std::path::Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let terminal = Terminal::new();
    let args = ["run", "types.wasm", "echo_vec", "--value", "[1]"];
    let mut command = terminal.command(&args);
    command.stdout(std::fs::OpenOptions::new().write(true).open(full).unwrap());
    let transcript = Transcript::new(&args, &command.output().unwrap());
    assert_eq!(transcript.code, Some(70), "{transcript}");
    assert!(transcript.stderr.starts_with("error: cannot write"), "{transcript}");
}
