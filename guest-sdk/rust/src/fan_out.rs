//! Child actions of one task, one for each of many items.

use crate::chunks::{Children, Chunk, Chunks};
use crate::decode::decode_result;
use crate::encode::encode;
use crate::invocation::Options;
use crate::task::Task;
use crate::{ErrorKind, TaskError, Value};
use futures::Stream;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// Child actions: a task invoked on each of many items, whose results are `T`s.
///
/// `name::map(items)` of a [`task`](macro@crate::task) makes one, and [`map_named`]. An item is what the task's parameter
/// takes; with several parameters it is a tuple of them, with none `()`. The items are drawn as there is room for
/// them, so that an iterator may be long: the children start when the fan-out is first polled, and a few thousand are under
/// way at once. They cross to the host many at a time, which makes each far cheaper than an invocation.
///
/// - **Awaited**, it gives all results in the order of the items, or the first error in time, and then the others are aborted.
/// - [`settled`](Self::settled) gives every result, the failed ones too.
/// - [`results`](Self::results) is a stream of every result in the order of the items, and never holds more than some of
///   them: of use for a million items.
///
/// An error says to which item it belongs: [`TaskError::item`]. Dropping a fan-out aborts its children.
///
/// ```
/// use flyte_guest::futures::TryStreamExt;
/// use flyte_guest::{TaskError, task, testing};
///
/// #[task]
/// async fn double(number: u32) -> u32 {
///     2 * number
/// }
///
/// #[task]
/// async fn doubles(numbers: Vec<u32>) -> Result<Vec<u32>, TaskError> {
///     double::map(numbers).group("doubles").retries(2).await
/// }
///
/// #[task]
/// async fn sum_of_doubles(most: u32) -> Result<u32, TaskError> {
///     double::map(0..most).results().try_fold(0, async |sum, double| Ok(sum + double)).await
/// }
///
/// assert_eq!(testing::block_on(doubles::invoke(vec![1, 2, 3])).unwrap(), [2, 4, 6]);
/// assert_eq!(testing::block_on(sum_of_doubles::invoke(10_000)).unwrap(), 99_990_000);
/// ```
///
/// [`map()`](crate::map()), the function, applies any closure to items, each in a call of its own: it is for what is more than one
/// invocation (two tasks in a row, another in case of failure) and for a few children that take long.
#[must_use = "a fan-out starts when it is awaited"]
pub struct FanOut<'a, T> {
    /// `None` once there is a result.
    chunks: Option<Chunks<'a>>,
    /// `None` until it is polled.
    results: Option<InOrder<T>>,
}

/// Invokes a task of this component on each of these inputs. For generated code.
pub fn fan_out<'a, T: Task, O: Value>(inputs: impl Iterator<Item: Serialize> + 'a) -> FanOut<'a, O> {
    let fan_out = prepared(T::NAME.into(), inputs);
    #[cfg(not(target_arch = "wasm32"))]
    let fan_out = fan_out.with(|chunks| chunks.children.local = Some(T::run));
    fan_out
}

/// Invokes a task declared with `#[task(external)]` on each of these inputs. For generated code.
pub fn fan_out_external<'a, O: Value>(
    task: &'static str,
    inputs: impl Iterator<Item: Serialize> + 'a,
) -> FanOut<'a, O> {
    prepared(task.into(), inputs)
}

/// Invokes the task `task` of any loaded component on each of `inputs`, as [`invoke_named`](crate::invoke_named) does on one.
///
/// ```
/// use flyte_guest::{map_named, serde_json::json, testing};
/// use std::collections::BTreeMap;
///
/// let _half = testing::stand_in("stats.half", |inputs: BTreeMap<String, f64>| inputs["value"] / 2.0);
///
/// let halves = map_named::<f64>("stats.half", (1..4).map(|value| json!({"value": value})));
/// assert_eq!(testing::block_on(halves).unwrap(), [0.5, 1.0, 1.5]);
/// ```
pub fn map_named<'a, T: Value>(
    task: &str,
    inputs: impl IntoIterator<Item: Serialize, IntoIter: 'a>,
) -> FanOut<'a, T> {
    prepared(task.to_owned().into(), inputs.into_iter())
}

