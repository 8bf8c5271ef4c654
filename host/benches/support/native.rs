//! What the guests do, without a sandbox and by serde_json alone: the types are those of `tests/guests/measured.rs`.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Inputs {
    request: InferenceRequest,
}

#[derive(Deserialize)]
struct InferenceRequest {
    feature_a: f64,
    feature_b: f64,
}

/// `predict_one` so many times, from its inputs to its output.
pub(crate) fn predict_again(times: usize, inputs: &str) {
    for _ in 0..times {
        let Inputs { request } = serde_json::from_str(black_box(inputs)).unwrap();
        let prediction = 2.0 * request.feature_a + 3.0 * request.feature_b + 1.0;
        drop(black_box(serde_json::to_string(&prediction).unwrap()));
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    id: String,
    customer: Customer,
    lines: Vec<Line>,
    paid: bool,
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Customer {
    name: String,
    address: Vec<String>,
    tags: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    article: String,
    quantity: u32,
    price: f64,
    state: State,
    delivered: Option<u64>,
}

#[derive(Serialize, Deserialize)]
enum State {
    Ordered,
    Packed,
    Sent,
}

/// `echo` so many times, from the record's text to the same text.
pub(crate) fn echo_again(times: usize, record: &str) {
    for _ in 0..times {
        let parsed: Record = serde_json::from_str(black_box(record)).unwrap();
        drop(black_box(serde_json::to_string(&parsed).unwrap()));
    }
}

/// Copies the bytes so many times.
pub(crate) fn copy_again(times: usize, from: &[u8], to: &mut [u8]) {
    for _ in 0..times {
        black_box(&mut *to).copy_from_slice(black_box(from));
    }
}
