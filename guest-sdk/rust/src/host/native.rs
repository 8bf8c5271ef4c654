//! The host of unit tests: children run in this process, through the same JSON as anywhere.

use crate::chunks::{Children, EachRequest};
use crate::context::ActionInfo;
use crate::invocation::Request;
use crate::task::Running;
use crate::{ErrorKind, TaskError, testing};
use futures::{FutureExt, StreamExt, stream};
use std::any::Any;
use std::panic::AssertUnwindSafe;

pub(crate) fn start(request: Request) -> Running {
    Box::pin(async move {
        let Request { task, inputs, local, .. } = request;
        let running = match (testing::find(&task), local) {
            (Some(stand_in), _) => Box::pin(async move { stand_in(&inputs) }),
            (None, Some(run)) => run(inputs),
            (None, None) => return Err(unknown(&task)),
        };
        match AssertUnwindSafe(running).catch_unwind().await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(as_the_host_takes_it(&error).of_task(&task)),
            Err(panic) => {
                let message = format!("panicked: {}", text(&*panic));
                Err(TaskError::of_kind(ErrorKind::Trap, message, true).of_task(&task))
            }
        }
    })
}

/// The results of children that share a call, in the order of their inputs.
pub(crate) async fn run_each(request: EachRequest) -> Vec<Result<String, TaskError>> {
    let EachRequest { children: Children { task, options, fail_fast, local }, inputs, concurrency } = request;
    let mut results: Vec<_> = inputs.iter().map(|_| None).collect();
    let at_once = concurrency.map_or(inputs.len(), |most| most as usize).max(1);
    let children = inputs.into_iter().enumerate().map(|(index, inputs)| {
        let request = Request { task: task.clone(), inputs, options: options.clone(), local };
        start(request).map(move |result| (index, result))
    });
    let mut running = stream::iter(children).buffer_unordered(at_once);
    while let Some((index, result)) = running.next().await {
        let failed = result.is_err();
        results[index] = Some(result);
        if failed && fail_fast {
            break;
        }
    }
    let aborted = || TaskError::of_kind(ErrorKind::Aborted, "aborted: another of the fan-out failed", false);
    results.into_iter().map(|result| result.unwrap_or_else(|| Err(aborted().of_task(&task)))).collect()
}

/// The error as a host would hand it to the parent.
fn as_the_host_takes_it(error: &TaskError) -> TaskError {
    TaskError::of_kind(error.kind_to_tell(), error.message_to_tell(), error.is_recoverable())
        .with_causes(error.causes_to_tell(), error.details().map(str::to_owned))
}

fn unknown(task: &str) -> TaskError {
    let message = format!(
        "outside of a host there is no task of another component; \
         a test can have one with `let _guard = flyte_guest::testing::stand_in(\"{task}\", |inputs: …| …)`"
    );
    TaskError::of_kind(ErrorKind::UnknownTask, message, false).of_task(task)
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a value that is no text")
}

pub(crate) fn context() -> ActionInfo {
    ActionInfo { run: "native".into(), action: "a0".into(), parent: None, task: "native".into(), attempt: 1 }
}

pub(crate) fn progress(_message: &str, _fraction: Option<f64>) {}