fn prepared<'a, O>(task: Cow<'static, str>, inputs: impl Iterator<Item: Serialize> + 'a) -> FanOut<'a, O> {
    let children = Children {
        task,
        options: Options::default(),
        fail_fast: true,
        #[cfg(not(target_arch = "wasm32"))]
        local: None,
    };
    let inputs = inputs.map(|inputs| encode(&inputs));
    FanOut { chunks: Some(Chunks::new(children, Box::new(inputs))), results: None }
}

impl<'a, T> FanOut<'a, T> {
    fn with(mut self, set: impl FnOnce(&mut Chunks<'a>)) -> Self {
        if let Some(chunks) = &mut self.chunks {
            set(chunks);
        }
        self
    }

    /// Labels the children, which share the group.
    pub fn group(self, group: impl Into<String>) -> Self {
        self.with(|chunks| chunks.children.options.group = Some(group.into()))
    }

    /// Takes `retries` in place of those of the task's policy: at most `retries + 1` attempts for each child.
    pub fn retries(self, retries: u32) -> Self {
        self.with(|chunks| chunks.children.options.retries = Some(retries))
    }

    /// Takes `limit` in place of the `max_runtime` of the task's policy, for each attempt. It can only shorten the
    /// host's own limit.
    pub fn max_runtime(self, limit: Duration) -> Self {
        self.with(|chunks| chunks.children.options.max_runtime = Some(limit))
    }

    /// Has the host end what takes longer than `limit`, from the first poll on: children that run by then are ended, and
    /// the others never start. Each fails with [`ErrorKind::Limit`](crate::ErrorKind::Limit). Of several bounds the
    /// shortest holds.
    pub fn within(self, limit: Duration) -> Self {
        self.with(|chunks| chunks.children.options.within = Some(limit))
    }

    /// Runs at most `most` children at once; 0 counts as 1. Without it, the host's own bound holds.
    pub fn concurrency(self, most: usize) -> Self {
        self.with(|chunks| chunks.bound(most))
    }

    fn into_chunks(self, fail_fast: bool) -> Chunks<'a> {
        let mut chunks = self.chunks.expect(POLLED_AFTER_END);
        chunks.children.fail_fast = fail_fast;
        chunks
    }
}

const POLLED_AFTER_END: &str = "a fan-out was used after it had given its result";

impl<'a, T: Value> FanOut<'a, T> {
    /// Every result, in the order of the items: no failure aborts the others.
    ///
    /// ```
    /// # use flyte_guest::{TaskError, task, testing};
    /// #[task]
    /// fn parse(text: String) -> Result<u32, std::num::ParseIntError> {
    ///     text.parse()
    /// }
    ///
    /// let results = testing::block_on(parse::map(["1", "two", "3"].map(String::from)).settled());
    /// let failed: Vec<usize> = results.iter().filter_map(|result| result.as_ref().err()?.item()).collect();
    /// assert_eq!(failed, [1]);
    /// ```
    pub async fn settled(self) -> Vec<Result<T, TaskError>> {
        let mut chunks = self.into_chunks(false);
        let task = chunks.children.task.clone();
        let mut results = InOrder::with_room_for(chunks.left());
        while let Some(chunk) = poll_fn(|context| chunks.poll_next(context)).await {
            chunks.release(&chunk);
            let Ok(()) = results.add(chunk.start, decoded(&task, chunk).map(Ok::<_, std::convert::Infallible>));
        }
        results.ready
    }

    /// The results as a stream, in the order of the items: no failure aborts the others, but the end of the stream does
    /// when it is dropped, so that `?` in a loop, or `try_for_each`, aborts them.
    ///
    /// A result waits for those before it, and for the others it crossed to the host with. While the stream isn't
    /// polled, no more children start than those that are under way.
    pub fn results(self) -> Results<'a, T> {
        Results {
            chunks: self.into_chunks(false),
            ended: Early(Vec::new()),
            current: Vec::new().into_iter(),
            next: 0,
            result: PhantomData,
        }
    }
}

impl<T: Value> Future for FanOut<'_, T> {
    type Output = Result<Vec<T>, TaskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let chunks = this.chunks.as_mut().expect(POLLED_AFTER_END);
        let task = chunks.children.task.clone();
        let left = chunks.left();
        let results = this.results.get_or_insert_with(|| InOrder::with_room_for(left));
        let result = loop {
            let Some(mut chunk) = ready!(chunks.poll_next(context)) else {
                break Ok(std::mem::take(&mut results.ready));
            };
            chunks.release(&chunk);
            if let Some(error) = first_error(&mut chunk) {
                break Err(error);
            }
            if let Err(error) = results.add(chunk.start, decoded(&task, chunk)) {
                break Err(error);
            }
        };
        // Aborts what still runs.
        this.chunks = None;
        Poll::Ready(result)
    }
}

