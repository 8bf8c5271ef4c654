//! What benchmarks measure: small tasks, wide fan-outs of them, and larger records.

use std::hint::black_box;

use flyte_guest::futures::future::try_join_all;
use flyte_guest::{TaskError, record, serde_json, task};

/// What the model looks at.
#[record]
pub struct InferenceRequest {
    feature_a: f64,
    feature_b: f64,
}

impl InferenceRequest {
    /// A made-up one, the same for the same number; its prediction is `8 * number + 1`.
    fn of(number: u64) -> Self {
        let feature_a = number as f64;
        Self { feature_a, feature_b: 2.0 * feature_a }
    }

    fn predict(&self) -> f64 {
        2.0 * self.feature_a + 3.0 * self.feature_b + 1.0
    }
}

/// A dummy linear model, in an instance of its own each time.
#[task]
async fn predict_one(request: InferenceRequest) -> f64 {
    request.predict()
}

/// The same model, in instances that stay.
#[task(reusable(max_uses = 1_000_000, idle_ttl = "60s", scope = "global"))]
async fn predict_warm(request: InferenceRequest) -> f64 {
    request.predict()
}

/// The sum of `n` predictions, each by a child.
#[task]
async fn fan_out(n: u64) -> Result<f64, TaskError> {
    let predictions = try_join_all((0..n).map(InferenceRequest::of).map(predict_one::invoke)).await?;
    Ok(predictions.iter().fold(0.0, |sum, prediction| sum + prediction))
}

/// The same.
#[task]
async fn fan_out_warm(n: u64) -> Result<f64, TaskError> {
    let predictions = try_join_all((0..n).map(InferenceRequest::of).map(predict_warm::invoke)).await?;
    Ok(predictions.iter().fold(0.0, |sum, prediction| sum + prediction))
}

/// An order, as a shop might pass it on; its size is that of its lines.
#[record]
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    id: String,
    customer: Customer,
    lines: Vec<Line>,
    paid: bool,
    note: Option<String>,
}

#[record]
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    name: String,
    address: Vec<String>,
    tags: Vec<String>,
}

/// About 100 bytes of JSON.
#[record]
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    article: String,
    quantity: u32,
    price: f64,
    state: State,
    delivered: Option<u64>,
}

#[record]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    Ordered,
    Packed,
    Sent,
}

/// A record of so many lines, the same each time.
#[task]
fn make_record(lines: u32) -> Record {
    let line = |number: u32| Line {
        article: format!("article-{number:08}"),
        quantity: number % 9 + 1,
        price: f64::from(number) * 1.25 + 0.99,
        state: [State::Ordered, State::Packed, State::Sent][number as usize % 3],
        delivered: number.is_multiple_of(3).then(|| 1_700_000_000 + u64::from(number)),
    };
    Record {
        id: format!("order-{lines}"),
        customer: Customer {
            name: "Ada Lovelace".to_owned(),
            address: ["12 St James's Square", "London"].map(str::to_owned).to_vec(),
            tags: vec!["early \"bird\"".to_owned(), "größe".to_owned()],
        },
        lines: (0..lines).map(line).collect(),
        paid: true,
        note: None,
    }
}

/// Gives back what it gets.
#[task]
fn echo(record: Record) -> Record {
    record
}

/// What `n` children give back of this record, in lines.
#[task]
async fn echo_many(record: Record, n: u64) -> Result<u64, TaskError> {
    let echoes = try_join_all((0..n).map(|_| echo::invoke(record.clone()))).await?;
    Ok(echoes.iter().map(|echo| echo.lines.len() as u64).sum())
}

/// Reads and writes the record's JSON `times` times, with serde_json and nothing else, and tells how many bytes it wrote.
#[task]
fn parse_and_print(record: Record, times: u32) -> Result<u64, TaskError> {
    let text = serde_json::to_string(&record).map_err(TaskError::from_error)?;
    let mut bytes = 0;
    for _ in 0..times {
        let parsed: Record = serde_json::from_str(black_box(&text)).map_err(TaskError::from_error)?;
        bytes += black_box(serde_json::to_string(&parsed).map_err(TaskError::from_error)?).len() as u64;
    }
    Ok(bytes)
}

/// Does nothing.
#[task]
fn idle() {}

flyte_guest::export!(
    environment = "measured",
    tasks = [predict_one, predict_warm, fan_out, fan_out_warm, make_record, echo, echo_many, parse_and_print, idle]
);
