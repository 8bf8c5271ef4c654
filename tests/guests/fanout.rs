//! Children: many at once, many in sequence, deep ones, dropped ones.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use flyte_guest::futures::future::{join_all, select, try_join_all};
use flyte_guest::futures::stream::{FuturesUnordered, StreamExt, TryStreamExt};
use flyte_guest::{ErrorKind, TaskError, map, task};

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

/// Takes `millis` milliseconds, then returns them.
#[task]
fn nap(millis: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(millis));
    millis
}

/// Never ends.
#[task]
fn hang() {
    std::thread::sleep(Duration::from_secs(3600));
}

/// Naps of an iterator that does not know how many there are.
#[task]
async fn naps_filtered(millis: Vec<u64>) -> Result<Vec<u64>, TaskError> {
    nap::map(millis.into_iter().filter(|millis| *millis > 0)).await
}

/// So many naps, each in a group of its own.
#[task]
async fn naps_apart(groups: u64, millis: u64) -> Result<u64, TaskError> {
    let naps = (0..groups).map(|n| nap::invoke(millis).group(format!("group {n}")));
    Ok(try_join_all(naps).await?.iter().sum())
}

/// Computes forever.
#[task]
fn spin() -> u64 {
    let mut n = 0u64;
    while std::hint::black_box(true) {
        n = n.wrapping_add(1);
    }
    n
}

/// The doubles of 0 to n - 1, all at once.
#[task]
async fn fan_out(n: u64) -> Result<u64, TaskError> {
    Ok(try_join_all((0..n).map(double::invoke)).await?.iter().sum())
}

/// The same, taking results as they come.
#[task]
async fn fan_out_unordered(n: u64) -> Result<u64, TaskError> {
    let mut children: FuturesUnordered<_> = (0..n).map(double::invoke).collect();
    let mut sum = 0;
    while let Some(result) = children.next().await {
        sum += result?;
    }
    Ok(sum)
}

/// Takes `millis` milliseconds, then returns them, or fails.
#[task]
fn nap_or_fail(millis: u64, fails: bool) -> Result<u64, TaskError> {
    std::thread::sleep(Duration::from_millis(millis));
    if fails { Err(TaskError::permanent("had a bad dream")) } else { Ok(millis) }
}

/// The doubles of 0 to n - 1, as a fan-out gives them.
#[task]
async fn mapped(n: u64) -> Result<Vec<u64>, TaskError> {
    double::map(0..n).await
}

/// The sum of the doubles of 0 to n - 1, of which only some are held at once.
#[task]
async fn streamed(n: u64) -> Result<u64, TaskError> {
    double::map(0..n).results().try_fold(0, async |sum, double| Ok(sum + double)).await
}

/// How long `n` naps took together, in milliseconds, of which at most `limit` are to run at once.
#[task]
async fn naps_together(n: u64, millis: u64, limit: usize) -> Result<u128, TaskError> {
    let start = Instant::now();
    nap::map((0..n).map(|_| millis)).concurrency(limit).await?;
    Ok(start.elapsed().as_millis())
}

/// The naps' lengths, or the first failure.
#[task]
async fn naps_unless_one_fails(naps: Vec<(u64, bool)>) -> Result<Vec<u64>, TaskError> {
    nap_or_fail::map(naps).group("naps").await
}

/// What came of each nap.
#[task]
async fn naps_settled(naps: Vec<(u64, bool)>) -> Vec<String> {
    let results = nap_or_fail::map(naps).settled().await;
    results.into_iter().map(|result| result.map_or_else(|error| error.to_string(), |nap| nap.to_string())).collect()
}

/// The naps' lengths in the order in which they ended.
#[task]
async fn finishing_order(millis: Vec<u64>) -> Result<Vec<u64>, TaskError> {
    let children: FuturesUnordered<_> = millis.into_iter().map(nap::invoke).collect();
    let results: Vec<Result<u64, TaskError>> = children.collect().await;
    results.into_iter().collect()
}

/// The doubles of 0 to n - 1, one after the other.
#[task]
async fn sequence(n: u64) -> Result<u64, TaskError> {
    let mut sum = 0;
    for i in 0..n {
        sum += double::invoke(i).await?;
    }
    Ok(sum)
}

/// Counts down by invoking itself.
#[task]
async fn recurse(depth: u64) -> Result<u64, TaskError> {
    if depth <= 1 { Ok(1) } else { Ok(1 + recurse::invoke(depth - 1).await?) }
}

/// Counts down by invoking itself, and tries again where that fails.
#[task(retries = 2)]
async fn insists(depth: u64) -> Result<u64, TaskError> {
    if depth <= 1 { Ok(1) } else { Ok(1 + insists::invoke(depth - 1).await?) }
}

