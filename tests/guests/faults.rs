//! Ways to fail.

use std::fmt;

use flyte_guest::{TaskError, record, task};

#[task]
fn panics(message: String) -> u64 {
    panic!("{message}");
}

/// A panic some calls down, for the backtrace.
#[task]
fn panics_below() -> u64 {
    level_one(std::hint::black_box(3))
}

#[inline(never)]
fn level_one(n: u64) -> u64 {
    level_two(n) + 1
}

#[inline(never)]
fn level_two(n: u64) -> u64 {
    let empty: Vec<u64> = Vec::new();
    empty[usize::try_from(n).unwrap_or(0)]
}

#[task]
fn fails(message: String) -> Result<u64, String> {
    Err(message)
}

#[derive(Debug)]
struct Outer(Inner);
#[derive(Debug)]
struct Inner;

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the batch was not stored")
    }
}
impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the shelf is full")
    }
}
impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
impl std::error::Error for Inner {}

/// An error with a cause.
#[task]
fn fails_with_a_cause() -> Result<(), Outer> {
    Err(Outer(Inner))
}

/// Lets a child's failure through.
#[task]
async fn passes_on() -> Result<u64, TaskError> {
    fails::invoke("no luck".to_owned()).await
}

/// Recovers from a child's failure.
#[task]
async fn recovers() -> String {
    match panics::invoke("in the child".to_owned()).await {
        Ok(_) => "no failure".to_owned(),
        Err(error) => format!("{:?}: {}", error.kind(), error.message()),
    }
}

#[task]
fn exits(status: i32) -> u64 {
    std::process::exit(status)
}

/// Asks for far too much memory, copes, and then fails for another reason.
#[task]
fn copes_and_panics() -> u64 {
    let mut wish: Vec<u8> = Vec::new();
    assert!(wish.try_reserve(std::hint::black_box(1 << 30)).is_err());
    std::hint::black_box(&wish);
    panic!("something else");
}

/// Recurses until the stack is gone.
#[task]
fn overflows(depth: u64) -> u64 {
    let here = std::hint::black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { overflows(depth + 1).wrapping_add(here[3]) }
}

/// Takes memory, a mebibyte at a time, until there is no more.
#[task]
fn hoards() -> u64 {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(vec![1; 1 << 20]);
        std::hint::black_box(&hoard);
    }
}

#[record]
struct Measured {
    values: Vec<f64>,
}

/// Returns what JSON has no word for.
#[task]
fn not_a_number() -> Measured {
    Measured { values: vec![1.0, f64::NAN] }
}

/// Sends it to a child.
#[task]
async fn sends_not_a_number() -> Result<Measured, TaskError> {
    takes_measured::invoke(Measured { values: vec![f64::INFINITY] }).await
}

#[task]
fn takes_measured(measured: Measured) -> Measured {
    measured
}

/// Prints instead of returning only.
#[task]
fn prints() -> u64 {
    #[expect(clippy::print_stdout, reason = "what a guest prints must not end up among the host's data")]
    {
        println!("{{\"not\": \"data\"}}");
    }
    7
}

flyte_guest::export!(
    panics,
    panics_below,
    fails,
    fails_with_a_cause,
    passes_on,
    recovers,
    exits,
    overflows,
    hoards,
    copes_and_panics,
    not_a_number,
    sends_not_a_number,
    takes_measured,
    prints,
);
