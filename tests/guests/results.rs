//! Tasks whose results are kept. Each tells its action, so that one sees who computed it.

use std::time::Duration;

use flyte_guest::futures::future::try_join_all;
use flyte_guest::{TaskError, context, task};

fn told(what: impl std::fmt::Display) -> String {
    format!("{} {what}", context().action)
}

/// Parameters that don't matter, and one that has a default.
#[task(cache(auto, ignored = ["note"]))]
fn plain(key: u64, #[task(default = "")] note: String, #[task(default = 3)] level: u64) -> String {
    let _ = note;
    told(key + level)
}

/// Whatever the component is.
#[task(cache(version = "v1"))]
fn versioned(key: u64) -> String {
    told(key)
}

/// For a millisecond.
#[task(cache(auto, max_age = "1ms"))]
fn brief() -> String {
    told("brief")
}

/// For an hour.
#[task(cache(auto, max_age = "1h"))]
fn lasting() -> String {
    told("lasting")
}

/// So many bytes.
#[task(cache = "auto")]
fn large(key: u64, bytes: usize) -> String {
    let _ = key;
    "x".repeat(bytes)
}

/// The secret that it was given.
#[task(cache = "auto", rights(env = "TOKEN"))]
fn reveals() -> String {
    std::env::var("TOKEN").unwrap_or_default()
}

/// It has a directory, whatever is in it.
#[task(cache = "auto", rights(read = "/data"))]
fn reads() -> String {
    told("read")
}

/// So many bytes, or the secret.
#[task(cache(auto, ignored = ["bytes"]), rights(env = "TOKEN"))]
fn varies(bytes: usize) -> String {
    if bytes == 0 { std::env::var("TOKEN").unwrap_or_default() } else { "x".repeat(bytes) }
}

/// One at a time; it takes as long as it is told.
#[task(cache(auto, serialize, ignored = ["millis"]))]
fn slow(key: u64, millis: u64) -> String {
    std::thread::sleep(Duration::from_millis(millis));
    told(key)
}

/// One at a time, and it fails after some time if it is told to.
#[task(cache(auto, serialize, ignored = ["fails"]))]
fn fragile(fails: bool) -> Result<String, TaskError> {
    if fails {
        std::thread::sleep(Duration::from_millis(300));
        return Err(TaskError::permanent("no luck"));
    }
    Ok(told("luck"))
}

/// Many children with one key.
#[task]
async fn crowd(n: u64, key: u64, millis: u64) -> Result<Vec<String>, TaskError> {
    slow::map((0..n).map(|_| (key, millis))).await
}

/// Many children at once, each with a key of its own.
#[task]
async fn apart(n: u64) -> Result<usize, TaskError> {
    Ok(try_join_all((0..n).map(|key| slow::invoke(key, 0))).await?.len())
}

/// Many children with one key, below one that others may wait for.
#[task(cache(auto, serialize))]
async fn crowd_below(n: u64, key: u64, millis: u64) -> Result<Vec<String>, TaskError> {
    slow::map((0..n).map(|_| (key, millis))).await
}

/// It invokes itself, with the same inputs as far as the cache looks.
#[task(cache(auto, serialize, ignored = ["depth"]))]
async fn itself(depth: u64) -> Result<String, TaskError> {
    if depth == 0 { Ok(told("at the bottom")) } else { itself::invoke(depth - 1).await }
}

/// It invokes `pong`, which invokes it.
#[task(cache(auto, serialize, ignored = ["depth"]))]
async fn ping(depth: u64) -> Result<String, TaskError> {
    std::thread::sleep(Duration::from_millis(20));
    if depth == 0 { Ok(told("ping")) } else { pong::invoke(depth - 1).await }
}

/// It invokes `ping`, which invokes it.
#[task(cache(auto, serialize, ignored = ["depth"]))]
async fn pong(depth: u64) -> Result<String, TaskError> {
    std::thread::sleep(Duration::from_millis(20));
    if depth == 0 { Ok(told("pong")) } else { ping::invoke(depth - 1).await }
}

flyte_guest::export!(
    environment = "results",
    tasks = [
        plain,
        versioned,
        brief,
        lasting,
        large,
        reveals,
        reads,
        varies,
        slow,
        fragile,
        crowd,
        apart,
        crowd_below,
        itself,
        ping,
        pong
    ]
);
