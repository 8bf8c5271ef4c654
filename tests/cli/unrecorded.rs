//! Runs that can't be recorded: they go on, and are told of; durable ones end.

use std::fs;

use flyte_host::history::Archive;
use flyte_host_artifacts::{DATACLASSES_AND_STRUCTURES as EXAMPLE, FANOUT};

use crate::terminal::{Terminal, Transcript};

const TASK: [&str; 4] = [EXAMPLE, "process_batch", "--batch", r#"{"requests":[]}"#];

/// A home with one run in it.
fn recorded(terminal: &Terminal) -> std::path::PathBuf {
    let first = terminal.run(&[&["run", "--name", "first"], &TASK[..]].concat());
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""), "{first}");
    terminal.path().join("runs")
}

/// One run that goes on with a warning, and one that is durable and does not begin.
fn without_history(terminal: &Terminal, told: &str) {
    let goes_on = terminal.run(&[&["run"], &TASK[..]].concat());
    assert_eq!(goes_on.code, Some(0), "{goes_on}");
    assert!(goes_on.stderr.contains("warning: runs are not recorded: "), "{goes_on}");
    assert!(goes_on.stderr.contains(told) && goes_on.stderr.contains("`--no-history`"), "{goes_on}");
    let durable = terminal.run(&[&["run", "--durable"], &TASK[..]].concat());
    assert_eq!((durable.code, durable.stdout.as_str()), (Some(2), ""), "{durable}");
    assert!(durable.stderr.starts_with("error: ") && durable.stderr.contains(told), "{durable}");
    assert!(durable.stderr.contains("hint: "), "{durable}");
    let silent = terminal.run(&[&["run", "--no-history"], &TASK[..]].concat());
    assert_eq!((silent.code, silent.stderr.as_str()), (Some(0), ""), "{silent}");
}

#[test]
fn a_damaged_database_is_told_and_left_as_it_is() {
    let terminal = Terminal::new();
    let database = recorded(&terminal).join("history.db");
    fs::remove_file(database.with_extension("db-wal")).unwrap();
    fs::write(&database, "no database at all, but long enough to look like one ".repeat(100)).unwrap();
    let before = fs::read(&database).unwrap();
    without_history(&terminal, "history.db");
    assert!(fs::read(&database).unwrap() == before);
}

#[test]
fn a_newer_versions_database_is_left_as_it_is() {
    let terminal = Terminal::new();
    let database = recorded(&terminal).join("history.db");
    let newer = rusqlite::Connection::open(&database).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    without_history(&terminal, "was written by a newer flyte-host: its version is 99");
}

#[test]
fn another_programs_database_is_left_as_it_is() {
    let terminal = Terminal::new();
    let home = terminal.path().join("runs");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    rusqlite::Connection::open(home.join("history.db")).unwrap().execute_batch("CREATE TABLE mine(a)").unwrap();
    without_history(&terminal, "another program");
}

#[test]
fn a_home_that_others_can_reach_is_not_used() {
    let terminal = Terminal::new();
    let home = recorded(&terminal);
    fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    without_history(&terminal, "other users can reach");
}

#[test]
fn a_full_disk_costs_what_comes_then_and_nothing_that_was_there() {
    let terminal = Terminal::new();
    let home = recorded(&terminal);
    // 256 KiB a file: what a thousand actions tell does not go in.
    let limited = |option: &str| {
        let args = ["run", "--no-compile-cache", option, FANOUT, "fan_out", "--n", "5000"];
        let mut command = terminal.command_after(r#"trap "" XFSZ; ulimit -f 512"#, &args);
        Transcript::new(&args, &command.output().unwrap())
    };
    let goes_on = limited("--color=never");
    assert_eq!(goes_on.code, Some(0), "{goes_on}");
    assert_eq!(goes_on.stdout, "24995000\n", "{goes_on}");
    assert_eq!(goes_on.stderr.matches("warning: runs are not recorded: ").count(), 1, "{goes_on}");
    let durable = limited("--durable");
    assert_eq!(durable.code, Some(70), "{durable}");
    assert!(durable.stderr.contains("cannot be kept"), "{durable}");

    let archive = Archive::open(&home).unwrap().unwrap();
    assert!(archive.find("first").unwrap().is_ok());
    let database = rusqlite::Connection::open(home.join("history.db")).unwrap();
    let sound: String = database.pragma_query_value(None, "integrity_check", |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let next = terminal.run(&[&["run", "--durable", "--name", "next"], &TASK[..]].concat());
    assert_eq!((next.code, next.stderr.as_str()), (Some(0), ""), "{next}");
}

#[test]
fn a_durable_run_whose_end_is_not_recorded_says_so() {
    let terminal = Terminal::new();
    let database = rusqlite::Connection::open(recorded(&terminal).join("history.db")).unwrap();
    let trigger = "CREATE TRIGGER t BEFORE UPDATE ON runs WHEN NEW.elapsed IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'not today'); END";
    database.execute_batch(trigger).unwrap();
    for durable in [&["--durable"][..], &[]] {
        let run = terminal.run(&[&["run"], durable, &TASK[..]].concat());
        assert_eq!(run.code, Some(0), "{run}");
        assert_eq!(run.stderr.matches("not today").count(), 1, "{run}");
    }
}

#[test]
fn one_who_locks_the_database_makes_nobody_wait_but_the_durable() {
    let terminal = Terminal::new();
    let home = recorded(&terminal);
    let locks = rusqlite::Connection::open(home.join("history.db")).unwrap();
    locks.execute_batch("BEGIN IMMEDIATE; DELETE FROM labels").unwrap();
    let durable = terminal.run(&[&["run", "--durable"], &TASK[..]].concat());
    assert_eq!(durable.code, Some(70), "{durable}");
    assert!(durable.stderr.contains("is locked by another process"), "{durable}");
    let goes_on = terminal.run(&[&["run", "--name", "late"], &TASK[..]].concat());
    assert_eq!(goes_on.code, Some(0), "{goes_on}");
    assert!(goes_on.stderr.contains("is not recorded yet"), "{goes_on}");
    locks.execute_batch("COMMIT").unwrap();
    let next = terminal.run(&[&["run"], &TASK[..]].concat());
    assert_eq!((next.code, next.stderr.as_str()), (Some(0), ""), "{next}");
}
