//! Tasks that take as much as they are told to.

use flyte_guest::futures::future::join_all;
use flyte_guest::{ErrorKind, TaskError, task};

/// Returns a text of so many bytes.
#[task]
fn text(bytes: usize) -> String {
    "x".repeat(bytes)
}

/// Fails with a message of so many bytes.
#[task]
fn fails(bytes: usize) -> Result<(), String> {
    Err("x".repeat(bytes))
}

/// How long a text is.
#[task]
fn length(text: String) -> usize {
    text.len()
}

/// Hands a child a text of so many bytes, and tells what came of it.
#[task]
async fn hands_on(bytes: usize) -> String {
    match length::invoke("x".repeat(bytes)).await {
        Ok(length) => length.to_string(),
        Err(error) => format!("{:?}: {}", error.kind(), error.message()),
    }
}

/// Hands texts of so many bytes to so many children at once, and tells how many failed by a limit.
#[task]
async fn hands_on_to_many(bytes: usize, children: usize) -> usize {
    let text = "x".repeat(bytes);
    let results = join_all((0..children).map(|_| length::invoke(text.clone()))).await;
    results.iter().filter(|result| result.as_ref().is_err_and(is_limit)).count()
}

/// Starts so many children at once that wait, and drops them all.
#[task]
async fn starts(children: usize) -> usize {
    let started: Vec<_> = (0..children).map(|_| Box::pin(length::invoke(String::new()))).collect();
    let results = join_all(started).await;
    results.iter().filter(|result| result.as_ref().is_err_and(is_limit)).count()
}

fn is_limit(error: &TaskError) -> bool {
    error.kind() == ErrorKind::Limit
}

/// Prints so many lines.
#[task]
#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn prints(lines: usize) -> usize {
    for line in 0..lines {
        println!("line {line:>94}");
    }
    lines
}

/// Computes for so many rounds.
#[task]
fn computes(rounds: u64) -> u64 {
    (0..rounds).fold(1, |sum, round| std::hint::black_box(sum ^ round.wrapping_mul(0x9e37_79b9)))
}

/// Takes so many bytes of memory.
#[task]
fn takes(bytes: usize) -> usize {
    std::hint::black_box(vec![1u8; bytes]).len()
}

flyte_guest::export!(text, fails, length, hands_on, hands_on_to_many, starts, prints, computes, takes);
