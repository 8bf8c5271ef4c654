#![allow(unused)]

use flyte_guest::task;

#[task(retires = 2, backoff(initial = "100 sec", factor = 0.5), max_runtime = 30, cache = "always")]
async fn unlucky<T>((a, b): (u8, u8), text: &str) -> impl Sized {}

fn main() {}
