//! A component whose imports are tasks of another one: each call is a child action.

use flyte_host::run::{Failure, RunEvent};
use flyte_host::{Host, HostError, LoadError, PoolSize};
use flyte_host_artifacts::{IMPORTER, TYPED};

use crate::support::events_of;

async fn both() -> Host {
    // In either order: what is imported may be loaded later.
    Host::builder().pool(PoolSize { instances: 8 }).load(IMPORTER).load(TYPED).build().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_an_import_is_a_child_action() {
    let (outcome, events) = events_of(&both().await, "half_of", r#"{"number":9,"parts":2}"#).await;
    assert_eq!(outcome.result.unwrap().as_str(), "4");
    let tasks = events.into_iter().filter_map(|event| match event {
        RunEvent::ActionQueued { task, parent, .. } => Some((task.to_string(), parent.is_some())),
        _ => None,
    });
    assert_eq!(tasks.collect::<Vec<_>>(), [("half_of".to_owned(), false), ("values.divide".to_owned(), true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_async_import_waits_for_its_child() {
    assert_eq!(both().await.run("both", r#"{"numbers":[3,4]}"#).await.unwrap().as_str(), "[3,4]");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_the_import_knows_comes_back_as_its_value() {
    let host = both().await;
    let failure = host.run("half_of", r#"{"number":9,"parts":0}"#).await.unwrap_err();
    let Failure::Task(error) = &failure else { panic!("{failure:?}") };
    assert_eq!(error.message, "no half: 9 cannot be divided by 0");
    assert_eq!(host.run("half_or_trap", r#"{"index":0}"#).await.unwrap().as_str(), r#""Err(())""#);
    assert_eq!(host.run("half_or_trap", r#"{"index":1}"#).await.unwrap().as_str(), r#""nothing""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_traps_ends_its_caller_where_the_import_has_no_word_for_it() {
    let failure = both().await.run("half_or_trap", r#"{"index":2}"#).await.unwrap_err();
    let Failure::Trap(trap) = &failure else { panic!("{failure:?}") };
    assert!(trap.message.contains("the task `values.crash`"), "{}", trap.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_nobody_has_is_named() {
    let error = Host::builder().load(IMPORTER).build().await.unwrap_err();
    let HostError::Load(LoadError::Import { import, task, reason, .. }) = &error else { panic!("{error:?}") };
    assert!(import.starts_with("demo:typed/values@1.2.0#"), "{import}");
    assert!(task.starts_with("values."), "{task}");
    assert_eq!(*reason, format!("unknown task `{task}`; no other component is loaded"));
}
