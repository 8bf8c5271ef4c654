//! Parents of children that may fail at first and succeed later, when somebody has mended what was broken.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use flyte_guest::futures::stream::{FuturesUnordered, StreamExt};
use flyte_guest::{TaskError, context, task};

/// What the file of this name says; nothing where there is none.
fn state(name: &str) -> Option<u64> {
    std::fs::read_to_string(format!("/state/{name}")).ok()?.trim().parse().ok()
}

#[task]
fn step(n: u64) -> u64 {
    n * 10
}

/// The same, after so many milliseconds.
#[task]
fn slow(n: u64, millis: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(millis));
    n * 10
}

/// The same, except that one number fails as long as it is said to be broken.
#[task(rights(read = "/state"))]
fn fragile(n: u64) -> Result<u64, TaskError> {
    if state("broken") == Some(n) { Err(TaskError::permanent(format!("{n} is broken"))) } else { Ok(n * 10) }
}

/// The sum of a fan-out, of which one child may be broken.
#[task(rights(read = "/state"))]
async fn fan(n: u64) -> Result<u64, TaskError> {
    let results = fragile::map(0..n).settled().await;
    results.into_iter().try_fold(0, |sum, result| Ok(sum + result?))
}

/// Each level has a child that is done and one below that is not, down to the last.
#[task(rights(read = "/state"))]
async fn chain(depth: u64) -> Result<u64, TaskError> {
    if depth == 0 {
        return fragile::invoke(0).await;
    }
    Ok(step::invoke(depth).await? + chain::invoke(depth - 1).await?)
}

/// Goes on with whichever child ends first, and in the end with one that may be broken.
#[task(rights(read = "/state"))]
async fn reacts(millis: Vec<u64>) -> Result<Vec<u64>, TaskError> {
    let mut children: FuturesUnordered<_> = (1..).zip(millis).map(|(n, millis)| slow::invoke(n, millis)).collect();
    let mut order = Vec::new();
    while let Some(result) = children.next().await {
        let result = result?;
        order.push(step::invoke(result + order.len() as u64).await?);
    }
    fragile::invoke(0).await?;
    Ok(order)
}

/// A child for whatever the file `path` says, or none where it says nothing, and then one that may be broken.
#[task(rights(read = "/state"))]
async fn follows_a_file() -> Result<u64, TaskError> {
    let mut sum = 0;
    if let Some(number) = state("path") {
        sum += step::invoke(number).await?;
    }
    // Whatever becomes of the others, it has a result.
    Ok(sum + fragile::invoke(0).await.unwrap_or(1))
}

/// A child, unless the file `path` says something: then nothing but an error.
#[task(rights(read = "/state"))]
async fn gives_up() -> Result<u64, TaskError> {
    match state("path") {
        Some(_) => Err(TaskError::permanent("too late")),
        None => step::invoke(1).await,
    }
}

/// A child for the time it is.
#[task(rights(read = "/state"))]
async fn by_clock() -> Result<u64, TaskError> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    step::invoke(u64::try_from(now % 1_000_000_007).unwrap_or(0)).await?;
    fragile::invoke(0).await
}

/// Each attempt has a child of its own.
#[task(retries = 2, rights(read = "/state"))]
async fn insists() -> Result<u64, TaskError> {
    let attempt = u64::from(context().attempt);
    let sum = step::invoke(100).await? + step::invoke(attempt).await?;
    match fragile::invoke(0).await {
        Ok(last) => Ok(sum + last),
        Err(error) => Err(TaskError::new(error.message().to_owned())),
    }
}

/// Children that are alike, and one that may be broken among them.
#[task(rights(read = "/state"))]
async fn alike() -> Result<u64, TaskError> {
    let mut sum = 0;
    for n in [1, 1, 0, 1] {
        sum += fragile::invoke(n).await?;
    }
    Ok(sum)
}

/// Its result is kept, and that of one of its children.
#[task(cache = "auto", rights(read = "/state"))]
async fn keeps() -> Result<u64, TaskError> {
    let sum = step::invoke(1).await? + keeps_alone::invoke(2).await?;
    if state("broken") == Some(0) { Err(TaskError::permanent("it is broken")) } else { Ok(sum) }
}

/// Its result is kept, and it has no children.
#[task(cache = "auto", rights(read = "/state"))]
fn keeps_alone(n: u64) -> Result<u64, TaskError> {
    if state("broken") == Some(n) { Err(TaskError::permanent(format!("{n} is broken"))) } else { Ok(n * 10) }
}

/// Fails with a random number.
#[task]
fn gambles() -> Result<u64, TaskError> {
    Err(TaskError::permanent(format!("rolled {}", RandomState::new().hash_one(1))))
}

/// Has several gamble, and fails as the last one does.
#[task]
async fn gamblers() -> Result<u64, TaskError> {
    let mut last = Ok(0);
    for _ in 0..3 {
        last = gambles::invoke().await;
    }
    last
}

flyte_guest::export!(
    step,
    slow,
    fragile,
    fan,
    chain,
    reacts,
    follows_a_file,
    gives_up,
    by_clock,
    insists,
    alike,
    keeps,
    keeps_alone,
    gambles,
    gamblers
);
