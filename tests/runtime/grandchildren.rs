//! Calls of imports are child actions like others: with their rights and limits, and they end with their parent.

use std::sync::Arc;

use flyte_host::rights::Grants;
use flyte_host::run::{AbortCause, Failure, Limit, Limits, Phase, RunEvent, RunTree};
use flyte_host::{Host, PoolSize, RunRequest};
use flyte_host_artifacts::{IMPORTER, TYPED};

use crate::fanout::until_running;
use crate::text::{builder, caller, exporter, load, number, with_rights};

const FACE: &str = "acme:p/values";
const SECRET: &str = "cannot be divided";

/// Gives the number of environment variables that it sees.
fn counts_variables() -> String {
    format!(
        r#"(component
            (import "wasi:cli/environment@0.2.0" (instance $env
                (export "get-environment" (func (result (list (tuple string string)))))))
            (core module $memory (memory (export "memory") 1) (global $free (mut i32) (i32.const 1024))
                (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                    (global.get $free)
                    (global.set $free (i32.and (i32.const -8)
                        (i32.add (i32.const 7) (i32.add (global.get $free) (local.get 3)))))))
            (core instance $memory (instantiate $memory))
            (core func $get (canon lower (func $env "get-environment")
                (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
            (core module $m
                (import "host" "get" (func $get (param i32)))
                (import "memory" "memory" (memory 1))
                (func (export "f") (result i32) (call $get (i32.const 0)) (i32.load (i32.const 4))))
            (core instance $i (instantiate $m (with "memory" (instance $memory))
                (with "host" (instance (export "get" (func $get))))))
            (func $f (result u32) (canon lift (core func $i "f")))
            (instance $out (export "f" (func $f)))
            (export "{FACE}" (instance $out)))"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_has_what_its_parent_has_and_it_declares_and_is_granted() {
    let env = |names: &[&str]| {
        let rights: Vec<_> = names.iter().map(|name| format!(r#"{{"env":"{name}","optional":true}}"#)).collect();
        format!(r#"{{"rights":[{}]}}"#, rights.join(","))
    };
    for (parent, child, granted, expected) in [
        (&["A", "B"][..], &["A", "B"][..], &["A", "B"][..], "2"),
        (&["A"], &["A", "B"], &["A", "B"], "1"),
        (&["A", "B"], &["B"], &["A", "B"], "1"),
        (&["A", "B"], &["A", "B"], &["A"], "1"),
        (&["A"], &["B"], &["A", "B"], "0"),
    ] {
        let components = [
            ("caller.wasm", with_rights(&caller(&[FACE], "f"), &env(parent))),
            ("counts.wasm", with_rights(&counts_variables(), &env(child))),
        ];
        let grants = granted.iter().fold(Grants::new(), |grants, name| grants.env(*name, "x"));
        let request = RunRequest::new("call0", "{}").grant(grants.open().unwrap());
        let output = load(&components).await.start(request).outcome().await.result.unwrap();
        assert_eq!(output.as_str(), expected, "{parent:?} {child:?} {granted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_lacks_a_right_traps_its_caller_and_is_named() {
    let needs = with_rights(&counts_variables(), r#"{"rights":[{"env":"TOKEN"}]}"#);
    let host = load(&[("caller.wasm", caller(&[FACE], "f")), ("needs.wasm", needs)]).await;
    let request = RunRequest::new("call0", "{}").grant(Grants::new().env("TOKEN", "x").open().unwrap());
    let failure = host.start(request).outcome().await.result.unwrap_err();
    let Failure::Trap(trap) = &failure else { panic!("{failure:?}") };
    let expected = "the task `values.f`, which is `acme:p/values#f` here, failed: denied: env TOKEN: its parent a0 does \
                    not have it";
    assert!(trap.message.contains(expected), "{}", trap.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_what_a_child_says_is_masked() {
    let host = both(Limits::default()).await;
    for (task, inputs) in [("half_of", r#"{"number":9,"parts":0}"#), ("half_or_trap", r#"{"index":2}"#)] {
        let events = Arc::new(std::sync::Mutex::new(Vec::new()));
        let told = Arc::clone(&events);
        let sink = move |event: &RunEvent| told.lock().unwrap().push(format!("{event:?}"));
        let grants = Grants::new().secret("TOKEN", SECRET).secret("OTHER", "on purpose");
        let request = RunRequest::new(task, inputs).grant(grants.open().unwrap()).watch(Arc::new(sink));
        let failure = host.start(request).outcome().await.result.unwrap_err();
        let told = events.lock().unwrap().join("\n");
        for secret in [SECRET, "on purpose"] {
            assert!(!told.contains(secret), "{told}");
            assert!(!failure.to_string().contains(secret), "{failure}");
        }
    }
}

async fn both(limits: Limits) -> Host {
    let builder = Host::builder().pool(PoolSize { instances: 8 }).limits(limits);
    builder.load(IMPORTER).load(TYPED).build().await.unwrap()
}

/// The message of the trap by which a task of the importer ends.
async fn trap(limits: Limits, task: &str, inputs: &str) -> String {
    match both(limits).await.run(task, inputs).await.unwrap_err() {
        Failure::Trap(trap) => trap.message,
        failure => panic!("{failure:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn depth_and_the_number_of_actions_count() {
    const INPUTS: &str = r#"{"number":9,"parts":2}"#;
    let depth = |max_depth| Limits { max_depth, ..Limits::default() };
    assert_eq!(both(depth(2)).await.run("half_of", INPUTS).await.unwrap().as_str(), "4");
    let message = trap(depth(1), "half_of", INPUTS).await;
    assert!(message.contains(&Limit::Depth(1).to_string()), "{message}");
    let actions = |max_actions| Limits { max_actions, ..Limits::default() };
    let outcome = both(actions(2)).await.start(RunRequest::new("half_of", INPUTS)).outcome().await;
    assert_eq!((outcome.result.unwrap().as_str(), outcome.stats.actions), ("4", 2));
    let message = trap(actions(1), "half_of", INPUTS).await;
    assert!(message.contains(&Limit::Actions(1).to_string()), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_async_imports_run_at_once() {
    const INPUTS: &str = r#"{"numbers":[3,4]}"#;
    assert_eq!(both(Limits::default()).await.run("at_once", INPUTS).await.unwrap().as_str(), "[3,4]");
    // One after the other, there is never more than one.
    let one = || Limits { max_pending: 1, ..Limits::default() };
    assert_eq!(both(one()).await.run("both", INPUTS).await.unwrap().as_str(), "[3,4]");
    let message = trap(one(), "at_once", r#"{"numbers":[4294967295,4294967295]}"#).await;
    assert!(message.contains(&Limit::Pending(1).to_string()), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn aborting_the_root_ends_the_child() {
    let spins = exporter(FACE, number("(result i32) (loop (br 0)) (unreachable)"));
    let host = builder(&[("caller.wasm", caller(&[FACE], "f")), ("spins.wasm", spins)]).build().await.unwrap();
    let tree = Arc::new(RunTree::default());
    let run = host.start(RunRequest::new("call0", "{}").watch(tree.clone()));
    until_running(&tree, 2).await;
    run.abort();
    let outcome = run.outcome().await;
    assert!(matches!(outcome.result, Err(Failure::Aborted(AbortCause::Run))), "{outcome:?}");
    let actions = tree.actions();
    assert_eq!(actions.len(), 2);
    assert!(actions.iter().all(|action| action.phase == Phase::Aborted), "{actions:?}");
}
