//! Results that later commands take, and what is told of them.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use flyte_host::results::Results;

use crate::terminal::{Terminal, Transcript};

const SLOW: [&str; 6] = ["run", "--verbose", "results.wasm", "slow", "--key", "1"];

/// Runs a task and tells whether its result is an earlier one.
fn is_cached(terminal: &Terminal, options: &[&str]) -> bool {
    let task = ["results.wasm", "plain", "--key", "1"];
    let transcript = terminal.run(&[&["run", "--verbose"], options, &task].concat());
    assert_eq!(transcript.value(), r#""a0 4""#);
    told_as_cached(&transcript)
}

fn told_as_cached(transcript: &Transcript) -> bool {
    transcript.stderr.contains("(an earlier result)")
}

fn start(terminal: &Terminal, millis: &str) -> Child {
    let mut command = terminal.command(&[&SLOW[..], &["--millis", millis]].concat());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Transcript {
    Transcript::new(&SLOW, &child.wait_with_output().unwrap())
}

/// Waits until a process has the right to compute a result.
fn wait_for_a_lock(terminal: &Terminal) {
    let locks = terminal.path().join("runs/computing");
    let since = Instant::now();
    while fs::read_dir(&locks).map_or(0, Iterator::count) == 0 {
        assert!(since.elapsed() < Duration::from_secs(60), "nothing is computed");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_next_command_has_the_result_unless_it_is_told_otherwise() {
    let terminal = Terminal::new();
    assert!(!is_cached(&terminal, &["--no-cache"]));
    assert!(!is_cached(&terminal, &[]));
    assert!(is_cached(&terminal, &["--no-history"]));
    assert!(!is_cached(&terminal, &["--no-cache"]));
    assert!(!is_cached(&terminal, &["--overwrite-cache"]));
    assert!(!is_cached(&terminal, &["--home", "elsewhere"]));
    assert!(!is_cached(&terminal, &["--deterministic"]));
    assert!(is_cached(&terminal, &[]));

    let info = terminal.run(&["cache", "info", "--json"]).stdout;
    assert!(info.contains(r#"/runs","results":1,"result_bytes":"#), "{info}");
    let info = terminal.run(&["cache", "info"]).stdout;
    assert!(info.contains("\n1 result of tasks, "), "{info}");
    // The compiled components are those of all tests.
    let clear = ["cache", "clear", "--cache-dir", "nothing"];
    let cleared = terminal.run(&clear).stderr;
    assert!(cleared.contains("\nremoved 1 result of tasks, ") && cleared.contains("/runs\n"), "{cleared}");
    assert!(!is_cached(&terminal, &[]));
}

#[test]
fn a_command_waits_for_another_that_computes_the_same() {
    let terminal = Terminal::new();
    let first = start(&terminal, "1500");
    wait_for_a_lock(&terminal);
    let second = end(start(&terminal, "0"));
    let first = end(first);
    assert_eq!((first.value(), second.value()), (r#""a0 1""#, r#""a0 1""#));
    assert_eq!((told_as_cached(&first), told_as_cached(&second)), (false, true));
}

#[test]
fn a_command_that_is_killed_leaves_its_place_to_the_next() {
    let terminal = Terminal::new();
    let mut first = start(&terminal, "600000");
    wait_for_a_lock(&terminal);
    let mut second = start(&terminal, "0");
    std::thread::sleep(Duration::from_millis(500));
    assert!(second.try_wait().unwrap().is_none(), "it does not wait");
    first.kill().unwrap();
    first.wait().unwrap();
    let second = end(second);
    assert_eq!(second.value(), r#""a0 1""#);
    assert!(!told_as_cached(&second));
}

#[test]
fn what_is_wrong_with_the_results_costs_a_warning() {
    let terminal = Terminal::new();
    assert!(!is_cached(&terminal, &[]));
    let database: PathBuf = terminal.path().join("runs/cache.db");
    fs::write(&database, "x".repeat(10_000)).unwrap();
    fs::remove_file(terminal.path().join("runs/cache.db-wal")).unwrap();
    let damaged = terminal.run(&["run", "results.wasm", "plain", "--key", "1"]);
    assert_eq!(damaged.value(), r#""a0 4""#);
    assert!(damaged.stderr.contains("warning: results are not kept: "), "{damaged}");
    assert_eq!(damaged.stderr.matches("warning").count(), 1, "{damaged}");
    assert!(damaged.stderr.contains("flyte-host cache clear"), "{damaged}");
    assert_eq!(terminal.run(&["cache", "clear", "--cache-dir", "nothing"]).code, Some(0));
    assert!(!is_cached(&terminal, &[]));
    assert!(is_cached(&terminal, &[]));

    // Somebody writes, and does not end.
    let busy = rusqlite::Connection::open(&database).unwrap();
    busy.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = terminal.run(&["run", "results.wasm", "plain", "--key", "2"]);
    assert_eq!(locked.value(), r#""a0 5""#);
    assert!(locked.stderr.contains("cache.db is locked by another process"), "{locked}");
}

#[test]
fn processes_that_begin_at_once_make_one_database_and_lose_nothing() {
    let terminal = Terminal::new();
    let run = |key: usize| {
        let options = ["run", "--no-history", "results.wasm", "plain", "--key", &key.to_string()];
        let mut command = terminal.command(&options);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..8).map(run).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !told.contains("warning"), "{told}");
    }
    assert_eq!(Results::contents(terminal.path().join("runs")).unwrap().results, 8);
    let database = rusqlite::Connection::open(terminal.path().join("runs/cache.db")).unwrap();
    assert_eq!(database.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap(), "wal");
    assert_eq!(database.pragma_query_value(None, "auto_vacuum", |row| row.get::<_, i64>(0)).unwrap(), 2);
}

#[test]
fn a_result_is_printed_before_it_is_kept() {
    let terminal = Terminal::new();
    assert!(!is_cached(&terminal, &[]));
    let busy = rusqlite::Connection::open(terminal.path().join("runs/cache.db")).unwrap();
    busy.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut child = start(&terminal, "0");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim_end(), r#""a0 1""#);
    busy.execute_batch("ROLLBACK").unwrap();
    // It waits for the lock until now, and not in vain.
    let told = end(child).stderr;
    assert!(!told.contains("warning"), "{told}");
    assert!(told_as_cached(&end(start(&terminal, "0"))));
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let terminal = Terminal::new();
    let both = terminal.run(&["run", "--no-cache", "--overwrite-cache", "results.wasm", "plain", "--key", "1"]);
    assert_eq!(both.code, Some(2), "{both}");
}
