//! Fan-outs as unit tests see them: order, failures, bounds, streams.

#![allow(clippy::unwrap_used, reason = "a test says by it what it expects")]

use flyte_guest::futures::future::{Either, select};
use flyte_guest::futures::{StreamExt, TryStreamExt};
use flyte_guest::testing::{block_on, stand_in};
use flyte_guest::{ErrorKind, TaskError, map_named, serde_json, task};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

/// Lets everything else have a turn, so many times.
async fn yields(times: u32) {
    for _ in 0..times {
        let mut yielded = false;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

thread_local! {
    static RUNNING: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
    static STARTED: Cell<usize> = const { Cell::new(0) };
    static ENDED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Takes some turns, the more the lower the number, and fails if told to.
#[task]
async fn slow(number: u64, fails: bool) -> Result<u64, TaskError> {
    STARTED.set(STARTED.get() + 1);
    RUNNING.set(RUNNING.get() + 1);
    MOST.set(MOST.get().max(RUNNING.get()));
    yields(3 + 20u32.saturating_sub(number as u32)).await;
    RUNNING.set(RUNNING.get() - 1);
    ENDED.with_borrow_mut(|ended| ended.push(number));
    if fails { Err(TaskError::permanent(format!("no {number}"))) } else { Ok(number) }
}

#[task]
fn double(number: u64) -> u64 {
    2 * number
}

#[task]
fn same(value: f64) -> f64 {
    value
}

#[task]
fn nothing() {}

#[task(external, environment = "stats")]
async fn half(value: f64) -> f64;

flyte_guest::export!(slow, double, same, nothing);

fn all_good(numbers: std::ops::Range<u64>) -> impl Iterator<Item = (u64, bool)> {
    numbers.map(|number| (number, false))
}

#[test]
fn results_come_in_the_order_of_the_items() {
    assert_eq!(block_on(slow::map(all_good(0..20))).unwrap(), (0..20).collect::<Vec<_>>());
    // They ended in another.
    assert_eq!(ENDED.with_borrow(|ended| *ended.first().unwrap()), 19);
    let settled: Vec<_> = block_on(slow::map(all_good(0..200)).settled()).into_iter().map(Result::unwrap).collect();
    assert_eq!(settled, (0..200).collect::<Vec<_>>());
    let streamed: Vec<_> = block_on(slow::map(all_good(0..200)).concurrency(7).results().try_collect()).unwrap();
    assert_eq!(streamed, (0..200).collect::<Vec<_>>());
}

#[test]
fn an_item_is_the_parameter_or_a_tuple_of_the_parameters() {
    assert_eq!(block_on(double::map([1, 2])).unwrap(), [2, 4]);
    assert_eq!(block_on(slow::map(vec![(1, false), (2, false)])).unwrap(), [1, 2]);
    assert_eq!(block_on(nothing::map([(), (), ()])).unwrap(), [(), (), ()]);
    assert_eq!(block_on(nothing::map([])).unwrap(), []);
    let borrowed = [1, 2];
    assert_eq!(block_on(double::map(borrowed.iter().copied())).unwrap(), [2, 4]);
}

#[test]
fn many_items_pass_through_many_chunks() {
    let doubled = block_on(double::map(0..20_000)).unwrap();
    assert!(doubled.iter().zip(0..).all(|(double, number)| *double == 2 * number));
    let sum = double::map(0..20_000).results().try_fold(0, async |sum, double| Ok(sum + double));
    assert_eq!(block_on(sum).unwrap(), 20_000 * 19_999);
    for most in [1, 2, 15, 16, 17, 100, 4095, 4096, usize::MAX] {
        assert_eq!(block_on(double::map(0..5000).concurrency(most)).unwrap(), doubled[..5000], "{most}");
    }
}

#[test]
fn an_item_of_any_size_is_passed_on() {
    let sizes = [0, 1 << 20, 10, 300 << 10, 200 << 10, 100 << 10];
    let _len = stand_in("len", |inputs: serde_json::Value| inputs["text"].as_str().map(str::len));
    let inputs = sizes.iter().map(|size| json!({"text": "x".repeat(*size)}));
    assert_eq!(block_on(map_named::<usize>("len", inputs)).unwrap(), sizes);
}

#[test]
fn items_are_drawn_as_there_is_room() {
    let drawn = Rc::new(Cell::new(0u64));
    let count = Rc::clone(&drawn);
    let mut results = double::map((0..).inspect(move |_| count.set(count.get() + 1))).results();
    assert_eq!(drawn.get(), 0);
    for expected in 0..100_000 {
        assert_eq!(block_on(results.next()).unwrap().unwrap(), 2 * expected);
        assert!(drawn.get() - expected < 3 * 4096, "{} drawn at {expected}", drawn.get());
    }
}

#[test]
fn no_more_run_at_once_than_the_concurrency_allows() {
    for (most, expected) in [(0, 1), (1, 1), (3, 3), (20, 20), (50, 50)] {
        MOST.set(0);
        let results = block_on(slow::map(all_good(0..300)).concurrency(most)).unwrap();
        assert_eq!(results.len(), 300);
        assert_eq!(MOST.get(), expected, "concurrency {most}");
    }
}

#[test]
fn the_first_error_in_time_ends_a_fan_out() {
    STARTED.set(0);
    let items = (0..1_000_000).map(|number| (number, number == 3 || number == 19));
    let error = block_on(slow::map(items)).unwrap_err();
    assert_eq!((error.kind(), error.item(), error.message()), (ErrorKind::Task, Some(19), "no 19"));
    assert_eq!(error.to_string(), "task `slow` failed on item 19: no 19");
    assert!(!error.is_recoverable());
    assert!(STARTED.get() < 5000, "{} were started", STARTED.get());
}

#[test]
fn an_error_that_came_up_through_fan_outs_names_the_first_task() {
    #[task]
    async fn middle(number: u64) -> Result<Vec<u64>, TaskError> {
        slow::map([(1, false), (number, true)]).await
    }
    #[task]
    async fn outer(number: u64) -> Result<Vec<Vec<u64>>, TaskError> {
        middle::map([number]).await
    }
    let error = block_on(outer::invoke(7)).unwrap_err();
    assert_eq!(error.to_string(), "task `outer` failed: task `slow` failed on item 1: no 7");
    assert_eq!(error.item(), None);
}

#[test]
fn settled_gives_every_result() {
    let items = (0..10).map(|number| (number, number % 4 == 1));
    let results = block_on(slow::map(items).settled());
    let failed: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()?.item()).collect();
    assert_eq!(failed, [1, 5, 9]);
    assert_eq!(results.iter().flatten().copied().collect::<Vec<_>>(), [0, 2, 3, 4, 6, 7, 8]);
}

#[test]
fn a_stream_goes_on_after_a_failure_and_ends_when_it_is_dropped() {
    STARTED.set(0);
    let items = (0..1_000_000).map(|number| (number, number == 5));
    let (before, after) = block_on(async {
        let mut results = slow::map(items).results();
        let before: Vec<_> =
            results.by_ref().take(6).map(|result| result.map_err(|error| error.item())).collect().await;
        (before, results.next().await.unwrap().unwrap())
    });
    assert_eq!(before, [Ok(0), Ok(1), Ok(2), Ok(3), Ok(4), Err(Some(5))]);
    assert_eq!(after, 6);
    assert!(STARTED.get() < 10_000, "{} were started", STARTED.get());
}

#[test]
fn what_is_not_json_fails_at_its_item() {
    let values = || [1.0, f64::NAN, 2.0, f64::INFINITY].into_iter();
    let error = block_on(same::map(values())).unwrap_err();
    assert_eq!((error.kind(), error.item()), (ErrorKind::InvalidOutput, Some(1)));
    assert_eq!(error.to_string(), "item 1: inputs for `same`: value: NaN is not a JSON number");
    let results: Vec<_> = block_on(same::map(values()).settled()).into_iter().map(|result| result.ok()).collect();
    assert_eq!(results, [Some(1.0), None, Some(2.0), None]);
}

#[test]
fn a_result_that_is_not_what_is_expected_fails_at_its_item() {
    let _half = stand_in("stats.half", |inputs: serde_json::Value| match inputs["value"].as_f64() {
        Some(value) if value < 3.0 => json!(value / 2.0),
        _ => json!("much"),
    });
    assert_eq!(block_on(half::map([1.0, 2.0])).unwrap(), [0.5, 1.0]);
    let error = block_on(half::map([1.0, 2.0, 3.0])).unwrap_err();
    assert_eq!((error.kind(), error.item(), error.task()), (ErrorKind::InvalidOutput, Some(2), Some("stats.half")));
}

#[test]
fn a_fan_out_can_be_awaited_with_other_things() {
    let waiting = slow::map(all_good(0..3));
    let either = block_on(select(Box::pin(yields(1)), waiting));
    assert!(matches!(either, Either::Left(_)));
}
