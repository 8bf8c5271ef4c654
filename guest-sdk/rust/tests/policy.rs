//! What the attribute's keys become for the host.

use flyte_guest::__private::{Cache, CacheBehavior, Policy, Reuse, ReusePolicy, ReuseScope};
use flyte_guest::{Task, task};
use std::time::Duration;

#[task]
fn plain() {}

#[task(
    retries = 2,
    backoff(initial = "100ms", factor = 1.5, cap = "PT5S"),
    retry_on(trap, limit),
    max_runtime = "1h30m",
    cache(version = "v1", ignored = ["note"], serialize, max_age = "1h"),
    reusable(max_uses = 100, idle_ttl = "30s", concurrency = 4, scope = "global"),
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
        cache: Cache { behavior: CacheBehavior::Disable, ignored_inputs: &[], serialize: false, max_age: None },
        reuse: Reuse::Inherited,
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
        cache: Cache {
            behavior: CacheBehavior::Version("v1"),
            ignored_inputs: &["note"],
            serialize: true,
            max_age: Some(Duration::from_secs(3600)),
        },
        reuse: Reuse::Policy(ReusePolicy {
            max_uses: 100,
            idle_ttl: Duration::from_secs(30),
            concurrency: 4,
            scope: ReuseScope::Global,
        }),
    };
    assert_eq!(full::POLICY, expected);
    assert_eq!(full::ENVIRONMENT, Some("own"));
}

#[task(reusable)]
fn as_it_comes() {}

#[task(reusable(scope = "run", concurrency = 2))]
fn in_part() {}

#[task(reusable = false)]
fn fresh() {}

#[test]
fn what_reuse_does_not_say_has_a_default() {
    let policy =
        ReusePolicy { max_uses: 1000, idle_ttl: Duration::from_secs(60), concurrency: 1, scope: ReuseScope::Run };
    assert_eq!(as_it_comes::POLICY.reuse, Reuse::Policy(policy));
    assert_eq!(in_part::POLICY.reuse, Reuse::Policy(ReusePolicy { concurrency: 2, ..policy }));
}

#[test]
fn a_task_may_opt_out_of_reuse() {
    assert_eq!(fresh::POLICY.reuse, Reuse::Never);
}

flyte_guest::export!(reusable(max_uses = 10), tasks = [plain, full, as_it_comes, in_part, fresh]);
