//! What is shown of runs that were recorded.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript, assert_refused};

/// Ids, moments, spans of time, digests and what depends on the machine, by their names.
const REDACTED: [(&str, &str); 7] = [
    (r"\br[a-z0-9]{19}\b", "[run]"),
    (r"\b\d{4}-\d\d-\d\dT[0-9:.]+Z", "[moment]"),
    (r"\bjust now\b|\b\d+ s ago\b", "[ago]"),
    (r"\b\d+(\.\d+)?(µs|ms|s)\b", "[time]"),
    (r"\b\d+(\.\d+)? (KiB|MiB)\b", "[size]"),
    (r"component  [0-9a-f]{12}", "component  [digest]"),
    // Columns are as wide as what is in them.
    (r" {2,}", "  "),
];

macro_rules! assert_pages {
    ($name:literal, $transcripts:expr) => {
        insta::with_settings!({ filters => REDACTED.to_vec() }, { assert_transcripts!($name, $transcripts); });
    };
}

/// A home with some runs: one with a name and a label, one that failed, one that printed, and a fan-out.
fn terminal() -> Terminal {
    let terminal = Terminal::new();
    let batch = r#"{"requests": [{"feature_a": 1, "feature_b": 2}, {"feature_a": 3, "feature_b": 4}]}"#;
    let options = ["run", "--name", "nightly", "--label", "team=a", "--max-actions", "50", "--deadline", "9m"];
    let named = [&options[..], &["tasks.wasm", "process_batch", "--batch", batch]].concat();
    let lines: [(i32, &[&str]); 4] = [
        (0, &named),
        (1, &["run", "faults.wasm", "passes_on"]),
        (0, &["run", "--label", "team=b", "faults.wasm", "prints"]),
        (0, &["run", "fanout.wasm", "fan_out", "--n", "30"]),
    ];
    for (code, line) in lines {
        let transcript = terminal.run(line);
        assert_eq!(transcript.code, Some(code), "{transcript}");
    }
    terminal
}

fn shown(terminal: &Terminal, lines: &[&[&str]]) -> Vec<Transcript> {
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert!(transcripts.iter().all(|transcript| transcript.code == Some(0)), "{}", transcripts[0]);
    transcripts
}

#[test]
fn runs_are_listed_and_shown() {
    let terminal = terminal();
    let lines: &[&[&str]] = &[
        &["get", "run"],
        &["get", "run", "--phase", "failed"],
        &["get", "run", "--task", "fan_out"],
        &["get", "run", "--label", "team=a"],
        &["get", "run", "--name", "nightly", "--since", "1h"],
        &["get", "run", "--limit", "2"],
        &["get", "run", "--label", "team=c"],
        &["get", "run", "nightly"],
        &["get", "run", "latest"],
        &["get", "action", "nightly"],
        &["get", "action", "nightly", "--task", "process_batch"],
        &["get", "action", "nightly", "a1"],
        &["get", "action", "nightly", "--phase", "failed"],
    ];
    assert_pages!("past_runs", shown(&terminal, lines));
}

#[test]
fn a_failure_is_shown_where_it_happened() {
    let terminal = terminal();
    let list = terminal.run(&["get", "run", "--phase", "failed", "--json"]);
    let runs: serde_json::Value = serde_json::from_str(list.value()).unwrap();
    let id = runs[0]["id"].as_str().unwrap().to_owned();
    let lines: &[&[&str]] = &[&["get", "run", &id], &["get", "action", &id, "a0"]];
    assert_pages!("past_failure", shown(&terminal, lines));
    // Followed, it ends as the run has.
    let followed = terminal.run(&["get", "run", &id, "--follow"]);
    assert_eq!(followed.code, Some(1), "{followed}");
    assert!(followed.stderr.contains("failed: "), "{followed}");
    // The beginning of an id is enough.
    assert!(terminal.run(&["get", "run", &id[..8]]).stdout.contains(&id));
}

