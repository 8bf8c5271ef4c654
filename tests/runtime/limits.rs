//! Every limit stops what it names, says so, and leaves the rest alone.

use std::sync::{Arc, Mutex};

use flyte_host::run::{Failure, Limit, Limits, RunEvent, RunOutcome};
use flyte_host::{Host, RunRequest};
use flyte_host_artifacts::LIMITS;

use crate::support::host;

async fn run(limits: Limits, task: &str, inputs: &str) -> RunOutcome {
    host(LIMITS).await.start(RunRequest::new(task, inputs).limits(limits)).outcome().await
}

async fn limit(limits: Limits, task: &str, inputs: &str) -> Limit {
    match run(limits, task, inputs).await.result {
        Err(Failure::Limit(limit)) => limit,
        other => panic!("{task}: {other:?}"),
    }
}

fn ok(outcome: RunOutcome) -> String {
    outcome.result.unwrap().as_str().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_has_a_size() {
    let limits = Limits { max_output: 1000, ..Limits::default() };
    assert_eq!(ok(run(limits.clone(), "text", r#"{"bytes":998}"#).await).len(), 1000);
    assert_eq!(
        limit(limits.clone(), "text", r#"{"bytes":999}"#).await,
        Limit::Output { limit: 1000, size: Some(1001) }
    );
    // An error is an output too, and may not be larger for being one.
    assert_eq!(
        limit(limits.clone(), "fails", r#"{"bytes":1001}"#).await,
        Limit::Output { limit: 1000, size: Some(1001) }
    );
    // What is far too large is not even taken over from the guest.
    let limits = Limits { max_input: 1000, ..limits };
    assert_eq!(limit(limits, "text", r#"{"bytes":3000000}"#).await, Limit::Transfer(1000 + (1 << 20)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_has_a_size_also_a_childs() {
    let limits = Limits { max_input: 100, ..Limits::default() };
    let inputs = format!(r#"{{"text":"{}"}}"#, "x".repeat(100));
    assert_eq!(limit(limits.clone(), "length", &inputs).await, Limit::Input { limit: 100, size: inputs.len() });
    let told = ok(run(limits, "hands_on", r#"{"bytes":100}"#).await);
    assert!(told.contains("Limit: ") && told.contains("111 bytes, more than 100"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pending_children_hold_is_bounded() {
    let limits = Limits { max_held: 50_000, ..Limits::default() };
    let refused: usize =
        ok(run(limits, "hands_on_to_many", r#"{"bytes":10000,"children":20}"#).await).parse().unwrap();
    assert!((1..20).contains(&refused), "{refused}");
    let all = run(Limits::default(), "hands_on_to_many", r#"{"bytes":10000,"children":20}"#).await;
    assert_eq!(ok(all), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_has_so_many_children_pending() {
    let limits = Limits { max_pending: 10, ..Limits::default() };
    let refused: usize = ok(run(limits, "starts", r#"{"children":100}"#).await).parse().unwrap();
    assert!((1..=90).contains(&refused), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_holds_so_many_handles() {
    let limits = Limits { max_handles: 100, ..Limits::default() };
    assert_eq!(limit(limits, "starts", r#"{"children":1000}"#).await, Limit::Handles(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_cut_and_the_task_goes_on() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let limits = Limits { max_log: 1000, ..Limits::default() };
    let request = RunRequest::new("prints", r#"{"lines":50}"#)
        .limits(limits)
        .watch(Arc::new(move |event: &RunEvent| seen.lock().unwrap().push(event.clone())));
    assert_eq!(ok(host(LIMITS).await.start(request).outcome().await), "50");
    let events = events.lock().unwrap();
    let lines = events.iter().filter(|event| matches!(event, RunEvent::Log { .. })).count();
    let cuts = events.iter().filter(|event| matches!(event, RunEvent::LogCut { limit: 1000, .. })).count();
    assert_eq!((lines, cuts), (10, 1), "ten lines of a hundred bytes, and a word that there were more");
}

#[tokio::test(flavor = "multi_thread")]
async fn fuel_is_spent_alike_each_time() {
    let limits = Limits { max_fuel: Some(10_000_000), ..Limits::default() };
    let host = Host::builder().load(LIMITS).limits(limits.clone()).build().await.unwrap();
    assert!(host.run("computes", r#"{"rounds":1000}"#).await.is_ok());
    let failure = host.run("computes", r#"{"rounds":100000000}"#).await.unwrap_err();
    assert!(matches!(failure, Failure::Limit(Limit::Fuel(10_000_000))), "{failure:?}");
    // The least that suffices is the same each time.
    let suffices = async |fuel: u64| {
        let limits = Limits { max_fuel: Some(fuel), ..Limits::default() };
        let outcome = host.start(RunRequest::new("computes", r#"{"rounds":50}"#).limits(limits)).outcome().await;
        outcome.result.is_ok()
    };
    let (mut low, mut high) = (0, 10_000_000);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        *(if suffices(middle).await { &mut high } else { &mut low }) = middle;
    }
    for _ in 0..5 {
        assert!(suffices(high).await && !suffices(low).await, "{low}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_does_not_count_fuel_does_not_pretend_to() {
    let limits = Limits { max_fuel: Some(1), ..Limits::default() };
    let failure = run(limits, "computes", r#"{"rounds":1}"#).await.result.unwrap_err();
    assert!(matches!(&failure, Failure::Host(reason) if reason.contains("fuel")), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_peak_of_memory_is_known() {
    let peak = run(Limits::default(), "takes", r#"{"bytes":50000000}"#).await.stats.usage.peak_memory;
    assert!((50_000_000..60_000_000).contains(&peak), "{peak}");
    let limits = Limits { max_memory: 8 << 20, ..Limits::default() };
    let Limit::Memory { limit: 8388608, wanted, peak } = limit(limits, "takes", r#"{"bytes":50000000}"#).await
    else {
        panic!("another limit")
    };
    assert!(wanted > 50_000_000 && peak < 8 << 20, "{wanted} {peak}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_are_part_of_the_runs_record() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let limits = Limits { max_depth: 7, ..Limits::default() };
    let request = RunRequest::new("text", r#"{"bytes":1}"#)
        .limits(limits.clone())
        .watch(Arc::new(move |event: &RunEvent| seen.lock().unwrap().push(event.clone())));
    ok(host(LIMITS).await.start(request).outcome().await);
    let events = events.lock().unwrap();
    let recorded = events.iter().find_map(|event| match event {
        RunEvent::RunStarted { limits, .. } => Some(limits.as_ref().clone()),
        _ => None,
    });
    assert_eq!(recorded, Some(limits));
}
