//! Tasks as unit tests see them: called, invoked, mapped over, failing.

#![allow(clippy::unwrap_used, reason = "a test says by it what it expects")]

use flyte_guest::futures::StreamExt;
use flyte_guest::futures::future::try_join_all;
use flyte_guest::futures::stream::FuturesUnordered;
use flyte_guest::testing::{block_on, stand_in};
use flyte_guest::{ErrorKind, TaskError, invoke_named, map, record, serde_json, task};
use serde_json::json;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

#[record]
#[derive(Debug, Clone, PartialEq)]
struct InferenceRequest {
    feature_a: f64,
    feature_b: f64,
}

#[record]
#[derive(Debug, Clone, PartialEq)]
struct BatchRequest {
    requests: Vec<InferenceRequest>,
    #[record(default = "default")]
    batch_id: String,
}

#[record]
#[derive(Debug, PartialEq)]
struct PredictionSummary {
    predictions: Vec<f64>,
    average: f64,
    count: u64,
    batch_id: String,
}

/// A dummy linear model.
#[task]
async fn predict_one(request: InferenceRequest) -> f64 {
    2.0 * request.feature_a + 3.0 * request.feature_b + 1.0
}

#[task(retries = 2, backoff(initial = "100ms", factor = 2.0, cap = "5s"), retry_on(trap, limit), cache = "auto")]
async fn process_batch(batch: BatchRequest) -> Result<PredictionSummary, TaskError> {
    let predictions = try_join_all(batch.requests.into_iter().map(predict_one::invoke)).await?;
    let count = predictions.len();
    let average = if count == 0 { 0.0 } else { predictions.iter().sum::<f64>() / count as f64 };
    Ok(PredictionSummary { predictions, average, count: count as u64, batch_id: batch.batch_id })
}

#[task]
fn summarize_results(summary: PredictionSummary) -> String {
    let PredictionSummary { batch_id, count, average, .. } = summary;
    format!("Batch {batch_id}: Processed {count} predictions, average value: {average:.2}")
}

flyte_guest::export!(environment = "ex-mixed-structures", tasks = [predict_one, process_batch, summarize_results]);

fn requests() -> Vec<InferenceRequest> {
    [(1.0, 2.0), (3.0, 4.0), (5.0, 6.0)]
        .map(|(feature_a, feature_b)| InferenceRequest { feature_a, feature_b })
        .to_vec()
}

#[test]
fn the_seeds_batch_gives_the_seeds_summary() {
    let batch = BatchRequest { requests: requests(), batch_id: "demo_batch_001".into() };
    let summary = block_on(process_batch::invoke(batch.clone())).unwrap();
    assert_eq!(summary.predictions, [9.0, 19.0, 29.0]);
    assert_eq!(summary, block_on(process_batch(batch)).unwrap());
    let text = block_on(summarize_results::invoke(summary)).unwrap();
    assert_eq!(text, "Batch demo_batch_001: Processed 3 predictions, average value: 19.00");
}

#[test]
fn invocations_are_a_stream_of_what_is_done() {
    let running: FuturesUnordered<_> = requests().into_iter().map(predict_one::invoke).collect();
    let mut results = block_on(running.map(Result::unwrap).collect::<Vec<_>>());
    results.sort_by(f64::total_cmp);
    assert_eq!(results, [9.0, 19.0, 29.0]);
}

#[test]
fn an_invocation_starts_when_it_is_polled() {
    let started = Rc::new(Cell::new(0));
    let count = Rc::clone(&started);
    let _guard = stand_in("lazy", move |_: serde_json::Value| count.set(count.get() + 1));
    let invocation = invoke_named::<()>("lazy", &json!({}));
    drop(invoke_named::<()>("lazy", &json!({})));
    assert_eq!(started.get(), 0);
    block_on(invocation).unwrap();
    assert_eq!(started.get(), 1);
}

