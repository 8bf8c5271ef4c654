//! What the attribute's keys become for the host.

use flyte_guest::__private::{Cache, Policy};
use flyte_guest::{Task, task};
use std::time::Duration;

#[task]
fn plain() {}

#[task(
    retries = 2,
    backoff(initial = "100ms", factor = 1.5, cap = "PT5S"),
    retry_on(trap, limit),
    max_runtime = "1h30m",
    cache(version = "v1"),
    environment = "own"
)]
fn full() {}

#[test]
fn without_keys_a_task_runs_once() {
    let expected = Policy {
        retries: 0,
        backoff_initial: Duration::ZERO,
        backoff_factor: 2.0,
        backoff_cap: None,
        retry_on_trap: false,
        retry_on_limit: false,
        max_runtime: None,
        cache: Cache::Disable,
    };
    assert_eq!(plain::POLICY, expected);
    assert_eq!(plain::ENVIRONMENT, None);
}

#[test]
fn every_key_arrives() {
    let expected = Policy {
        retries: 2,
        backoff_initial: Duration::from_millis(100),
        backoff_factor: 1.5,
        backoff_cap: Some(Duration::from_secs(5)),
        retry_on_trap: true,
        retry_on_limit: true,
        max_runtime: Some(Duration::from_secs(5400)),
        cache: Cache::Version("v1"),
    };
    assert_eq!(full::POLICY, expected);
    assert_eq!(full::ENVIRONMENT, Some("own"));
}
