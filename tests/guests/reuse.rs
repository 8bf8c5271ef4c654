//! Instances that are used again, and what they remember.

use std::hint::black_box;
use std::io::Write as _;
use std::mem::forget;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use flyte_guest::futures::future::{join_all, select};
use flyte_guest::{TaskError, context, task};

/// How many actions this instance has run.
static USES: AtomicU64 = AtomicU64::new(0);
/// How many it runs now, and the most it has run at once.
static NOW: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);

fn use_it() -> u64 {
    USES.fetch_add(1, Relaxed) + 1
}

/// The how-manieth action of its instance this is. Nothing is said of reuse.
#[task]
fn once() -> u64 {
    use_it()
}

#[task(reusable(max_uses = 3, scope = "global"))]
fn thrice() -> u64 {
    use_it()
}

#[task(reusable(scope = "global"))]
fn global() -> u64 {
    use_it()
}

#[task(reusable(scope = "run"))]
fn within_a_run() -> u64 {
    use_it()
}

#[task(reusable(idle_ttl = "50ms", scope = "global"))]
fn briefly() -> u64 {
    use_it()
}

/// The uses of `within_a_run`, invoked `n` times in sequence.
#[task]
async fn sequence(n: u64) -> Result<Vec<u64>, TaskError> {
    let mut uses = Vec::new();
    for _ in 0..n {
        uses.push(within_a_run::invoke().await?);
    }
    Ok(uses)
}

/// Does as it is told: `count`, or `fail`, `panic`, `allocate`, `spin`, `hang` or `leave` a child behind.
#[task(reusable(scope = "global"))]
async fn obeys(what: String) -> Result<u64, TaskError> {
    let uses = use_it();
    match &*what {
        "fail" => return Err(TaskError::new("as it was told")),
        "panic" => panic!("as it was told"),
        "allocate" => drop(black_box(vec![1_u8; 1 << 30])),
        "spin" => while black_box(true) {},
        "hang" => std::thread::sleep(Duration::from_secs(3600)),
        "leave" => {
            // Forgotten, not dropped: that would abort it, and it might have ended before this does.
            forget(select(Box::pin(nap::invoke(0)), Box::pin(nap::invoke(3_600_000))).await);
        }
        _ => {}
    }
    Ok(uses)
}

/// Prints a line without its end, and its use.
#[task(reusable(scope = "global"))]
fn prints(text: String) -> u64 {
    let mut stdout = std::io::stdout();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).expect("it can print");
    use_it()
}

/// Sleeps so many milliseconds.
#[task]
fn nap(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Waits for a nap. How many did so at once in this instance, at most, and the action that the host says it is.
#[task(reusable(concurrency = 4, scope = "global"))]
async fn at_once(millis: u64) -> Result<(u64, String), TaskError> {
    use_it();
    let now = NOW.fetch_add(1, Relaxed) + 1;
    MOST.fetch_max(now, Relaxed);
    let before = context().action;
    nap::invoke(millis).await?;
    assert_eq!(before, context().action, "the host took it for another");
    NOW.fetch_sub(1, Relaxed);
    Ok((MOST.load(Relaxed), before))
}

/// `at_once`, `n` times at once.
#[task]
async fn many_at_once(n: u64, millis: u64) -> Result<Vec<(u64, String)>, TaskError> {
    join_all((0..n).map(|_| at_once::invoke(millis))).await.into_iter().collect()
}

/// Never ends, beside others.
#[task(reusable(concurrency = 8, scope = "global"))]
fn shares_and_spins() {
    while black_box(true) {}
}

/// Several at once in one instance: one does as it is told, the others nap so long. How each of them ended.
#[task]
async fn beside(what: String, others: u64, millis: u64) -> Vec<String> {
    // So that there is an instance that all of them find.
    let _ = shares::invoke("nap".to_owned(), 0).await;
    let bad = shares::invoke(what, 0).max_runtime(Duration::from_millis(200));
    let good = (0..others).map(|_| shares::invoke("nap".to_owned(), millis));
    let ended = join_all(std::iter::once(bad).chain(good)).await;
    ended
        .into_iter()
        .map(|end| end.map_or_else(|error| error.message().to_owned(), |()| "well".to_owned()))
        .collect()
}

#[task(reusable(concurrency = 8, scope = "run"))]
async fn shares(what: String, millis: u64) -> Result<(), TaskError> {
    match &*what {
        "panic" => {
            nap::invoke(50).await?;
            panic!("as it was told")
        }
        "hang" => nap::invoke(3_600_000).await,
        "spin" => {
            nap::invoke(50).await?;
            while black_box(true) {}
            Ok(())
        }
        "block" => {
            nap::invoke(50).await?;
            std::thread::sleep(Duration::from_secs(3600));
            Ok(())
        }
        _ => nap::invoke(millis).await,
    }
}

flyte_guest::export!(
    once,
    thrice,
    global,
    within_a_run,
    briefly,
    sequence,
    obeys,
    prints,
    nap,
    at_once,
    many_at_once,
    beside,
    shares,
    shares_and_spins,
);
