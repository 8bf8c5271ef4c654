#![allow(unused)]

use flyte_guest::task;

#[task(external, retries = 2, cache = "auto")]
async fn mean(values: Vec<f64>) -> f64;

#[task(external)]
async fn median(values: Vec<f64>) -> f64 {
    0.0
}

#[task(external)]
async fn mode(#[task(default = 1)] count: u8) -> f64;

flyte_guest::export!(mean);

fn main() {}
