//! The host of a component, through `wit/task.wit`.

use crate::bindings::wit::flyte::task as wit;
use crate::chunks::{Children, EachRequest};
use crate::context::ActionInfo;
use crate::invocation::{Options, Request};
use crate::task::Running;
use crate::{ErrorKind, TaskError};
use std::sync::Once;
use std::time::Duration;

pub(crate) fn start(request: Request) -> Running {
    Box::pin(async move {
        let Request { task, inputs, options } = request;
        let result = wit::actions::invoke(task.to_string(), inputs, options_to_wit(options)).await;
        result.map_err(|error| from_wit(error).of_task(&task))
    })
}

/// The results of children that share a call, in the order of their inputs.
pub(crate) async fn run_each(request: EachRequest) -> Vec<Result<String, TaskError>> {
    let EachRequest { children: Children { task, options, fail_fast }, inputs, concurrency } = request;
    let how = wit::actions::FanOut { concurrency, fail_fast };
    let results = wit::actions::invoke_each(task.to_string(), inputs, options_to_wit(options), how).await;
    results.into_iter().map(|result| result.map_err(|error| from_wit(error).of_task(&task))).collect()
}

pub(crate) fn context() -> ActionInfo {
    let wit::context::ActionInfo { run, action, parent, task, attempt } = wit::context::current();
    ActionInfo { run, action, parent, task, attempt }
}

pub(crate) fn progress(message: &str, fraction: Option<f64>) {
    wit::context::progress(message, fraction);
}

/// Tells the host the reason before a panic becomes a trap without one. The host shows it, so it is not printed too.
pub(crate) fn report_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let message = panic.payload_as_str().unwrap_or("a value that is no text");
            let location = panic.location().map(ToString::to_string);
            wit::context::panicking(message, location.as_deref());
        }));
    });
}

fn options_to_wit(options: Options) -> wit::actions::InvokeOptions {
    wit::actions::InvokeOptions {
        group: options.group,
        retries: options.retries,
        max_runtime: options.max_runtime.map(nanoseconds),
        within: options.within.map(nanoseconds),
    }
}

/// A contract's longest span of time is 584 years.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn from_wit(error: wit::types::TaskError) -> TaskError {
    use wit::types::ErrorKind as Wit;
    let kind = match error.kind {
        Wit::Task => ErrorKind::Task,
        Wit::InvalidInput => ErrorKind::InvalidInput,
        Wit::InvalidOutput => ErrorKind::InvalidOutput,
        Wit::UnknownTask => ErrorKind::UnknownTask,
        Wit::Trap => ErrorKind::Trap,
        Wit::Limit => ErrorKind::Limit,
        Wit::Denied => ErrorKind::Denied,
        Wit::Aborted => ErrorKind::Aborted,
        Wit::Host => ErrorKind::Host,
    };
    TaskError::of_kind(kind, error.message, error.recoverable).with_causes(error.causes, error.details)
}

/// The error as it leaves this instance, with the name of the task it came from in the message.
pub(crate) fn to_wit(error: &TaskError) -> wit::types::TaskError {
    use wit::types::ErrorKind as Wit;
    let kind = match error.kind_to_tell() {
        ErrorKind::InvalidInput => Wit::InvalidInput,
        ErrorKind::InvalidOutput => Wit::InvalidOutput,
        _ => Wit::Task,
    };
    wit::types::TaskError {
        kind,
        message: error.message_to_tell(),
        causes: error.causes_to_tell(),
        details: error.details().map(str::to_owned),
        recoverable: error.is_recoverable(),
    }
}
