//! Children: concurrency, order, depth, structure.

use std::sync::Arc;
use std::time::Duration;

use flyte_host::run::{AbortCause, ActionId, Failure, Limit, Limits, Phase, RunTree};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::FANOUT;

use crate::support::{host, run, watch};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_children_of_one_task() {
    assert_eq!(run(FANOUT, "fan_out", r#"{"n":10000}"#).await.unwrap(), "99990000");
    assert_eq!(run(FANOUT, "fan_out_unordered", r#"{"n":10000}"#).await.unwrap(), "99990000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fan_out_gives_its_results_in_the_order_of_its_items() {
    let doubles: Vec<u64> = (0..10_000).map(|n| 2 * n).collect();
    assert_eq!(run(FANOUT, "mapped", r#"{"n":10000}"#).await.unwrap(), serde_json::to_string(&doubles).unwrap());
    assert_eq!(run(FANOUT, "streamed", r#"{"n":10000}"#).await.unwrap(), "99990000");
    let naps = run(FANOUT, "naps_unless_one_fails", r#"{"naps":[[500,false],[1,false],[50,false]]}"#).await;
    assert_eq!(naps.unwrap(), "[500,1,50]");
    assert_eq!(run(FANOUT, "mapped", r#"{"n":0}"#).await.unwrap(), "[]");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_result_of_a_fan_out_can_be_had() {
    let settled = run(FANOUT, "naps_settled", r#"{"naps":[[1,false],[2,true],[3,false]]}"#).await.unwrap();
    assert_eq!(settled, r#"["1","task `nap_or_fail` failed on item 1: had a bad dream","3"]"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_result_gets_lost_where_the_first_comes_last() {
    let naps = format!("[300{}]", ",1".repeat(299));
    let napped = run(FANOUT, "naps_filtered", &format!(r#"{{"millis":{naps}}}"#)).await.unwrap();
    assert_eq!(napped, naps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_aborts_the_rest_of_its_fan_out() {
    // The first chunk, and one that would take an hour.
    let mut naps = vec!["[1,false]"; 64];
    naps[40] = "[1,true]";
    naps.extend(["[3600000,false]"; 10]);
    let (outcome, tree) =
        watch(FANOUT, "naps_unless_one_fails", &format!(r#"{{"naps":[{}]}}"#, naps.join(","))).await;
    let failure = outcome.result.unwrap_err().to_string();
    assert_eq!(failure, "task `nap_or_fail` failed on item 40: had a bad dream");
    let children = tree.children(ActionId::ROOT);
    assert!(children.iter().filter(|child| child.phase == Phase::Aborted).count() >= 10);
    assert!(children.iter().all(|child| child.group.as_deref() == Some("naps")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fan_out_runs_no_more_at_once_than_it_is_told() {
    let naps = r#"{"n":12,"millis":50,"limit":3}"#;
    let millis: u64 = run(FANOUT, "naps_together", naps).await.unwrap().parse().unwrap();
    assert!(millis >= 200, "{millis} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bound_of_a_fan_out_holds_within_each_call() {
    // So many that several of them share a call, in which only some may run at once.
    let naps = r#"{"n":400,"millis":5,"limit":2}"#;
    let millis: u64 = run(FANOUT, "naps_together", naps).await.unwrap().parse().unwrap();
    assert!(millis >= 1000, "{millis} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_aborts_those_that_share_its_call() {
    let naps = r#"{"naps":[[3600000,false],[1,true],[3600000,false]]}"#;
    let ended = tokio::time::timeout(Duration::from_secs(60), watch(FANOUT, "naps_unless_one_fails", naps)).await;
    let (outcome, tree) = ended.expect("the others are aborted");
    let failure = outcome.result.unwrap_err().to_string();
    assert_eq!(failure, "task `nap_or_fail` failed on item 1: had a bad dream");
    let phases: Vec<Phase> = tree.children(ActionId::ROOT).iter().map(|child| child.phase).collect();
    assert_eq!(phases, [Phase::Aborted, Phase::Failed, Phase::Aborted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_children_in_sequence() {
    assert_eq!(run(FANOUT, "sequence", r#"{"n":1000}"#).await.unwrap(), "999000");
}

#[tokio::test(flavor = "multi_thread")]
async fn recursion_a_hundred_deep() {
    let (outcome, tree) = watch(FANOUT, "recurse", r#"{"depth":100}"#).await;
    assert_eq!(outcome.result.unwrap().as_str(), "100");
    assert_eq!(outcome.stats.actions, 100);
    assert_eq!(tree.children(ActionId::ROOT).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wide_and_deep_tree_with_one_slot_does_not_deadlock() {
    let narrow = Host::builder().load(FANOUT).max_action_concurrency(1).build().await.unwrap();
    // 1 + 6 + 36 + 216 actions
    assert_eq!(narrow.run("tree", r#"{"depth":4,"width":6}"#).await.unwrap().as_str(), "259");
}

#[tokio::test(flavor = "multi_thread")]
async fn parents_that_fill_the_pool_end_in_an_error_instead_of_a_deadlock() {
    let small = Host::builder().load(FANOUT).pool(PoolSize { instances: 8 }).build().await.unwrap();
    let failure = small.run("recurse", r#"{"depth":20}"#).await.unwrap_err();
    assert!(failure.to_string().contains("the host holds no more instances"), "{failure}");
    assert_eq!(small.run("recurse", r#"{"depth":8}"#).await.unwrap().as_str(), "8");
    assert_eq!(small.run("fan_out", r#"{"n":1000}"#).await.unwrap().as_str(), "999000");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_runs_share_a_small_pool() {
    let small = Host::builder().load(FANOUT).pool(PoolSize { instances: 2 }).build().await.unwrap();
    let runs: Vec<_> =
        (0..8).map(|_| small.start(RunRequest::new("recurse", r#"{"depth":2}"#)).outcome()).collect();
    for run in runs {
        assert_eq!(run.await.result.unwrap().as_str(), "2");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_whose_children_find_no_room_hears_of_it() {
    // The root and one child fill the pool; the child's own children can't run, and it passes that on.
    let small = Host::builder().load(FANOUT).pool(PoolSize { instances: 2 }).build().await.unwrap();
    let failure = small.run("tree", r#"{"depth":3,"width":5}"#).await.unwrap_err();
    assert!(failure.to_string().contains("the host holds no more instances"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_compute_too_long_all_end_and_leave_others_alone() {
    let host = Host::builder().load(FANOUT).build().await.unwrap();
    let limits = Limits { max_runtime: Some(Duration::from_millis(50)), ..Limits::default() };
    let spinning: Vec<_> =
        (0..32).map(|_| host.start(RunRequest::new("spin", "{}").limits(limits.clone())).outcome()).collect();
    assert_eq!(host.run("fan_out", r#"{"n":100}"#).await.unwrap().as_str(), "9900");
    for run in spinning {
        let outcome = run.await;
        assert!(matches!(outcome.result, Err(Failure::Limit(Limit::MaxRuntime(_)))), "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_the_whole_run_are_not_retried() {
    // Each level would have its retries; were a limit of the run one that passes, they would multiply.
    let limits = Limits { max_depth: 20, ..Limits::default() };
    let request = RunRequest::new("insists", r#"{"depth":50}"#).limits(limits);
    let outcome = host(FANOUT).await.start(request).outcome().await;
    assert!(outcome.result.is_err());
    assert_eq!(outcome.stats.attempts, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn children_end_in_any_order() {
    let order = run(FANOUT, "finishing_order", r#"{"millis":[2000,1,1000]}"#).await.unwrap();
    assert_eq!(order, "[1,1000,2000]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounded_map_keeps_to_its_bound() {
    assert_eq!(run(FANOUT, "most_at_once", r#"{"n":100,"limit":7}"#).await.unwrap(), "7");
}

#[tokio::test(flavor = "multi_thread")]
async fn children_still_running_are_aborted_when_their_parent_ends() {
    let (outcome, tree) = watch(FANOUT, "walk_away", "{}").await;
    assert_eq!(outcome.result.unwrap().as_str(), "42");
    let phases: Vec<Phase> = tree.children(ActionId::ROOT).iter().map(|child| child.phase).collect();
    assert!(phases.contains(&Phase::Succeeded) && phases.contains(&Phase::Aborted), "{phases:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_child_aborts_it_and_only_it() {
    let (outcome, tree) = watch(FANOUT, "drop_one", "{}").await;
    assert_eq!(outcome.result.unwrap().as_str(), "40");
    let children = tree.children(ActionId::ROOT);
    let aborted: Vec<_> = children.iter().filter(|child| child.phase == Phase::Aborted).collect();
    assert_eq!(aborted.len(), 1);
    assert!(matches!(aborted[0].failure.as_deref(), Some(Failure::Aborted(AbortCause::Parent))));
}

/// What a child is told that had so many milliseconds.
fn late(millis: u64) -> String {
    format!("Limit: within: the action had not ended {millis}ms after its invocation")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_fan_out_has_not_started_in_time_never_starts() {
    let (outcome, tree) = watch(FANOUT, "hangs_within", r#"{"n":3,"millis":200}"#).await;
    let told: Vec<String> = serde_json::from_str(outcome.result.unwrap().as_str()).unwrap();
    assert!(told.iter().all(|told| told.starts_with("Limit: within: ")) && told.len() == 3, "{told:?}");
    let attempts: usize = tree.children(ActionId::ROOT).iter().map(|child| child.attempts.len()).sum();
    assert_eq!(attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_waits_for_a_slot_ends_in_time() {
    let narrow = Host::builder().load(FANOUT).max_action_concurrency(1).build().await.unwrap();
    let told = narrow.run("waits_within", r#"{"millis":200}"#).await.unwrap();
    assert_eq!(told.as_str(), format!("\"{}\"", late(200)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_meets_its_bound_takes_its_own_children_along() {
    let (outcome, tree) = watch(FANOUT, "parent_within", r#"{"millis":200}"#).await;
    assert_eq!(outcome.result.unwrap().as_str(), format!("\"{}\"", late(200)));
    let [child] = &tree.children(ActionId::ROOT)[..] else { panic!("{tree:?}") };
    assert_eq!(child.phase, Phase::TimedOut);
    assert!(tree.children(child.id).iter().all(|grandchild| grandchild.phase == Phase::Aborted));
}

#[tokio::test(flavor = "multi_thread")]
async fn aborting_a_run_aborts_its_whole_tree() {
    let tree = Arc::new(RunTree::default());
    let request = RunRequest::new("hang_together", r#"{"n":20}"#).watch(tree.clone());
    let run = host(FANOUT).await.start(request);
    until_running(&tree, 21).await;
    run.abort();
    let outcome = run.outcome().await;
    assert!(matches!(outcome.result, Err(Failure::Aborted(AbortCause::Run))));
    assert_eq!(outcome.stats.aborted, 21);
    assert!(tree.actions().iter().all(|action| action.phase == Phase::Aborted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_computes_forever_can_be_aborted() {
    let tree = Arc::new(RunTree::default());
    let run = host(FANOUT).await.start(RunRequest::new("spin", "{}").watch(tree.clone()));
    until_running(&tree, 1).await;
    run.abort();
    assert_eq!(run.outcome().await.phase, Phase::Aborted);
}

/// Waits until so many actions of the tree run; fails instead of waiting forever.
pub(crate) async fn until_running(tree: &RunTree, actions: usize) {
    let running = || tree.actions().iter().filter(|action| action.phase == Phase::Running).count();
    for _ in 0..6000 {
        if running() >= actions {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("only {} of {actions} actions run", running());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runs_budget_holds_for_the_whole_tree() {
    let host = host(FANOUT).await;
    for (limits, task, inputs, expected) in [
        (Limits { max_actions: 10, ..Limits::default() }, "fan_out", r#"{"n":10}"#, "more than 10 actions"),
        (Limits { max_depth: 5, ..Limits::default() }, "recurse", r#"{"depth":6}"#, "more than 5 deep"),
    ] {
        let outcome = host.start(RunRequest::new(task, inputs).limits(limits)).outcome().await;
        let failure = outcome.result.unwrap_err();
        assert!(failure.to_string().contains(expected), "{failure}");
    }
    let deadline = Duration::from_millis(200);
    let limits = Limits { deadline: Some(deadline), ..Limits::default() };
    let tree = Arc::new(RunTree::default());
    let request = RunRequest::new("hang_together", r#"{"n":3}"#).limits(limits).watch(tree.clone());
    let outcome = host.start(request).outcome().await;
    assert!(matches!(outcome.result, Err(Failure::Limit(Limit::Deadline(bound))) if bound == deadline));
    assert_eq!(outcome.phase, Phase::TimedOut);
    assert!(tree.children(ActionId::ROOT).iter().all(|child| child.phase == Phase::Aborted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_learns_what_kind_of_failure_it_was() {
    for (task, inputs, expected) in [
        ("double", r#"{"n":2}"#, "ok: 4"),
        ("double", r#"{"n":"2"}"#, "invalid-input: "),
        ("doubel", "{}", "unknown-task: "),
        ("double", "[]", "invalid-input: "),
    ] {
        let inputs = format!(r#"{{"task":"{task}","inputs":{inputs}}}"#);
        let told = run(FANOUT, "kind_of_failure", &inputs).await.unwrap();
        assert!(told.contains(expected), "{inputs}: {told}");
    }
}