#[test]
fn json_has_documented_fields() {
    let terminal = terminal();
    let value = |line: &[&str]| -> serde_json::Value { serde_json::from_str(terminal.run(line).value()).unwrap() };
    let run = value(&["get", "run", "nightly", "--json"]);
    assert_eq!((&run["phase"], &run["actions"], &run["lost"]), (&"succeeded".into(), &3.into(), &false.into()));
    assert_eq!((&run["labels"]["team"], &run["limits"]["max_actions"]), (&"a".into(), &50.into()));
    assert_eq!(run["component"]["digest"].as_str().unwrap().len(), 64);
    let tree = run["tree"].as_array().unwrap();
    assert_eq!(
        (&tree[1]["parent"], &tree[1]["count"], &tree[1]["task"]),
        (&0.into(), &2.into(), &"predict_one".into())
    );
    assert!(tree[1]["times"]["median"].as_f64().unwrap() > 0.0);
    let action = value(&["get", "action", "nightly", "a2", "--json"]);
    assert_eq!((&action["parent"], &action["call"]), (&"a0".into(), &1.into()));
    assert!(action["usage"]["peak_memory"].as_u64().unwrap() > 0);
    let lines = terminal.run(&["get", "action", "nightly", "--json"]);
    assert_eq!(lines.stdout.lines().count(), 3, "{lines}");
    let listed = value(&["get", "run", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 4);
}

#[test]
fn logs_are_printed_as_they_were_told() {
    let terminal = Terminal::new();
    let told = terminal.run(&["run", "faults.wasm", "prints"]);
    let logs = terminal.run(&["get", "logs", "latest"]);
    assert!(!logs.stdout.is_empty(), "{logs}");
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(sorted(&logs.stdout), sorted(&told.stderr));
    let of_stream = |stream: &str| terminal.run(&["get", "logs", "latest", "a0", "--stream", stream]).stdout;
    assert_eq!(sorted(&(of_stream("stdout") + &of_stream("stderr"))), sorted(&told.stderr));
    assert_eq!(terminal.run(&["get", "logs", "latest", "a0", "--recursive", "--follow"]).stdout, logs.stdout);
    let json = terminal.run(&["get", "logs", "latest", "--json"]);
    let first: serde_json::Value = serde_json::from_str(json.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&first["action"], &first["task"]), (&"a0".into(), &"prints".into()));
}

/// Starts a run called `long`, which does not end by itself, and waits until it is recorded.
fn long_run(terminal: &Terminal) -> Child {
    let args = ["run", "--name", "long", "fanout.wasm", "hang"];
    let running = terminal.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while terminal.run(&["get", "run", "long"]).code != Some(0) {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin");
    }
    running
}

#[test]
fn a_run_is_aborted_from_elsewhere_and_followed_to_its_end() {
    let terminal = Terminal::new();
    let mut running = long_run(&terminal);
    let shown = terminal.run(&["get", "run", "long"]);
    assert!(shown.stdout.contains("running for "), "{shown}");
    let refused = terminal.run(&["delete", "run", "long"]);
    assert_refused(&[refused]);
    let args = ["get", "run", "long", "--follow"];
    let following = terminal.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let aborted = terminal.run(&["abort", "long"]);
    assert_eq!(aborted.code, Some(0), "{aborted}");
    assert!(aborted.stderr.ends_with(": aborted\n"), "{aborted}");
    assert_eq!(running.wait().unwrap().code(), Some(130));
    let followed = Transcript::new(&args, &following.wait_with_output().unwrap());
    assert_eq!(followed.code, Some(130), "{followed}");
    let again = terminal.run(&["abort", "long"]);
    assert!(again.code == Some(0) && again.stderr.contains("had ended already: aborted"), "{again}");
}

#[test]
fn a_run_whose_process_was_killed_is_told_to_be_lost() {
    let terminal = Terminal::new();
    let mut running = long_run(&terminal);
    let args = ["get", "logs", "long", "--follow"];
    let mut following = terminal.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(following.wait().unwrap().success(), "who follows it learns that it ended");
    let list = terminal.run(&["get", "run", "--phase", "aborted"]);
    assert!(list.stdout.contains("its process ended before the run did"), "{list}");
    let followed = terminal.run(&["get", "run", "long", "--follow"]);
    assert_eq!(followed.code, Some(130), "{followed}");
    let aborted = terminal.run(&["abort", "long"]);
    assert!(aborted.stderr.contains("had ended already"), "{aborted}");
}

