//! Fixed clocks and randomness: a run goes the same way each time.

use std::time::{Duration, Instant};

use flyte_host::RunRequest;
use flyte_host_artifacts::CLOCKS;

use crate::support::host;

async fn output(task: &str, inputs: &str, seed: Option<u64>) -> String {
    let request = RunRequest::new(task, inputs);
    let request = match seed {
        Some(seed) => request.deterministic(seed),
        None => request,
    };
    host(CLOCKS).await.start(request).outcome().await.result.unwrap().as_str().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seed_gives_one_output() {
    for task in ["sample", "family"] {
        let first = output(task, "{}", Some(7)).await;
        assert_eq!(first, output(task, "{}", Some(7)).await);
        assert_ne!(first, output(task, "{}", Some(8)).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_seed_no_two_runs_are_the_same() {
    assert_ne!(output("sample", "{}", None).await, output("sample", "{}", None).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_has_its_own_randomness() {
    let family: Vec<serde_json::Value> = serde_json::from_str(&output("family", "{}", Some(7)).await).unwrap();
    assert_eq!(family.len(), 3);
    let dice = |member: usize| &family[member]["dice"];
    assert!(dice(0) != dice(1) && dice(1) != dice(2) && dice(0) != dice(2), "{family:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn virtual_time_begins_at_a_fixed_instant_and_moves_by_readings_and_sleeps() {
    let sample: serde_json::Value = serde_json::from_str(&output("sample", "{}", Some(7)).await).unwrap();
    let wall = sample["wall"].as_u64().unwrap();
    let beginning = 946_684_800_000_000_000;
    assert!((beginning..beginning + 1_000_000).contains(&wall), "{sample}");
    let spans: Vec<u64> = sample["spans"].as_array().unwrap().iter().map(|span| span.as_u64().unwrap()).collect();
    // However long it took, a span is what was slept and a few readings.
    let told_in_millis: Vec<u64> = spans.iter().map(|span| span / 1_000_000).collect();
    assert_eq!(told_in_millis, [0, 3, 3, 4], "{spans:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sleep_takes_as_long_as_it_says() {
    for seed in [None, Some(7)] {
        let begun = Instant::now();
        let slept: u64 = output("sleeps", r#"{"millis":60}"#, seed).await.parse().unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(60));
        assert!(slept >= 60_000_000, "{slept}");
    }
}
