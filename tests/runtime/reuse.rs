//! Instances that are used again: when, by whom, for how long; and when not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flyte_host::run::{Limits, RunEvent};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::REUSE;
use tokio::time::sleep;

/// A host of its own for each test: what is used again lives as long as the host does.
async fn host_with(instances: u32) -> Host {
    Host::builder().pool(PoolSize { instances }).load(REUSE).build().await.unwrap()
}

async fn host() -> Host {
    host_with(50).await
}

async fn uses(host: &Host, task: &str, times: usize) -> Vec<String> {
    let mut uses = Vec::new();
    for _ in 0..times {
        uses.push(host.run(task, "{}").await.unwrap().as_str().to_owned());
    }
    uses
}

/// What `obeys` does as it is told to, within half a second.
async fn obeys(host: &Host, what: &str) -> Result<String, String> {
    let limits = Limits { max_runtime: Some(Duration::from_millis(500)), ..Limits::default() };
    let request = RunRequest::new("obeys", format!(r#"{{"what":"{what}"}}"#)).limits(limits);
    let result = host.start(request).outcome().await.result;
    result.map(|output| output.as_str().to_owned()).map_err(|failure| failure.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_policy_no_instance_is_used_again() {
    assert_eq!(uses(&host().await, "once", 3).await, ["1", "1", "1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_is_used_as_often_as_its_policy_says() {
    let host = host().await;
    assert_eq!(uses(&host, "thrice", 7).await, ["1", "2", "3", "1", "2", "3", "1"]);
    assert_eq!(uses(&host, "global", 3).await, ["1", "2", "3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_crosses_from_run_to_run_unless_the_policy_says_so() {
    let host = host().await;
    for _ in 0..2 {
        assert_eq!(host.run("sequence", r#"{"n":4}"#).await.unwrap().as_str(), "[1,2,3,4]");
    }
    assert_eq!(uses(&host, "within_a_run", 2).await, ["1", "1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_waits_no_longer_than_its_policy_says() {
    let host = host().await;
    assert_eq!(uses(&host, "briefly", 1).await, ["1"]);
    sleep(Duration::from_millis(200)).await;
    assert_eq!(uses(&host, "briefly", 1).await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_went_wrong_is_given_up() {
    let host = host().await;
    for bad in ["panic", "allocate", "spin", "hang"] {
        assert_eq!(obeys(&host, "count").await.unwrap(), "1", "before {bad}");
        assert_eq!(obeys(&host, "count").await.unwrap(), "2", "before {bad}");
        obeys(&host, bad).await.unwrap_err();
        assert_eq!(obeys(&host, "count").await.unwrap(), "1", "after {bad}");
        obeys(&host, "panic").await.unwrap_err();
    }
    // It left a child behind, which was aborted; what else it left nobody knows.
    assert_eq!(obeys(&host, "leave").await.unwrap(), "1");
    assert_eq!(obeys(&host, "count").await.unwrap(), "1");
    // An error that the task returns is no accident.
    obeys(&host, "fail").await.unwrap_err();
    assert_eq!(obeys(&host, "count").await.unwrap(), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aborted_instance_is_given_up() {
    let host = host().await;
    assert_eq!(obeys(&host, "count").await.unwrap(), "1");
    let limits = Limits { max_runtime: Some(Duration::from_millis(500)), ..Limits::default() };
    let run = host.start(RunRequest::new("obeys", r#"{"what":"hang"}"#).limits(limits));
    sleep(Duration::from_millis(50)).await;
    run.abort();
    run.outcome().await.result.unwrap_err();
    assert_eq!(obeys(&host, "count").await.unwrap(), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_other_limits_has_other_instances() {
    let host = host().await;
    assert_eq!(uses(&host, "global", 2).await, ["1", "2"]);
    let narrow = Limits { max_memory: 64 << 20, ..Limits::default() };
    let other = host.start(RunRequest::new("global", "{}").limits(narrow)).outcome().await;
    assert_eq!(other.result.unwrap().as_str(), "1");
    assert_eq!(uses(&host, "global", 1).await, ["3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_clocks_are_fixed_no_instance_is_used_again() {
    let host = host().await;
    for _ in 0..2 {
        let outcome = host.start(RunRequest::new("global", "{}").deterministic(7)).outcome().await;
        assert_eq!(outcome.result.unwrap().as_str(), "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_prints_for_itself() {
    let host = host().await;
    for text in ["first", "second"] {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = {
            let lines = Arc::clone(&lines);
            move |event: &RunEvent| {
                if let RunEvent::Log { line, .. } = event {
                    lines.lock().unwrap().push(line.clone());
                }
            }
        };
        let request = RunRequest::new("prints", format!(r#"{{"text":"{text}"}}"#)).watch(Arc::new(sink));
        host.start(request).outcome().await.result.unwrap();
        assert_eq!(*lines.lock().unwrap(), [text]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_wait_make_room_for_others() {
    let host = host_with(4).await;
    for _ in 0..2 {
        // One of each of these waits then, and there is no room for a fifth.
        host.run("at_once", r#"{"millis":1}"#).await.unwrap();
        host.run("prints", r#"{"text":""}"#).await.unwrap();
        uses(&host, "global", 1).await;
        uses(&host, "thrice", 1).await;
        assert_eq!(uses(&host, "once", 3).await, ["1", "1", "1"]);
    }
}

/// The most that ran at once in one instance, and the actions that ran there.
async fn at_once(host: &Host, n: usize, millis: u64) -> (u64, Vec<String>) {
    let inputs = format!(r#"{{"n":{n},"millis":{millis}}}"#);
    let each: Vec<(u64, String)> = host.run("many_at_once", inputs).await.unwrap().to().unwrap();
    (each.iter().map(|(most, _)| *most).max().unwrap(), each.into_iter().map(|(_, action)| action).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_actions_share_an_instance_and_each_is_itself() {
    let host = host().await;
    let (most, mut actions) = at_once(&host, 12, 100).await;
    assert_eq!(most, 4, "no more than the policy allows, and as many");
    actions.sort();
    actions.dedup();
    assert_eq!(actions.len(), 12, "each knows which action it is");
    // The instances are used again, also by another run.
    let (most, _) = at_once(&host, 1, 1).await;
    assert_eq!(most, 4, "what the one before left is there");
}

async fn beside(host: &Host, what: &str, others: u64, millis: u64) -> Vec<String> {
    let inputs = format!(r#"{{"what":"{what}","others":{others},"millis":{millis}}}"#);
    host.run("beside", inputs).await.unwrap().to().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_ends_all_that_share_the_instance() {
    let ended = beside(&host().await, "panic", 3, 2000).await;
    assert!(ended.iter().all(|end| end.contains("as it was told")), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_takes_too_long_waiting_ends_alone() {
    let ended = beside(&host().await, "hang", 3, 600).await;
    assert!(ended[0].contains("max-runtime") || ended[0].contains("200"), "{ended:?}");
    assert_eq!(ended[1..], ["well", "well", "well"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_end_when_it_has_to_ends_the_instance() {
    let host = host().await;
    for what in ["spin", "block"] {
        let ended = beside(&host, what, 2, 5000).await;
        assert!(ended.iter().all(|end| end != "well"), "{what}: {ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_aborted_gives_its_slot_back() {
    let host = Host::builder().pool(PoolSize { instances: 8 }).max_action_concurrency(1).load(REUSE);
    let host = host.build().await.unwrap();
    for _ in 0..3 {
        let run = host.start(RunRequest::new("shares_and_spins", "{}"));
        sleep(Duration::from_millis(50)).await;
        run.abort();
        run.outcome().await.result.unwrap_err();
        assert_eq!(uses(&host, "once", 1).await, ["1"]);
    }
}