#[test]
fn runs_are_deleted_by_reference_by_age_or_all() {
    let terminal = terminal();
    let ids = || {
        let list = terminal.run(&["get", "run", "--json"]);
        let runs: serde_json::Value = serde_json::from_str(list.value()).unwrap();
        runs.as_array().unwrap().iter().map(|run| run["task"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Where one of them is not there, all stay.
    assert_refused(&[terminal.run(&["delete", "run", "nightly", "weekly"]), terminal.run(&["delete", "run"])]);
    assert_eq!(ids(), ["fan_out", "prints", "passes_on", "process_batch"]);
    let deleted = terminal.run(&["delete", "run", "nightly", "latest", "nightly", "--json"]);
    assert_eq!(deleted.stderr, "deleted 2 runs\n", "{deleted}");
    assert!(deleted.value().ends_with(r#""go_on":0}"#), "{deleted}");
    assert_eq!(ids(), ["prints", "passes_on"]);
    assert_eq!(terminal.run(&["delete", "run", "--before", "1h"]).stderr, "deleted 0 runs\n");
    assert_eq!(terminal.run(&["delete", "run", "--before", "1ms"]).stderr, "deleted 2 runs\n");
    assert_eq!(terminal.run(&["delete", "run", "--all"]).stderr, "deleted 0 runs\n");
    assert_eq!(terminal.run(&["run", "faults.wasm", "prints"]).code, Some(0));
    assert_eq!(terminal.run(&["delete", "run", "--all"]).stderr, "deleted 1 run\n");
}

#[test]
fn homes_that_are_none_are_told_by_what_they_are() {
    let terminal = Terminal::new();
    assert_eq!(terminal.run(&["run", "faults.wasm", "prints"]).code, Some(0));
    let home = |name: &str| {
        let home = terminal.path().join(name);
        std::fs::create_dir(&home).unwrap();
        std::fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        home
    };
    std::fs::write(home("project").join("main.py"), "").unwrap();
    std::fs::write(
        home("text").join("history.db"),
        "this is no database, but long enough to be looked at".repeat(9),
    )
    .unwrap();
    home("empty");
    std::fs::write(home("blank").join("history.db"), "").unwrap();
    // That brings all there is from the log into the database itself.
    assert_eq!(terminal.run(&["delete", "run", "--all"]).code, Some(0));
    let database = std::fs::read(terminal.path().join("runs/history.db")).unwrap();
    let changed = |name: &str, at: usize, bytes: &[u8]| {
        let mut database = database.clone();
        database[at..at + bytes.len()].copy_from_slice(bytes);
        std::fs::write(home(name).join("history.db"), database).unwrap();
    };
    changed("newer", 60, &99_u32.to_be_bytes());
    changed("other", 68, b"mine");
    changed("damaged", 100, &[0xff; 300]);
    std::fs::write(terminal.path().join("file"), "").unwrap();
    let mut transcripts = Vec::new();
    for (name, is_refused) in [
        ("missing", false),
        ("empty", false),
        ("blank", false),
        ("project", true),
        ("text", true),
        ("newer", true),
        ("other", true),
        ("damaged", true),
        ("file", true),
    ] {
        let list = terminal.run(&["get", "run", "--home", name]);
        assert_eq!(list.code == Some(0), !is_refused, "{list}");
        let lines: [&[&str]; 8] = [
            &["get", "run", "latest"],
            &["get", "action", "latest"],
            &["get", "io", "latest"],
            &["get", "logs", "latest"],
            &["rerun", "latest"],
            &["abort", "latest"],
            &["delete", "run", "latest"],
            &["delete", "run", "--all"],
        ];
        for line in lines {
            let line = [&line[..2], &["--home", name], &line[2..]].concat();
            let line = if line[0] == "rerun" || line[0] == "abort" {
                vec![line[0], "--home", name, "latest"]
            } else {
                line
            };
            let transcript = terminal.run(&line);
            // Where nothing is, there is nothing to delete.
            let is_fine = !is_refused && line.contains(&"--all");
            assert_eq!(transcript.code == Some(0), is_fine, "{transcript}");
            if is_refused {
                assert_eq!((&transcript.stderr, transcript.code), (&list.stderr, list.code), "{transcript}");
            } else if !is_fine {
                assert!(
                    transcript.code == Some(2) && transcript.stderr.contains("nothing is recorded in"),
                    "{transcript}"
                );
            }
        }
        transcripts.push(list);
    }
    assert_transcripts!("past_homes", transcripts);
    assert!(!terminal.path().join("missing").exists(), "looking makes nothing");
}
