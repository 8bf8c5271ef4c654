//! How long runs are kept, and what is left of those that are deleted.

use std::path::Path;
use std::time::{Duration, Instant};

use flyte_host::history::{Archive, Durability, History, Retention, RunFilter, RunRecord, Value};
use flyte_host::run::ActionId;
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::{FANOUT, MEASURED};

async fn recording(component: &str, home: &Path) -> (Host, History) {
    let history = History::start(home, Durability::Batched, |problem| panic!("{problem}")).unwrap();
    let host = Host::builder().pool(PoolSize { instances: 80 }).load(component).history(history.clone());
    (host.build().await.unwrap(), history)
}

fn runs(home: &Path) -> Vec<RunRecord> {
    let mut runs = Vec::new();
    let archive = Archive::open(home).unwrap().unwrap();
    let all = |run| {
        runs.push(run);
        true
    };
    archive.each_run(&RunFilter::default(), all).unwrap();
    runs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_run_leaves_nothing_and_takes_nothing_from_others() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (host, history) = recording(MEASURED, &home).await;
    let padded = |bytes| format!(r#"{{"request":{{"feature_a":1,"feature_b":2{}}}}}"#, " ".repeat(bytes));
    let (shared, own) = (padded(11 << 20), padded(12 << 20));
    let mut ids = Vec::new();
    for inputs in [&shared, &shared, &own] {
        let outcome = host.start(RunRequest::new("predict_one", inputs.as_str())).outcome().await;
        ids.push(outcome.run.to_string());
    }
    history.flush().await.unwrap();
    let files = || std::fs::read_dir(home.join("values")).unwrap().count();
    assert_eq!(files(), 2);
    let archive = Archive::open(&home).unwrap().unwrap();
    for id in [&ids[0], &ids[2]] {
        let mut remover = archive.remover().unwrap();
        assert!(remover.remove(&archive.find(id).unwrap().unwrap()).unwrap());
        remover.finish().unwrap();
        assert!(archive.find(id).unwrap().is_err());
    }
    // The one that another run has too is there still.
    assert_eq!(files(), 1);
    let left = archive.find(&ids[1]).unwrap().unwrap();
    assert_eq!(archive.inputs(&left, ActionId::ROOT).unwrap(), Value::Text(shared));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_of_a_large_run_is_given_back_while_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (host, history) = recording(FANOUT, &home).await;
    let large = host.start(RunRequest::new("fan_out", r#"{"n":25000}"#)).outcome().await;
    let goes_on = host.start(RunRequest::new("hang", "{}"));
    history.flush().await.unwrap();
    let size = || ["history.db", "history.db-wal"].map(|name| home.join(name).metadata().unwrap().len());
    let before: u64 = size().iter().sum();
    let archive = Archive::open(&home).unwrap().unwrap();
    let mut remover = archive.remover().unwrap();
    // It has begun, but that may not be written yet.
    let hanging = loop {
        history.flush().await.unwrap();
        if let Ok(run) = archive.find(goes_on.id().as_str()).unwrap() {
            break run;
        }
    };
    assert!(!remover.remove(&hanging).unwrap(), "it goes on");
    assert!(remover.remove(&archive.find(large.run.as_str()).unwrap().unwrap()).unwrap());
    remover.finish().unwrap();
    let after: u64 = size().iter().sum();
    assert!(after < before / 4, "{before} bytes became {after}");
    goes_on.abort_handle().abort();
    goes_on.outcome().await;
    history.flush().await.unwrap();
    let ids: Vec<String> = runs(&home).into_iter().map(|run| run.id).collect();
    assert_eq!(ids, [hanging.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_begin_within_one_batch_are_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (host, history) = recording(FANOUT, &home).await;
    let mut ids = Vec::new();
    for _ in 0..50 {
        ids.push(host.start(RunRequest::new("double", r#"{"n":1}"#)).outcome().await.run.to_string());
    }
    history.flush().await.unwrap();
    ids.reverse();
    assert_eq!(runs(&home).into_iter().map(|run| run.id).collect::<Vec<_>>(), ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_runs_the_latest_are_kept_and_those_that_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (host, history) = recording(FANOUT, &home).await;
    let goes_on = host.start(RunRequest::new("hang", "{}"));
    let mut ids = vec![goes_on.id().to_string()];
    // Each of them has more than is removed at once.
    for _ in 0..5 {
        ids.push(host.start(RunRequest::new("fan_out", r#"{"n":400}"#)).outcome().await.run.to_string());
    }
    history.flush().await.unwrap();
    assert_eq!(runs(&home).len(), 6, "nothing was said of what is to be kept");
    history.keep(Retention { runs: 2, age: Duration::from_secs(3600) });
    let begun = Instant::now();
    while runs(&home).len() != 3 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", runs(&home));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let left: Vec<String> = runs(&home).into_iter().map(|run| run.id).collect();
    assert_eq!(left, [ids[5].clone(), ids[4].clone(), ids[0].clone()]);
    goes_on.abort_handle().abort();
    goes_on.outcome().await;
    drop((host, history));
    // Another process that starts looks at once.
    let (_host, history) = recording(FANOUT, &home).await;
    history.keep(Retention { runs: 10, age: Duration::from_nanos(1) });
    let begun = Instant::now();
    while !runs(&home).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", runs(&home));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
