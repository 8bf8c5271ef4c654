//! Attacks with children.

use std::collections::BTreeMap;

use flyte_guest::futures::FutureExt;
use flyte_guest::futures::future::{join_all, try_join_all};
use flyte_guest::{Invocation, TaskError, invoke_named, task};

fn child<T: flyte_guest::Value>(task: &str) -> Invocation<T> {
    invoke_named(task, &BTreeMap::<String, u64>::new())
}

/// More at once than the run may have.
#[task]
async fn invokes_wide() -> Result<u64, TaskError> {
    Ok(try_join_all((0..20_000).map(|_| child::<u64>("harmless"))).await?.len() as u64)
}

#[task]
async fn invokes_deep() -> Result<u64, TaskError> {
    invokes_deep::invoke().await
}

#[task]
async fn invokes_forever() -> Result<u64, TaskError> {
    loop {
        child::<u64>("harmless").await?;
    }
}

/// Every action invokes two of its own kind, whatever becomes of them.
#[task]
async fn doubles_itself() -> u64 {
    let both = join_all([doubles_itself::invoke(), doubles_itself::invoke()]).await;
    both.into_iter().map(|one| one.unwrap_or(1)).sum()
}

/// Starts a hundred thousand, and drops them all before any can end.
#[task]
async fn drops_a_hundred_thousand() -> u64 {
    let mut all = join_all((0..100_000).map(|_| child::<()>("sleeps_forever")));
    let ended = (&mut all).now_or_never().is_some();
    drop(all);
    u64::from(ended)
}

/// Starts children and returns.
#[task]
async fn never_awaits() -> u64 {
    let mut all = join_all((0..100).map(|_| child::<()>("sleeps_forever")));
    u64::from((&mut all).now_or_never().is_some())
}

/// Children by names of half a mebibyte.
#[task]
async fn invokes_by_huge_names() -> u64 {
    let name = "a".repeat(512 << 10);
    join_all((0..100).map(|_| child::<u64>(&name))).await.into_iter().filter(Result::is_err).count() as u64
}

/// Labels of half a mebibyte.
#[task]
async fn labels_hugely() -> u64 {
    let label = "a".repeat(512 << 10);
    join_all((0..100).map(|_| child::<u64>("harmless").group(label.clone()))).await.len() as u64
}

/// Children whose results together are more than the host holds, none of which is taken before all are there.
#[task]
async fn hoards_results() -> u64 {
    let held = join_all((0..100).map(|_| child::<String>("returns_a_mebibyte"))).await;
    held.into_iter().filter(Result::is_ok).count() as u64
}

#[task]
fn returns_a_mebibyte() -> String {
    "a".repeat((1 << 20) - 2)
}

/// The same with errors.
#[task]
async fn hoards_errors() -> u64 {
    join_all((0..100).map(|_| child::<()>("fails_with_a_mebibyte"))).await.len() as u64
}

#[task]
fn fails_with_a_mebibyte() -> Result<(), TaskError> {
    Err(TaskError::permanent("a".repeat(1 << 20)))
}

/// More than a child may be given.
#[task]
async fn sends_too_much() -> Result<String, TaskError> {
    let inputs = BTreeMap::from([("text".to_owned(), "a".repeat(3 << 20))]);
    invoke_named("harmless", &inputs).await
}

/// Fails at once, and asks to be tried four thousand million times, without a pause.
#[task(retries = 4_294_967_295)]
fn insists_forever() -> Result<(), TaskError> {
    Err(TaskError::new("again"))
}

/// What the others invoke.
#[task]
fn harmless() -> u64 {
    7
}

flyte_guest::export!(
    environment = "children",
    tasks = [
        invokes_wide,
        invokes_deep,
        invokes_forever,
        doubles_itself,
        drops_a_hundred_thousand,
        never_awaits,
        invokes_by_huge_names,
        labels_hugely,
        hoards_results,
        returns_a_mebibyte,
        hoards_errors,
        fails_with_a_mebibyte,
        sends_too_much,
        insists_forever,
        harmless,
    ]
);
