//! Compiled components that are kept from one command to the next.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::assert_transcripts;
use crate::terminal::{Terminal, Transcript};

/// A run that says whether it compiled, with a cache of the test's own in `kept`.
const RUN: [&str; 8] =
    ["run", "--verbose", "--cache-dir", "kept", "tasks.wasm", "predict_one", "--request", REQUEST];

const REQUEST: &str = r#"{"feature_a":1,"feature_b":2}"#;

/// What stands in place of sizes, times and keys, which are not the same everywhere.
macro_rules! assert_told {
    ($name:literal, $transcripts:expr) => {
        let filters = vec![
            (r"[0-9a-f]{64}", "[KEY]"),
            (r"[0-9.]+ [kM]B", "[SIZE]"),
            (r#""bytes":[0-9]{5,}"#, r#""bytes":[BYTES]"#),
            (r#""home":"[^"]*""#, r#""home":"[HOME]""#),
        ];
        insta::with_settings!({ filters => filters }, {
            assert_transcripts!($name, $transcripts);
        });
    };
}

fn compiled(transcript: &Transcript) -> bool {
    assert_eq!(transcript.value(), "9.0");
    let (anew, before) = (
        transcript.stderr.contains("compiled tasks.wasm quickly in"),
        transcript.stderr.contains("loaded tasks.wasm as it was compiled"),
    );
    assert!(anew != before, "{transcript}");
    anew
}

fn files(terminal: &Terminal) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(terminal.path().join("kept")) else { return Vec::new() };
    files.map(|file| file.unwrap().path()).collect()
}

/// What is kept. Beside it there may be the traces of who optimised and ended before that was done.
fn entries(terminal: &Terminal) -> Vec<PathBuf> {
    let mut files = files(terminal);
    files.retain(|file| file.extension().is_some_and(|kind| kind == "compiled"));
    files
}

fn start(terminal: &Terminal) -> Child {
    let mut command = terminal.command(&RUN);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn what_is_kept_is_told_and_cleared() {
    let terminal = Terminal::new();
    let quiet = ["get", "task", "--cache-dir", "kept", "tasks.wasm", "predict_one"];
    assert_eq!(terminal.run(&quiet).code, Some(0));
    let lines: &[&[&str]] = &[
        &["cache", "--help"],
        &["cache", "info", "--help"],
        &["cache", "clear", "--help"],
        &["cache", "info", "--cache-dir", "kept"],
        &["cache", "info", "--cache-dir", "kept", "--json"],
        &["cache", "clear", "--cache-dir", "kept"],
        &["cache", "info", "--cache-dir", "kept"],
        &["cache", "info", "--cache-dir", "nowhere"],
        &["cache", "clear", "--cache-dir", "nowhere"],
    ];
    let transcripts: Vec<Transcript> = lines.iter().map(|line| terminal.run(line)).collect();
    assert!(transcripts.iter().all(|transcript| transcript.code == Some(0)));
    assert_told!("cache", transcripts);
    assert!(files(&terminal).is_empty());
    assert!(!terminal.path().join("nowhere").exists(), "it is made for being looked at");
}

#[test]
fn a_directory_that_others_can_reach_is_refused_and_the_run_goes_on() {
    let terminal = Terminal::new();
    let run = |dir: &str| {
        let line = ["run", "--cache-dir", dir, "tasks.wasm", "predict_one", "--request", REQUEST];
        let transcript = terminal.run(&line);
        assert_eq!(transcript.value(), "9.0");
        transcript
    };
    let open = terminal.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    let private = terminal.path().join("private");
    fs::create_dir(&private).unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
    symlink(&private, terminal.path().join("link")).unwrap();
    let refused = [
        run("open"),
        run("link"),
        run("tasks.wasm"),
        terminal.run(&["cache", "info", "--cache-dir", "open"]),
        terminal.run(&["cache", "clear", "--cache-dir", "link"]),
    ];
    assert_told!("cache_refused", refused);
    for dir in [open, private] {
        assert_eq!(fs::read_dir(dir).unwrap().count(), 0, "something was written");
    }
    let line = ["run", "--quiet", "--cache-dir", "open", "tasks.wasm", "predict_one", "--request", REQUEST];
    assert_eq!(terminal.run(&line).stderr, "");
}

#[test]
fn a_bad_entry_is_told_once() {
    let terminal = Terminal::new();
    assert!(compiled(&terminal.run(&RUN)));
    let entry = entries(&terminal).remove(0);
    fs::write(&entry, &fs::read(&entry).unwrap()[..1000]).unwrap();
    let line: Vec<&str> = RUN.iter().copied().filter(|word| *word != "--verbose").collect();
    assert_told!("cache_bad_entry", [terminal.run(&line), terminal.run(&line)]);
    assert!(!compiled(&terminal.run(&RUN)));
}

#[test]
fn without_a_place_or_when_told_so_nothing_is_kept() {
    let terminal = Terminal::new();
    let bare = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = terminal.command(args);
        for variable in ["FLYTE_HOST_CACHE_DIR", "XDG_CACHE_HOME", "HOME"] {
            command.env_remove(variable);
        }
        Transcript::new(args, &command.envs(variables.iter().copied()).output().unwrap())
    };
    let before = fs::read_dir(terminal.path()).unwrap().count();
    let line = ["get", "task", "tasks.wasm", "predict_one"];
    // Relative paths there mean nothing, by the specification that the variable is of.
    for variables in [&[][..], &[("XDG_CACHE_HOME", "relative")], &[("FLYTE_HOST_CACHE_DIR", ""), ("HOME", "")]] {
        let transcript = bare(&line, variables);
        assert_eq!((transcript.code, transcript.stderr.as_str()), (Some(0), ""), "{transcript}");
        assert_eq!(bare(&["cache", "info"], variables).code, Some(2));
    }
    let kept = terminal.path().join("kept");
    let variables = [("FLYTE_HOST_CACHE_DIR", kept.to_str().unwrap())];
    assert_eq!(bare(&[&line[..2], &["--no-compile-cache"], &line[2..]].concat(), &variables).code, Some(0));
    assert_eq!(fs::read_dir(terminal.path()).unwrap().count(), before, "something was written");

    let home = terminal.path().to_str().unwrap();
    for (variable, dir) in [("HOME", ".cache/flyte-host"), ("XDG_CACHE_HOME", "flyte-host")] {
        assert_eq!(bare(&line, &[(variable, home)]).code, Some(0));
        let dir = terminal.path().join(dir);
        let files = fs::read_dir(&dir).unwrap().map(|file| file.unwrap().path());
        assert_eq!(files.filter(|file| file.extension().unwrap() == "compiled").count(), 1);
        assert_eq!(dir.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn of_many_processes_at_once_one_compiles() {
    let terminal = Terminal::new();
    let children: Vec<Child> = (0..6).map(|_| start(&terminal)).collect();
    let outputs = children.into_iter().map(|child| child.wait_with_output().unwrap());
    let transcripts: Vec<Transcript> = outputs.map(|output| Transcript::new(&RUN, &output)).collect();
    assert_eq!(transcripts.iter().filter(|transcript| compiled(transcript)).count(), 1);
    assert_eq!(entries(&terminal).len(), 1, "something is left behind");
}

#[test]
fn commands_that_end_at_once_have_their_component_optimised_at_last() {
    let terminal = Terminal::new();
    assert!(compiled(&terminal.run(&RUN)));
    let is_quick = |transcript: &Transcript| transcript.stderr.contains("as it was compiled quickly before");
    let runs = std::iter::repeat_with(|| terminal.run(&RUN)).take_while(is_quick).count();
    assert!((1..4).contains(&runs), "{runs} runs");
    assert_eq!(files(&terminal).len(), 1, "something is left behind");
    let line = ["cache", "info", "--cache-dir", "kept", "--json"];
    assert!(terminal.run(&line).stdout.contains(r#""components":1,"quick":0"#));
}

#[test]
fn nobody_waits_for_a_process_that_was_killed() {
    let terminal = Terminal::new();
    let mut killed = start(&terminal);
    let since = Instant::now();
    // It compiles as soon as it has the lock.
    while files(&terminal).is_empty() {
        assert!(since.elapsed() < Duration::from_secs(30), "it does not compile");
        std::thread::sleep(Duration::from_millis(1));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let since = Instant::now();
    compiled(&terminal.run(&RUN));
    assert!(since.elapsed() < Duration::from_secs(50), "it waited");
    assert!(!compiled(&terminal.run(&RUN)));
    assert_eq!(entries(&terminal).len(), 1, "something is left behind");
}

#[test]
fn a_full_disk_is_told_once_and_nothing_half_written_stays() {
    let terminal = Terminal::new();
    // No file may be larger than some hundred kilobytes; output goes to pipes.
    let args = [&RUN[..4], &["--no-history", "--with", "report.wasm"], &RUN[4..]].concat();
    let mut command = terminal.command_after(r#"trap "" XFSZ; ulimit -f 600"#, &args);
    let transcript = Transcript::new(&args, &command.output().unwrap());
    assert_eq!(transcript.value(), "9.0");
    assert_eq!(transcript.stderr.matches("warning:").count(), 1, "{transcript}");
    assert!(transcript.stderr.contains("warning: compiled components are not kept: cannot write"), "{transcript}");
    assert!(files(&terminal).is_empty(), "something is left behind");
}

#[test]
fn no_more_is_kept_than_there_may_be() {
    let terminal = Terminal::new();
    let load = |component: &str, most: &str| {
        let line = ["get", "task", "--cache-dir", "kept", "--max-compile-cache", most, component];
        assert_eq!(terminal.run(&line).code, Some(0));
        entries(&terminal).len()
    };
    assert_eq!(load("tasks.wasm", "100KB"), 0, "it has no room");
    assert_eq!(load("tasks.wasm", "1GiB"), 1);
    assert_eq!(load("report.wasm", "1GiB"), 2);
    let largest = entries(&terminal).iter().map(|file| file.metadata().unwrap().len()).max().unwrap();
    assert_eq!(load("readings.wasm", &(largest + 1000).to_string()), 1, "others are there still");
}
