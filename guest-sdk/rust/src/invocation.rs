//! Child actions.

use crate::decode::decode_result;
use crate::encode::encode_inputs;
use crate::host;
use crate::task::{Running, Task};
use crate::{TaskError, Value};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A child action: an invocation of a task, whose result is a `T`.
///
/// `name::invoke(…)` of a [`task`](macro@crate::task) makes one, and [`invoke_named`]. It is lazy: the child starts
/// when the invocation is first polled, so several that are awaited together run concurrently, each in a
/// sandbox of its own. Dropping it aborts the child.
///
/// Its output is `Result<T, TaskError>`. The error has the kind that the host gave it, or
/// [`ErrorKind::InvalidOutput`](crate::ErrorKind::InvalidOutput) where the inputs are not JSON (a NaN, say) or the
/// result is not a `T`.
///
/// ```
/// use flyte_guest::{futures, task, testing, TaskError};
/// use std::time::Duration;
///
/// #[task]
/// async fn double(number: u32) -> u32 {
///     2 * number
/// }
///
/// #[task]
/// async fn sum_of_doubles(numbers: Vec<u32>) -> Result<u32, TaskError> {
///     let doubles = numbers.into_iter().map(|number| {
///         double::invoke(number).group("doubles").retries(2).max_runtime(Duration::from_secs(5))
///     });
///     Ok(futures::future::try_join_all(doubles).await?.iter().sum())
/// }
///
/// assert_eq!(testing::block_on(sum_of_doubles::invoke(vec![1, 2, 3])).unwrap(), 12);
/// ```
#[must_use = "an invocation starts when it is awaited"]
pub struct Invocation<T> {
    task: Cow<'static, str>,
    state: State,
    result: PhantomData<fn() -> T>,
}

enum State {
    Prepared(Request),
    /// The inputs could not be encoded.
    Failed(TaskError),
    Running(Running),
    Done,
}

/// What the host needs to start a child.
pub(crate) struct Request {
    pub(crate) task: Cow<'static, str>,
    pub(crate) inputs: String,
    pub(crate) options: Options,
    /// The task itself, where it runs in this process.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) local: Option<fn(String) -> Running>,
}

/// What an invocation overrides.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) group: Option<String>,
    pub(crate) retries: Option<u32>,
    pub(crate) max_runtime: Option<Duration>,
    pub(crate) within: Option<Duration>,
}

/// Invokes a task of this component. For generated code.
pub fn invoke<T: Task, I: Serialize, O: Value>(inputs: &I) -> Invocation<O> {
    let invocation = prepared(T::NAME.into(), inputs);
    #[cfg(not(target_arch = "wasm32"))]
    let invocation = invocation.runs(T::run);
    invocation
}

/// Invokes a task declared with `#[task(external)]`. For generated code.
pub fn invoke_external<I: Serialize, O: Value>(task: &'static str, inputs: &I) -> Invocation<O> {
    prepared(task.into(), inputs)
}

/// Invokes the task `task` of any loaded component as a child action.
///
/// `task` is a task's name or `environment.name`; a bare name means a task of this component first. `inputs` has
/// one field a parameter: a struct with [`#[record]`](macro@crate::record), a map, or a `serde_json::json!` object.
/// Where the signature of the task is known, `#[task(external)]` declares it once and checks every call; see
/// [`task`](macro@crate::task).
///
/// ```
/// use flyte_guest::{invoke_named, testing};
/// use std::collections::BTreeMap;
///
/// // In a test, a closure stands in for the other component.
/// let _mean = testing::stand_in("stats.mean", |inputs: BTreeMap<String, Vec<f64>>| {
///     let values = &inputs["values"];
///     values.iter().sum::<f64>() / values.len() as f64
/// });
///
/// let inputs = BTreeMap::from([("values", vec![1.0, 2.0, 6.0])]);
/// let mean = testing::block_on(invoke_named::<f64>("stats.mean", &inputs));
/// assert_eq!(mean.unwrap(), 3.0);
/// ```
pub fn invoke_named<T: Value>(task: &str, inputs: &impl Serialize) -> Invocation<T> {
    prepared(task.to_owned().into(), inputs)
}

fn prepared<I: Serialize, O>(task: Cow<'static, str>, inputs: &I) -> Invocation<O> {
    let state = match encode_inputs(&task, inputs) {
        Ok(inputs) => State::Prepared(Request {
            task: task.clone(),
            inputs,
            options: Options::default(),
            #[cfg(not(target_arch = "wasm32"))]
            local: None,
        }),
        Err(error) => State::Failed(error),
    };
    Invocation { task, state, result: PhantomData }
}

impl<T> Invocation<T> {
    #[cfg(not(target_arch = "wasm32"))]
    fn runs(mut self, task: fn(String) -> Running) -> Self {
        if let State::Prepared(request) = &mut self.state {
            request.local = Some(task);
        }
        self
    }

    fn with(mut self, set: impl FnOnce(&mut Options)) -> Self {
        if let State::Prepared(request) = &mut self.state {
            set(&mut request.options);
        }
        self
    }

    /// Labels the child: siblings of one fan-out, or of one loop, share a group.
    pub fn group(self, group: impl Into<String>) -> Self {
        self.with(|options| options.group = Some(group.into()))
    }

    /// Takes `retries` in place of those of the task's policy: at most `retries + 1` attempts.
    pub fn retries(self, retries: u32) -> Self {
        self.with(|options| options.retries = Some(retries))
    }

    /// Takes `limit` in place of the `max_runtime` of the task's policy, for each attempt. It can only shorten the
    /// host's own limit.
    pub fn max_runtime(self, limit: Duration) -> Self {
        self.with(|options| options.max_runtime = Some(limit))
    }

    /// Has the host end the child where it takes longer than `limit`, from its start on: with all its attempts, the pauses
    /// between them, and all waiting to run. The invocation fails with [`ErrorKind::Limit`](crate::ErrorKind::Limit) then.
    /// Of several bounds the shortest holds.
    pub fn within(self, limit: Duration) -> Self {
        self.with(|options| options.within = Some(limit))
    }
}

impl<T: Value> Future for Invocation<T> {
    type Output = Result<T, TaskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let this = &mut *self;
            match std::mem::replace(&mut this.state, State::Done) {
                State::Prepared(request) => this.state = State::Running(host::start(request)),
                State::Failed(error) => return Poll::Ready(Err(error)),
                State::Running(mut running) => {
                    let Poll::Ready(result) = running.as_mut().poll(context) else {
                        this.state = State::Running(running);
                        return Poll::Pending;
                    };
                    return Poll::Ready(result.and_then(|result| decode_result(&this.task, &result)));
                }
                State::Done => panic!("an invocation was polled after it had given its result"),
            }
        }
    }
}

impl<T> fmt::Debug for Invocation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation").field("task", &self.task).finish_non_exhaustive()
    }
}
