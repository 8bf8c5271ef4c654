//! Runs that are recorded by several processes, and by one that dies.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use flyte_host::history::{Archive, RunRecord};
use flyte_host::run::{ActionId, Phase};
use flyte_host_artifacts::FANOUT;

use crate::terminal::Terminal;

fn started(terminal: &Terminal, args: &[&str]) -> Child {
    terminal.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The run of this name, once it is there and `is_it`.
fn wait_for(terminal: &Terminal, name: &str, is_it: impl Fn(&Archive, &RunRecord) -> bool) -> RunRecord {
    let since = Instant::now();
    loop {
        if let Ok(Some(archive)) = Archive::open(terminal.path().join("runs"))
            && let Ok(Ok(run)) = archive.find(name)
            && is_it(&archive, &run)
        {
            return run;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "`{name}` does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn processes_that_begin_at_once_make_one_home_and_lose_nothing() {
    let terminal = Terminal::new();
    let names: Vec<String> = (0..8).map(|number| format!("n{number}")).collect();
    let children: Vec<Child> = names
        .iter()
        .map(|name| started(&terminal, &["run", "--name", name, FANOUT, "fan_out", "--n", "300"]))
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !told.contains("warning"), "{told}");
    }
    let archive = Archive::open(terminal.path().join("runs")).unwrap().unwrap();
    for name in names {
        let run = archive.find(&name).unwrap().unwrap();
        let mut ended = 0;
        archive.each_action(&run, |action| ended += usize::from(action.phase == Phase::Succeeded)).unwrap();
        assert_eq!((run.phase, run.stats.actions, ended), (Phase::Succeeded, 301, 301));
    }
    let left = std::fs::read_dir(terminal.path().join("runs/live")).unwrap().count();
    assert_eq!(left, 0, "each has taken its lock away");
}

#[test]
fn a_run_whose_process_is_killed_is_aborted_and_what_had_ended_stays() {
    let terminal = Terminal::new();
    let naps = format!("[1,1,3600000{}]", ",3600000".repeat(3));
    let args = ["run", "--name", "killed", FANOUT, "naps_filtered", "--millis", &naps];
    let mut child = started(&terminal, &args);
    let naps_over = |archive: &Archive, run: &RunRecord| {
        let mut ended = 0;
        archive.each_action(run, |action| ended += usize::from(action.phase == Phase::Succeeded)).unwrap();
        ended == 2
    };
    let running = wait_for(&terminal, "killed", naps_over);
    assert_eq!((running.phase, running.lost), (Phase::Running, false));
    child.kill().unwrap();
    child.wait().unwrap();
    let killed = wait_for(&terminal, "killed", |_, run| run.lost);
    assert_eq!((killed.phase, killed.elapsed), (Phase::Aborted, None));
    let archive = Archive::open(terminal.path().join("runs")).unwrap().unwrap();
    let root = archive.action(&killed, ActionId::ROOT).unwrap().unwrap();
    assert_eq!((root.phase, root.ended), (Phase::Aborted, None));
    assert_eq!(std::fs::read_dir(terminal.path().join("runs/live")).unwrap().count(), 0);
}