/// Every action invokes `width` of the next level.
#[task]
async fn tree(depth: u64, width: u64) -> Result<u64, TaskError> {
    if depth <= 1 {
        return Ok(1);
    }
    let below = try_join_all((0..width).map(|_| tree::invoke(depth - 1, width))).await?;
    Ok(1 + below.iter().sum::<u64>())
}

/// How many of `n` invocations were under way at once, with a bound of `limit`.
#[task]
async fn most_at_once(n: u64, limit: usize) -> Result<u64, TaskError> {
    let under_way = Rc::new(Cell::new(0u64));
    let most = Rc::new(Cell::new(0u64));
    map(0..n, limit, |i| {
        let (under_way, most) = (Rc::clone(&under_way), Rc::clone(&most));
        async move {
            under_way.set(under_way.get() + 1);
            most.set(most.get().max(under_way.get()));
            let result = double::invoke(i).await;
            under_way.set(under_way.get() - 1);
            result
        }
    })
    .await?;
    Ok(most.get())
}

/// Which limits `n` children hit that never end, run one at a time, and have `millis` milliseconds for all together.
#[task]
async fn hangs_within(n: u64, millis: u64) -> Vec<String> {
    let children = hang::map((0..n).map(|_| ())).concurrency(1).within(Duration::from_millis(millis));
    children.settled().await.into_iter().map(|result| told(result.map(drop))).collect()
}

/// Which limit a child hits that has `millis` milliseconds, while its siblings never end.
#[task]
async fn waits_within(millis: u64) -> String {
    let siblings = join_all((0..8).map(|_| hang::invoke()));
    match select(siblings, hang::invoke().within(Duration::from_millis(millis))).await {
        flyte_guest::futures::future::Either::Left(_) => "the siblings ended".to_owned(),
        flyte_guest::futures::future::Either::Right((result, _)) => told(result.map(drop)),
    }
}

/// Which limit a child hits that has children, and `millis` milliseconds.
#[task]
async fn parent_within(millis: u64) -> String {
    told(hang_together::invoke(3).within(Duration::from_millis(millis)).await.map(drop))
}

fn told(result: Result<(), TaskError>) -> String {
    result.map_or_else(|error| format!("{:?}: {}", error.kind(), error.message()), |()| "ended".to_owned())
}

/// Returns without waiting for a child that was started.
#[task]
async fn walk_away() -> u64 {
    let hanging = Box::pin(hang::invoke());
    let quick = Box::pin(double::invoke(21));
    match select(quick, hanging).await {
        flyte_guest::futures::future::Either::Left((result, _hanging)) => result.unwrap_or(0),
        flyte_guest::futures::future::Either::Right(_) => 0,
    }
}

/// Drops a child and goes on to invoke others.
#[task]
async fn drop_one() -> Result<u64, TaskError> {
    {
        let hanging = Box::pin(hang::invoke());
        let quick = Box::pin(double::invoke(1));
        select(quick, hanging).await;
    }
    double::invoke(20).await
}

/// Invokes `hang` n times and waits.
#[task]
async fn hang_together(n: u64) -> u64 {
    join_all((0..n).map(|_| hang::invoke())).await.len() as u64
}

/// Invokes a task by a name it gets, with the inputs it gets, and tells how that failed.
#[task]
async fn kind_of_failure(task: String, inputs: flyte_guest::serde_json::Value) -> String {
    match flyte_guest::invoke_named::<flyte_guest::serde_json::Value>(&task, &inputs).await {
        Ok(value) => format!("ok: {value}"),
        Err(error) => {
            let known = [
                (ErrorKind::Task, "task"),
                (ErrorKind::InvalidInput, "invalid-input"),
                (ErrorKind::InvalidOutput, "invalid-output"),
                (ErrorKind::UnknownTask, "unknown-task"),
                (ErrorKind::Trap, "trap"),
                (ErrorKind::Limit, "limit"),
            ];
            let kind = known.iter().find(|(kind, _)| *kind == error.kind()).map_or("other", |(_, name)| name);
            format!("{kind}: {}", error.message())
        }
    }
}

flyte_guest::export!(
    double,
    nap,
    naps_filtered,
    naps_apart,
    hang,
    spin,
    fan_out,
    fan_out_unordered,
    nap_or_fail,
    mapped,
    streamed,
    naps_together,
    naps_unless_one_fails,
    naps_settled,
    finishing_order,
    sequence,
    recurse,
    insists,
    tree,
    most_at_once,
    walk_away,
    drop_one,
    hang_together,
    hangs_within,
    waits_within,
    parent_within,
    kind_of_failure,
);
