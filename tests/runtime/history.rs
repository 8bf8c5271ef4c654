//! What is recorded of runs.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flyte_host::history::{Archive, Durability, History, RunNote, RunRecord, Value};
use flyte_host::run::{ActionId, Phase};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::FANOUT;
use tempfile::TempDir;

/// A host whose runs are recorded.
async fn recording(component: &str, home: &Path, durability: Durability) -> (Host, History) {
    let history = History::start(home, durability, |problem| panic!("{problem}")).unwrap();
    let host = Host::builder().pool(PoolSize { instances: 80 }).load(component).history(history.clone());
    (host.build().await.unwrap(), history)
}

fn home() -> (TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    (dir, home)
}

fn found(home: &Path, reference: &str) -> (Archive, RunRecord) {
    let archive = Archive::open(home).unwrap().expect("there is a history");
    let run = archive.find(reference).unwrap().unwrap();
    (archive, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_recorded_with_its_actions_values_and_times() {
    let (_dir, home) = home();
    let (host, history) = recording(FANOUT, &home, Durability::Batched).await;
    let note = RunNote {
        name: Some("nightly".to_owned()),
        labels: [("team".to_owned(), "a".to_owned())].into(),
        ..RunNote::default()
    };
    let outcome = host.start(RunRequest::new("fan_out", r#"{"n":50}"#).note(note)).outcome().await;
    history.flush().await.unwrap();

    let (archive, run) = found(&home, "nightly");
    assert_eq!((run.id.as_str(), run.phase, run.lost), (outcome.run.as_str(), Phase::Succeeded, false));
    assert_eq!(run.labels["team"], "a");
    let mut stats = outcome.stats;
    let usage = &mut stats.usage;
    for time in [&mut usage.queue, &mut usage.instantiate, &mut usage.run, &mut usage.serialize] {
        *time = Duration::from_micros(time.as_micros().try_into().unwrap());
    }
    assert_eq!(run.stats, stats);
    assert_eq!(run.elapsed.map(|time| time.as_micros()), Some(outcome.elapsed.as_micros()));
    let mut actions = Vec::new();
    archive.each_action(&run, |action| actions.push(action)).unwrap();
    assert_eq!(actions.len(), 51);
    assert_eq!(actions[0].task, "fan_out");
    assert_eq!(archive.inputs(&run, ActionId::ROOT).unwrap(), Value::Text(r#"{"n":50}"#.to_owned()));
    assert_eq!(archive.output(&run, ActionId::ROOT).unwrap(), Value::Text("2450".to_owned()));
    for (call, child) in actions[1..].iter().enumerate() {
        assert_eq!((child.parent, child.parent_attempt, child.call), (Some(ActionId::ROOT), 1, call as u64));
        assert_eq!((child.phase, child.attempts), (Phase::Succeeded, 1));
        assert_eq!(archive.output(&run, child.id).unwrap(), Value::Text((2 * call).to_string()));
        assert!(child.usage.unwrap().peak_memory > 0);
        assert!(child.queued <= child.started.unwrap() && child.started <= child.ended);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_durable_child_is_on_the_disk_when_its_parent_has_it() {
    let (_dir, home) = home();
    let (host, history) = recording(FANOUT, &home, Durability::Durable).await;
    let outcome = host.start(RunRequest::new("fan_out", r#"{"n":200}"#)).outcome().await;
    assert_eq!(outcome.result.unwrap().as_str(), "39800");
    // Nobody has waited for it but the run.
    let (archive, run) = found(&home, outcome.run.as_str());
    let mut ended = 0;
    archive.each_action(&run, |action| ended += usize::from(action.phase == Phase::Succeeded)).unwrap();
    assert_eq!(ended, 201);
    drop(history);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_cannot_be_recorded_goes_on_and_a_durable_one_does_not_begin() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("project");
    std::fs::create_dir(&home).unwrap();
    std::fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    std::fs::write(home.join("main.py"), "").unwrap();
    let problems = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&problems);
    let history =
        History::start(&home, Durability::Batched, move |problem| told.lock().unwrap().push(problem.told()))
            .unwrap();
    let host = Host::builder().pool(PoolSize { instances: 20 }).load(FANOUT).history(history.clone());
    let host = host.build().await.unwrap();
    host.start(RunRequest::new("fan_out", r#"{"n":5}"#)).outcome().await.result.unwrap();
    assert!(history.flush().await.unwrap_err().contains("main.py"));
    assert_eq!(problems.lock().unwrap().len(), 1);
    // A durable run would only end.
    let refused = History::start(&home, Durability::Durable, |problem| panic!("{problem}")).unwrap_err();
    assert!(refused.told().contains("main.py"), "{refused}");
    assert_eq!(std::fs::read_dir(&home).unwrap().count(), 1, "nothing is put into somebody's project");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_values_are_kept_in_files() {
    let (_dir, home) = home();
    let (host, history) = recording(flyte_host_artifacts::MEASURED, &home, Durability::Batched).await;
    let large = format!(r#"{{"request":{{"feature_a":1,"feature_b":2{}}}}}"#, " ".repeat(11 << 20));
    let outcome = host.start(RunRequest::new("predict_one", large.as_str())).outcome().await;
    assert_eq!(outcome.result.unwrap().as_str(), "9.0");
    history.flush().await.unwrap();
    let (archive, run) = found(&home, outcome.run.as_str());
    assert_eq!(archive.inputs(&run, ActionId::ROOT).unwrap(), Value::Text(large));
    let files: Vec<_> = std::fs::read_dir(home.join("values")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    // One that was changed since is not taken for what it was.
    std::fs::write(&files[0], "{}").unwrap();
    assert!(matches!(archive.inputs(&run, ActionId::ROOT).unwrap(), Value::Lost { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_be_aborted_by_who_has_its_home() {
    let (_dir, home) = home();
    let (host, history) = recording(FANOUT, &home, Durability::Batched).await;
    let running = host.start(RunRequest::new("hang", "{}"));
    let (archive, run) = loop {
        history.flush().await.unwrap();
        let archive = Archive::open(&home).unwrap().unwrap();
        // It may not have begun yet.
        if let Ok(run) = archive.find(running.id().as_str()).unwrap() {
            break (archive, run);
        }
    };
    assert_eq!((run.phase, run.lost), (Phase::Running, false));
    assert!(archive.abort(&run).unwrap());
    let outcome = tokio::time::timeout(Duration::from_secs(60), running.outcome()).await.unwrap();
    assert_eq!(outcome.phase, Phase::Aborted);
    history.flush().await.unwrap();
    assert!(!archive.abort(&archive.find(&run.id).unwrap().unwrap()).unwrap(), "it has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_nobody_waits_for_any_more_is_recorded_to_its_end() {
    let (_dir, home) = home();
    let (host, history) = recording(FANOUT, &home, Durability::Durable).await;
    let mut hanging = Box::pin(host.run("hang_together", r#"{"n":5}"#));
    until(&home, &history, &mut hanging, |_, actions| actions.len() == 6).await;
    drop(hanging);
    let (run, actions) = until(&home, &history, std::future::pending::<()>(), |run, _| run.elapsed.is_some()).await;
    assert_eq!((run.phase, run.lost, run.dropped), (Phase::Aborted, false, 0));
    assert!(actions.iter().all(|phase| *phase == Phase::Aborted), "{actions:?}");
    let outcome = host.start(RunRequest::new("fan_out", r#"{"n":5}"#)).outcome().await;
    assert_eq!(outcome.result.unwrap().as_str(), "20", "nothing that came too late is in the way of others");
}

#[test]
fn a_run_whose_runtime_is_gone_is_recorded_as_aborted() {
    let (_dir, home) = home();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (host, history) = runtime.block_on(recording(FANOUT, &home, Durability::Batched));
    let mut hanging = Box::pin(host.run("hang", "{}"));
    runtime.block_on(until(&home, &history, &mut hanging, |_, actions| actions == [Phase::Running]));
    drop(runtime);
    drop(hanging);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let nothing = std::future::pending::<()>();
    let (run, _) = runtime.block_on(until(&home, &history, nothing, |run, _| run.elapsed.is_some()));
    assert_eq!((run.phase, run.lost), (Phase::Aborted, false));
}

/// Goes on with `running` until of the one run that is there, and its actions' phases, something holds.
async fn until(
    home: &Path,
    history: &History,
    running: impl Future<Output: std::fmt::Debug>,
    holds: impl Fn(&RunRecord, &[Phase]) -> bool,
) -> (RunRecord, Vec<Phase>) {
    let looking = async {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            history.flush().await.unwrap();
            let archive = Archive::open(home).unwrap().unwrap();
            let Ok(run) = archive.find("latest").unwrap() else { continue };
            let mut actions = Vec::new();
            archive.each_action(&run, |action| actions.push(action.phase)).unwrap();
            if holds(&run, &actions) {
                return (run, actions);
            }
        }
    };
    tokio::select! {
        ended = running => panic!("{ended:?}"),
        found = tokio::time::timeout(Duration::from_secs(60), looking) => found.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_run_that_could_not_be_written_is_written_later() {
    let (_dir, home) = home();
    // Why it can't be written is told, and no matter here.
    let history = History::start(&home, Durability::Durable, |_| ()).unwrap();
    let host = Host::builder().pool(PoolSize { instances: 4 }).load(FANOUT).history(history.clone());
    let host = host.build().await.unwrap();
    let running = host.start(RunRequest::new("hang", "{}"));
    let id = running.id().as_str().to_owned();
    let since = Instant::now();
    while Archive::open(&home).unwrap().is_none_or(|archive| archive.find(&id).unwrap().is_err()) {
        assert!(since.elapsed() < Duration::from_secs(60), "it does not begin");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let locks = rusqlite::Connection::open(home.join("history.db")).unwrap();
    locks.execute_batch("BEGIN IMMEDIATE; DELETE FROM labels").unwrap();
    running.abort();
    running.outcome().await.result.unwrap_err();
    history.flush().await.unwrap_err();
    locks.execute_batch("COMMIT").unwrap();
    // The process goes on, and so does its history.
    while found(&home, &id).1.goes_on() {
        assert!(since.elapsed() < Duration::from_secs(120), "it does not end");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_is_made_once_there_is_something_to_record() {
    let (_dir, home) = home();
    let (host, history) = recording(FANOUT, &home, Durability::Batched).await;
    history.flush().await.unwrap();
    assert!(!home.exists());
    host.run("double", r#"{"n":1}"#).await.unwrap();
    history.close().await.unwrap();
    assert_eq!(std::fs::read_dir(home.join("live")).unwrap().count(), 0);
    assert_eq!(found(&home, "latest").1.stats.actions, 1);
}
