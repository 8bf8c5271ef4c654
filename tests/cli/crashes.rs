//! Durable runs whose process is killed at any moment, and recovered.
#![cfg(unix)]

use std::collections::HashSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use flyte_host::history::{Archive, RunRecord};
use flyte_host::run::Phase;

use crate::terminal::Terminal;

const CHILDREN: u64 = 2000;

/// Ways to have them, and what comes of it.
const WAYS: [(&str, &str); 3] = [("fan_out_unordered", "3998000"), ("streamed", "3998000"), ("fan_out", "3998000")];

/// `FLYTE_HOST_CRASHES` says how often, `FLYTE_HOST_CRASH_SEED` repeats a sequence.
#[test]
fn a_durable_run_is_recovered_whenever_it_is_killed_and_nothing_that_had_ended_runs_again() {
    let variable = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let crashes = variable("FLYTE_HOST_CRASHES").unwrap_or(3);
    let seed = variable("FLYTE_HOST_CRASH_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("FLYTE_HOST_CRASH_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    for (_, (task, result)) in (0..crashes).zip(WAYS.iter().cycle()) {
        let terminal = Terminal::new();
        let ended = random.u64(0..CHILDREN);
        kill_once(&terminal, task, ended);
        check(&terminal, result, ended);
        println!("{task}: killed once {ended} had ended");
    }
}

/// Starts a run and kills its process once so many of its children have ended.
fn kill_once(terminal: &Terminal, task: &str, ended: u64) {
    let children = CHILDREN.to_string();
    let args = ["run", "--durable", "fanout.wasm", task, "--n", &children];
    let mut process = terminal.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while process.try_wait().unwrap().is_none() {
        let home = terminal.path().join("runs");
        if home.join("history.db").exists() && has_come(&home, ended) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL.
    process.kill().unwrap();
    process.wait().unwrap();
}

/// Whether so many children have ended; not where the database is still being made.
fn has_come(home: &Path, ended: u64) -> bool {
    let Ok(Some(archive)) = Archive::open(home) else { return false };
    let Ok(Ok(run)) = archive.find("latest") else { return false };
    of_phase(&archive, &run, Phase::Succeeded).len() as u64 >= ended
}

/// The inputs of a run's children in a phase.
fn of_phase(archive: &Archive, run: &RunRecord, phase: Phase) -> HashSet<u128> {
    let mut found = HashSet::new();
    archive
        .each_action(run, |action| {
            if action.phase == phase && action.parent.is_some() {
                found.insert(action.inputs_hash.unwrap());
            }
        })
        .unwrap();
    found
}

fn check(terminal: &Terminal, result: &str, ended: u64) {
    let home = terminal.path().join("runs");
    let database = rusqlite::Connection::open(home.join("history.db")).unwrap();
    let integrity: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    let archive = Archive::open(&home).unwrap().unwrap();
    let killed = archive.find("latest").unwrap().unwrap();
    let kept = of_phase(&archive, &killed, Phase::Succeeded);
    assert!(kept.len() as u64 >= ended);

    let recovered = terminal.run(&["rerun", "--recover", "latest"]);
    assert_eq!((recovered.code, recovered.stdout.trim()), (Some(0), result), "{recovered}");
    let run = archive.find("latest").unwrap().unwrap();
    assert_eq!(run.recovers.as_ref(), Some(&killed.id));
    assert_eq!(of_phase(&archive, &run, Phase::Recovered), kept);
    assert_eq!(run.stats.attempts, 1 + CHILDREN - kept.len() as u64);
}