/// The error because of which the others of a chunk were aborted.
fn first_error(chunk: &mut Chunk) -> Option<TaskError> {
    let is_first =
        |result: &Result<_, TaskError>| result.as_ref().is_err_and(|error| error.kind() != ErrorKind::Aborted);
    let results = &mut chunk.results;
    let index = results.iter().position(is_first).or_else(|| results.iter().position(Result::is_err))?;
    results.swap_remove(index).err().map(|error| error.of_item(chunk.start + index))
}

/// The results of a chunk as the invoker takes them.
fn decoded<T: Value>(task: &str, chunk: Chunk) -> impl Iterator<Item = Result<T, TaskError>> {
    let Chunk { start, results, .. } = chunk;
    results.into_iter().zip(start..).map(move |(result, item)| of_item(task, item, result))
}

fn of_item<T: Value>(task: &str, item: usize, result: Result<String, TaskError>) -> Result<T, TaskError> {
    result.and_then(|text| decode_result(task, &text)).map_err(|error| error.of_item(item))
}

/// What came before its turn, by the index of its first item. There are few, and a map would be much code in a component.
struct Early<C>(Vec<(usize, C)>);

impl<C> Early<C> {
    fn take(&mut self, start: usize) -> Option<C> {
        let index = self.0.iter().position(|(own, _)| *own == start)?;
        Some(self.0.swap_remove(index).1)
    }
}

/// Values that come in neighbouring groups, in any order.
struct InOrder<V> {
    ready: Vec<V>,
    later: Early<Vec<V>>,
}

impl<V> Default for InOrder<V> {
    fn default() -> Self {
        Self { ready: Vec::new(), later: Early(Vec::new()) }
    }
}

impl<V> InOrder<V> {
    /// Room for so many values, within reason: an iterator may promise anything.
    fn with_room_for(values: usize) -> Self {
        Self { ready: Vec::with_capacity(values.min(1 << 16)), ..Self::default() }
    }

    fn add<E>(&mut self, start: usize, values: impl Iterator<Item = Result<V, E>>) -> Result<(), E> {
        if start == self.ready.len() {
            self.ready.reserve(values.size_hint().0);
            for value in values {
                self.ready.push(value?);
            }
        } else {
            self.later.0.push((start, values.collect::<Result<_, E>>()?));
        }
        while let Some(mut values) = self.later.take(self.ready.len()) {
            self.ready.append(&mut values);
        }
        Ok(())
    }
}

/// The results of a fan-out, in the order of its items. See [`FanOut::results`].
#[must_use = "a fan-out starts when it is polled"]
pub struct Results<'a, T> {
    chunks: Chunks<'a>,
    ended: Early<Chunk>,
    current: std::vec::IntoIter<Result<String, TaskError>>,
    /// The index of the next result.
    next: usize,
    result: PhantomData<fn() -> T>,
}

impl<T: Value> Stream for Results<'_, T> {
    type Item = Result<T, TaskError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(result) = this.current.next() {
                let item = this.next;
                this.next += 1;
                return Poll::Ready(Some(of_item(&this.chunks.children.task, item, result)));
            }
            // The next one first: the room it leaves is filled before it is looked at.
            let current = this.ended.take(this.next);
            current.iter().for_each(|chunk| this.chunks.release(chunk));
            let before = this.ended.0.len();
            let under_way = loop {
                match this.chunks.poll_next(context) {
                    Poll::Ready(Some(chunk)) => this.ended.0.push((chunk.start, chunk)),
                    Poll::Ready(None) => break false,
                    Poll::Pending => break true,
                }
            };
            match current {
                Some(chunk) => this.current = chunk.results.into_iter(),
                None if this.ended.0.len() > before => {}
                None if under_way => return Poll::Pending,
                None => return Poll::Ready(None),
            }
        }
    }
}

// No value of it is ever pinned.
impl<T> Unpin for FanOut<'_, T> {}

impl<T> fmt::Debug for FanOut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = self.chunks.as_ref().map(|chunks| &chunks.children.task);
        f.debug_struct("FanOut").field("task", &task).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Results<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results").field("task", &self.chunks.children.task).finish_non_exhaustive()
    }
}