/// Runs `map` over ten items of which each takes some polls, and gives the results and the most that ran at once.
fn map_counting(limit: usize, fails: impl Fn(u32) -> bool) -> (Result<Vec<u32>, TaskError>, u32, u32) {
    let (running, most, started) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let result = block_on(map(0..10, limit, |item: u32| {
        let (running, most, started, fails) = (&running, &most, &started, &fails);
        async move {
            started.set(started.get() + 1);
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            // The later, the faster: they end out of order.
            let mut polls = 20 - item;
            poll_fn(|context| {
                context.waker().wake_by_ref();
                polls -= 1;
                if polls == 0 { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            running.set(running.get() - 1);
            if fails(item) { Err(TaskError::new(format!("no {item}"))) } else { Ok(item) }
        }
    }));
    (result, most.get(), started.get())
}

#[test]
fn map_keeps_the_order_and_the_limit() {
    for (limit, expected) in [(0, 1), (1, 1), (3, 3), (10, 10), (99, 10)] {
        let (result, most, _) = map_counting(limit, |_| false);
        assert_eq!(result.unwrap(), (0..10).collect::<Vec<_>>());
        assert_eq!(most, expected, "limit {limit}");
    }
}

#[test]
fn the_first_error_ends_a_map() {
    let (result, _, started) = map_counting(2, |item| item == 1);
    assert_eq!(result.unwrap_err().message(), "no 1");
    assert!(started < 5, "{started} were started");
}

#[test]
fn map_takes_a_task() {
    assert_eq!(block_on(map(requests(), 2, predict_one::invoke)).unwrap(), [9.0, 19.0, 29.0]);
}

#[task]
fn panics(text: String) {
    panic!("{text}");
}

#[test]
fn a_panic_of_a_child_is_a_trap() {
    let error = block_on(panics::invoke("at the disco".into())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trap);
    assert_eq!(error.to_string(), "task `panics` failed: panicked: at the disco");
}

#[task]
fn nan(at: usize) -> BTreeMap<String, Vec<f64>> {
    let mut values = vec![0.0; at];
    values.push(f64::NAN);
    BTreeMap::from([("values".into(), values)])
}

#[test]
fn a_nan_is_found_where_it_is() {
    let error = block_on(nan::invoke(3)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    assert_eq!(error.message(), "values[3]: NaN is not a JSON number");
    let request = InferenceRequest { feature_a: 1.0, feature_b: f64::NEG_INFINITY };
    let error = block_on(predict_one::invoke(request)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    let expected = "inputs for `predict_one`: request.feature_b: -infinity is not a JSON number";
    assert_eq!(error.to_string(), expected);
}

#[task(environment = "elsewhere")]
async fn defaults(
    name: Option<String>,
    #[task(default = "x")] text: String,
    #[task(default = 3)] count: u64,
    #[task(default)] list: Vec<u8>,
    #[task(default = Some(1.5))] factor: Option<f64>,
) -> (Option<String>, String, u64, Vec<u8>, Option<f64>) {
    (name, text, count, list, factor)
}

/// Runs a task as its component does.
fn run<T: flyte_guest::Task>(inputs: &str) -> Result<String, TaskError> {
    block_on(T::run(inputs.to_owned()))
}

#[test]
fn parameters_may_be_left_out() {
    assert_eq!(run::<defaults>("{}").unwrap(), r#"[null,"x",3,[],1.5]"#);
    assert_eq!(run::<defaults>(r#"{"factor":null,"count":4,"name":"n"}"#).unwrap(), r#"["n","x",4,[],null]"#);
}

#[test]
fn inputs_that_do_not_fit_are_named_by_their_path() {
    let cases = [
        (
            r#"{"batch":{"requests":[{"feature_a":1,"feature_b":2},{"feature_a":1,"feature_b":"x"}]}}"#,
            r#"batch.requests[1].feature_b: invalid type: string "x", expected f64"#,
        ),
        (r#"{"batch":{"requests":[{"feature_a":1}]}}"#, "batch.requests[0]: missing field `feature_b`"),
        (
            "{\n  \"batch\": {\n    \"requests\": [],\n    \"batch_ids\": 1\n  }\n}",
            "batch.batch_ids: unknown field `batch_ids`, expected `requests` or `batch_id`",
        ),
        (
            r#"{"batch":{"requests":[], "batch_id": ["\"],[" ]}}"#,
            r#"batch.batch_id: invalid type: sequence, expected a string"#,
        ),
        (r#"{"batch":{"requests":{"a":[1]}}}"#, "batch.requests: invalid type: map, expected a sequence"),
        (r"{}", "missing field `batch`"),
        (r#"{"batch":{"requests":[]},"more":1}"#, "more: unknown field `more`, expected `batch`"),
    ];
    for (inputs, expected) in cases {
        let error = run::<process_batch>(inputs).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(!error.is_recoverable());
        assert_eq!(error.message(), expected);
    }
}

#[task]
fn exact(a: i64, b: u64, c: i128, d: u128, e: f64, f: f32) -> (i64, u64, i128, u128, f64, f32) {
    (a, b, c, d, e, f)
}

#[test]
fn numbers_are_passed_on_exactly() {
    let numbers = (i64::MIN, u64::MAX, i128::MIN, u128::MAX, 0.1 + 0.2, f32::MIN_POSITIVE);
    let (a, b, c, d, e, f) = numbers;
    assert_eq!(block_on(exact::invoke(a, b, c, d, e, f)).unwrap(), numbers);
    // A float that a best-effort parser gets wrong in the last place.
    let awkward = 5.021_402_600_014_64e-35;
    assert_eq!(block_on(exact::invoke(0, 0, 0, 0, awkward, 0.0)).unwrap().4.to_bits(), awkward.to_bits());
    let error = run::<exact>(r#"{"a":9223372036854775808,"b":0,"c":0,"d":0,"e":0,"f":0}"#).unwrap_err();
    assert!(error.message().starts_with("a: invalid value: integer `9223372036854775808`"), "{error}");
}

#[task(external, environment = "stats")]
async fn mean(values: Vec<f64>) -> f64;

#[task(external)]
async fn anywhere() -> Result<(), TaskError>;

#[record]
struct MeanInputs {
    values: Vec<f64>,
}

#[test]
fn a_closure_stands_in_for_another_component() {
    let average = |inputs: MeanInputs| {
        if inputs.values.is_empty() {
            return Err(TaskError::permanent("no values").with_details(&json!({"count": 0})));
        }
        Ok(inputs.values.iter().sum::<f64>() / inputs.values.len() as f64)
    };
    let guard = stand_in("stats.mean", average);
    assert_eq!(block_on(mean::invoke(vec![1.0, 3.0])).unwrap(), 2.0);
    assert_eq!(block_on(invoke_named::<f64>("stats.mean", &json!({"values": [4]}))).unwrap(), 4.0);
    let error = block_on(mean::invoke(vec![])).unwrap_err();
    assert_eq!((error.kind(), error.task(), error.message()), (ErrorKind::Task, Some("stats.mean"), "no values"));
    assert!(!error.is_recoverable());
    assert_eq!(error.details_as::<BTreeMap<String, u8>>().unwrap().unwrap()["count"], 0);
    let error = block_on(invoke_named::<f64>("stats.mean", &json!({"values": 1}))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let error = block_on(invoke_named::<bool>("stats.mean", &json!({"values": [1]}))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    drop(guard);
    let error = block_on(mean::invoke(vec![1.0])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownTask);
    assert!(error.message().contains(r#"stand_in("stats.mean""#), "{error}");
    assert_eq!(block_on(anywhere::invoke()).unwrap_err().kind(), ErrorKind::UnknownTask);
}

#[test]
fn a_stand_in_comes_before_the_task_itself() {
    let _outer = stand_in("predict_one", |_: serde_json::Value| 1.0);
    {
        let _inner = stand_in("predict_one", |_: serde_json::Value| 2.0);
        let batch = BatchRequest { requests: requests(), batch_id: String::new() };
        assert_eq!(block_on(process_batch(batch)).unwrap().predictions, [2.0; 3]);
    }
    assert_eq!(block_on(predict_one::invoke(requests().remove(0))).unwrap(), 1.0);
}

#[test]
fn a_value_that_nests_too_deep_is_refused_and_not_a_stack_overflow() {
    #[record]
    struct List(Option<Box<Node>>);
    #[record]
    struct Node {
        next: List,
    }
    #[task]
    fn deep(levels: u32) -> List {
        (0..levels).fold(List(None), |next, _| List(Some(Box::new(Node { next }))))
    }
    assert!(block_on(deep::invoke(127)).is_ok());
    let error = block_on(deep::invoke(128)).map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    assert!(error.message().ends_with("nests deeper than 127 levels"), "{error}");
}
