//! The host of unit tests: children run in this process, through the same JSON as anywhere.

use crate::context::ActionInfo;
use crate::invocation::Request;
use crate::task::Running;
use crate::{ErrorKind, TaskError, testing};
use futures::FutureExt;
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
