#![allow(unused)]

use flyte_guest::task;

#[task(external, environment = "stats")]
async fn mean(values: Vec<f64>) -> f64;

#[task]
async fn caller() -> f64 {
    mean(vec![1.0]).await
}

fn main() {}
