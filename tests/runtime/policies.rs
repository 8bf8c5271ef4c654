//! Retries, backoff, time limits and caching, as tasks ask for them.

use std::time::Duration;

use flyte_host::RunRequest;
use flyte_host::run::{ActionId, Failure, Limit, Limits, Phase};
use flyte_host_artifacts::POLICIES;

use crate::support::{host, run, watch};

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_attempt_is_followed_by_others_up_to_the_retries() {
    assert_eq!(run(POLICIES, "needs_attempts", r#"{"attempt":4}"#).await.unwrap(), "4");
    let (outcome, tree) = watch(POLICIES, "needs_attempts", r#"{"attempt":5}"#).await;
    assert!(matches!(outcome.result, Err(Failure::Task(_))));
    let root = tree.action(ActionId::ROOT).unwrap();
    assert_eq!(root.attempts.len(), 4);
    assert!(root.attempts.iter().all(|attempt| attempt.failure.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_end_with_the_runs_budget() {
    let limits = Limits { max_actions: 5, ..Limits::default() };
    let request = RunRequest::new("never", "{}").limits(limits);
    let outcome = host(POLICIES).await.start(request).outcome().await;
    assert!(matches!(outcome.result, Err(Failure::Limit(Limit::Actions(5)))), "{outcome:?}");
    assert_eq!(outcome.stats.attempts, 5);
    // Past a thousand, the exponential backoff's factor is beyond all numbers.
    assert!(matches!(run(POLICIES, "never", "{}").await, Err(Failure::Task(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permanent_error_is_not_retried() {
    let (outcome, tree) = watch(POLICIES, "permanent", "{}").await;
    assert_eq!(outcome.result.unwrap_err().to_string(), "attempt 1 will not help");
    assert_eq!(tree.action(ActionId::ROOT).unwrap().attempts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_is_retried_only_where_the_policy_says_so() {
    assert!(matches!(run(POLICIES, "traps_once", "{}").await, Err(Failure::Trap(_))));
    assert_eq!(run(POLICIES, "traps_but_retries", "{}").await.unwrap(), "2");
    assert_eq!(run(POLICIES, "slow_at_first", "{}").await.unwrap(), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_computes_past_its_time_is_stopped() {
    let (outcome, _) = watch(POLICIES, "too_slow", "{}").await;
    assert_eq!(outcome.phase, Phase::TimedOut);
    let Err(Failure::Limit(Limit::MaxRuntime(bound))) = outcome.result else { panic!("{outcome:?}") };
    assert_eq!(bound, Duration::from_millis(50));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invocation_may_override_the_policy() {
    let failure = run(POLICIES, "without_retries", "{}").await.unwrap_err();
    assert!(failure.to_string().contains("attempt 1 is too early"), "{failure}");
    assert_eq!(run(POLICIES, "in_a_hurry", "{}").await.unwrap(), "\"Limit\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_from_the_invocation_on_holds_beside_the_policy() {
    let (outcome, tree) = watch(POLICIES, "within", "{}").await;
    let late = "within: the action had not ended 100ms after its invocation";
    let slow = "max-runtime: the attempt took longer than 50ms";
    assert_eq!(outcome.result.unwrap().as_str(), format!(r#"["{late}","{late}","{slow}","a4 9"]"#));
    let children = tree.children(ActionId::ROOT);
    let phases: Vec<Phase> = children.iter().map(|child| child.phase).collect();
    assert_eq!(phases, [Phase::TimedOut, Phase::TimedOut, Phase::TimedOut, Phase::Succeeded]);
    assert!(children.iter().all(|child| child.attempts.len() == 1), "{children:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cached_task_answers_the_same_inputs_from_the_first_result() {
    let (outcome, tree) = watch(POLICIES, "ask_thrice", "{}").await;
    assert_eq!(outcome.result.unwrap().as_str(), r#"["a1 1","a1 1","a3 2"]"#);
    assert_eq!(outcome.stats.cached, 1);
    let children = tree.children(ActionId::ROOT);
    assert_eq!(children.iter().map(|child| child.cached).collect::<Vec<_>>(), [false, true, false]);
    assert!(children[1].attempts.is_empty());
}
