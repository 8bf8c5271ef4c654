//! Tasks that ask to be run in a certain way.

use std::time::Duration;

use flyte_guest::{TaskError, context, task};

fn fail_before(attempt: u32) -> Result<u32, TaskError> {
    let now = context().attempt;
    if now < attempt { Err(TaskError::new(format!("attempt {now} is too early"))) } else { Ok(now) }
}

/// Succeeds with the attempt of this number and returns it.
#[task(retries = 3, backoff(initial = "1ms", factor = 2.0, cap = "3ms"))]
fn needs_attempts(attempt: u32) -> Result<u32, TaskError> {
    fail_before(attempt)
}

/// Fails once and for all.
#[task(retries = 3)]
fn permanent() -> Result<u32, TaskError> {
    Err(TaskError::permanent(format!("attempt {} will not help", context().attempt)))
}

/// Traps, which is not retried unless asked for.
#[task(retries = 3)]
fn traps_once() -> u32 {
    assert!(context().attempt > 1, "the first attempt");
    context().attempt
}

/// Traps, and asks for another attempt.
#[task(retries = 3, retry_on(trap))]
fn traps_but_retries() -> u32 {
    assert!(context().attempt > 1, "the first attempt");
    context().attempt
}

/// Takes too long at first, and asks for another attempt.
#[task(retries = 1, retry_on(limit), max_runtime = "1s")]
fn slow_at_first() -> u32 {
    if context().attempt == 1 {
        std::thread::sleep(Duration::from_secs(3600));
    }
    context().attempt
}

/// Fails a thousand times over, without a pause.
#[task(retries = 2000)]
fn never() -> Result<u32, TaskError> {
    Err(TaskError::new("again"))
}

/// May take 50 ms and takes forever, without a pause.
#[task(max_runtime = "50ms")]
fn too_slow() -> u64 {
    let mut n = 0u64;
    while std::hint::black_box(true) {
        n = n.wrapping_add(1);
    }
    n
}

/// Where it runs: each action has its own answer unless it comes from the cache.
#[task(cache = "auto")]
fn where_am_i(salt: u64) -> String {
    format!("{} {salt}", context().action)
}

/// The answers of three invocations, two with the same input.
#[task]
async fn ask_thrice() -> Result<Vec<String>, TaskError> {
    let mut answers = Vec::new();
    for salt in [1, 1, 2] {
        answers.push(where_am_i::invoke(salt).await?);
    }
    Ok(answers)
}

/// Overrides a child's retries.
#[task]
async fn without_retries() -> Result<u32, TaskError> {
    needs_attempts::invoke(2).retries(0).await
}

/// Overrides a child's time.
#[task]
async fn in_a_hurry() -> String {
    match naps::invoke().max_runtime(Duration::from_millis(50)).await {
        Ok(()) => "it was quick".to_owned(),
        Err(error) => format!("{:?}", error.kind()),
    }
}

/// Fails, and has at least an hour's pause before it tries again.
#[task(retries = 1, backoff(initial = "2h", cap = "2h"))]
fn tries_later() -> Result<u32, TaskError> {
    Err(TaskError::new("not now"))
}

/// Bounds children from their invocation on; of several bounds the shortest holds.
#[task]
async fn within() -> Vec<String> {
    let (short, long) = (Duration::from_millis(100), Duration::from_secs(3600));
    let told = |result: Result<String, TaskError>| result.unwrap_or_else(|error| error.message().to_owned());
    vec![
        told(tries_later::invoke().within(short).await.map(|_| String::new())),
        told(naps::invoke().max_runtime(long).within(short).await.map(|()| String::new())),
        told(too_slow::invoke().within(long).await.map(|_| String::new())),
        told(where_am_i::invoke(9).within(long).await),
    ]
}

#[task]
fn naps() {
    std::thread::sleep(Duration::from_secs(3600));
}

flyte_guest::export!(
    environment = "policies",
    tasks = [
        needs_attempts,
        permanent,
        traps_once,
        traps_but_retries,
        slow_at_first,
        too_slow,
        never,
        where_am_i,
        ask_thrice,
        without_retries,
        in_a_hurry,
        tries_later,
        within,
        naps,
    ]
);
