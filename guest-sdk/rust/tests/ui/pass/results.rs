//! Results under any name, with any error that can be shown.

use flyte_guest::{TaskError, task};

type Outcome<T> = std::result::Result<T, TaskError>;

#[task]
fn aliased() -> Outcome<u8> {
    Ok(1)
}

#[task]
fn report() -> anyhow::Result<u8> {
    Ok(1)
}

#[task]
fn io() -> std::io::Result<String> {
    std::fs::read_to_string("/nowhere")
}

#[task]
fn text() -> Result<(), &'static str> {
    Err("no")
}

#[task]
async fn boxed() -> Result<Option<u8>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(None)
}

#[task]
fn nothing() {}

flyte_guest::export!(
    environment = "results",
    tasks = [aliased, report, io, text, boxed, nothing],
);

fn main() {}
