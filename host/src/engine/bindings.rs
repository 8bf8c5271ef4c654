//! The contract as Rust: the only generated bindings, private, and their conversions to and from our own types.

use std::time::Duration;

use crate::component::{
    Backoff, CacheBehavior, CachePolicy, RetryOn, ReusePolicy, ReuseScope, RightKind, RightSpec, TaskPolicy,
    TaskSpec,
};
use crate::record::Json;
use crate::run::{ActionInfo, Failure, FanOut, InvokeOptions, Limit, TaskError, TaskErrorKind};

wasmtime::component::bindgen!({
    path: "wit",
    // Both worlds of the contract at once: their exports are the same, and a linker may have more than is imported.
    inline: "
        package flyte:host;
        world task-host {
            import flyte:task/context@0.1.0;
            import flyte:task/actions@0.1.0;
            import flyte:task/blocking-actions@0.1.0;
            export flyte:task/task-set@0.1.0;
        }
    ",
    world: "flyte:host/task-host",
    imports: {
        // Who calls is known by the Store alone, where one instance runs several actions at once.
        "flyte:task/context.current": store | trappable,
        "flyte:task/context.progress": store | trappable,
        "flyte:task/blocking-actions.start": store | trappable,
        "flyte:task/blocking-actions.[method]pending.wait": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: { "flyte:task/blocking-actions.pending": crate::engine::PendingChild },
});

pub(crate) use exports::flyte::task::task_set::TaskSpec as WitTaskSpec;
pub(crate) use flyte::task::actions::{FanOut as WitFanOut, InvokeOptions as WitInvokeOptions};
pub(crate) use flyte::task::context::ActionInfo as WitActionInfo;
pub(crate) use flyte::task::types::TaskError as WitTaskError;
pub(crate) use flyte::task::{actions, blocking_actions, context, types};

/// The largest error a task may return, in bytes.
pub(super) const LARGEST_ERROR: usize = 1 << 20;
/// The most causes an error may name.
const MOST_CAUSES: usize = 1000;

impl From<WitTaskSpec> for TaskSpec {
    fn from(spec: WitTaskSpec) -> Self {
        let types::TaskPolicy { retries, backoff, retry_on, max_runtime, cache, reuse } = spec.policy;
        Self {
            name: spec.name,
            environment: spec.environment,
            doc: spec.doc,
            inputs: spec.inputs,
            output: spec.output,
            policy: TaskPolicy {
                retries,
                backoff: Backoff {
                    initial: Duration::from_nanos(backoff.initial),
                    factor: backoff.factor,
                    cap: backoff.cap.map(Duration::from_nanos),
                },
                retry_on: RetryOn {
                    trap: retry_on.contains(types::RetryCauses::TRAP),
                    limit: retry_on.contains(types::RetryCauses::LIMIT),
                },
                max_runtime: max_runtime.map(Duration::from_nanos),
                cache: cache.into(),
                reuse: reuse.map(Into::into),
            },
            rights: spec.rights.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<types::CachePolicy> for CachePolicy {
    fn from(policy: types::CachePolicy) -> Self {
        let types::CachePolicy { behavior, ignored_inputs, serialize, max_age } = policy;
        Self {
            behavior: match behavior {
                types::CacheBehavior::Disable => CacheBehavior::Disable,
                types::CacheBehavior::Auto => CacheBehavior::Auto,
                types::CacheBehavior::Override(version) => CacheBehavior::Override(version),
            },
            ignored_inputs,
            serialize,
            max_age: max_age.map(Duration::from_nanos),
        }
    }
}

impl From<types::ReusePolicy> for ReusePolicy {
    fn from(policy: types::ReusePolicy) -> Self {
        let types::ReusePolicy { max_uses, idle_ttl, concurrency, scope } = policy;
        Self {
            max_uses,
            idle_ttl: Duration::from_nanos(idle_ttl),
            concurrency,
            scope: match scope {
                types::ReuseScope::Run => ReuseScope::Run,
                types::ReuseScope::Global => ReuseScope::Global,
            },
        }
    }
}

impl From<types::Right> for RightSpec {
    fn from(right: types::Right) -> Self {
        let (kind, argument) = match right.capability {
            types::Capability::Read(directory) => (RightKind::Read, directory),
            types::Capability::Write(directory) => (RightKind::Write, directory),
            types::Capability::Env(name) => (RightKind::Env, name),
            types::Capability::Net(target) => (RightKind::Net, target),
        };
        Self { kind, argument, optional: right.optional }
    }
}

impl From<WitInvokeOptions> for InvokeOptions {
    fn from(options: WitInvokeOptions) -> Self {
        Self {
            group: options.group,
            retries: options.retries,
            max_runtime: options.max_runtime.map(Duration::from_nanos),
            within: options.within.map(Duration::from_nanos),
        }
    }
}

impl From<WitFanOut> for FanOut {
    fn from(how: WitFanOut) -> Self {
        let WitFanOut { concurrency, fail_fast } = how;
        Self { concurrency, fail_fast }
    }
}

impl From<ActionInfo> for WitActionInfo {
    fn from(info: ActionInfo) -> Self {
        Self {
            run: info.run,
            action: info.action.to_string(),
            parent: info.parent.map(|id| id.to_string()),
            task: info.task,
            attempt: info.attempt,
        }
    }
}

/// What a task returned as its error. A guest speaks for itself only: kinds that are the host's to tell become
/// [`TaskErrorKind::Task`].
///
/// All of it together may have `most` bytes, as an output may, and no more than what is fit to be told: whoever keeps a
/// run's events keeps its errors.
pub(crate) fn failure_of_task(error: WitTaskError, most: usize) -> Failure {
    let most = most.min(LARGEST_ERROR);
    let texts = error.causes.iter().chain(&error.details).chain(Some(&error.message));
    let size = texts.map(String::len).sum();
    if size > most || error.causes.len() > MOST_CAUSES {
        return Failure::Limit(Limit::Output { limit: most, size: Some(size) });
    }
    let kind = error.kind;
    let error = TaskError {
        kind: TaskErrorKind::Task,
        message: error.message,
        causes: error.causes,
        details: error.details.and_then(|text| Json::parse(text).ok()),
        recoverable: error.recoverable,
    };
    match kind {
        types::ErrorKind::InvalidInput => {
            Failure::RefusedInput(TaskError { kind: TaskErrorKind::InvalidInput, ..error })
        }
        types::ErrorKind::InvalidOutput => Failure::InvalidOutput(error.message),
        _ => Failure::Task(error),
    }
}

/// A child's failure as its parent gets to see it.
pub(crate) fn error_for_parent(failure: &Failure) -> WitTaskError {
    let error = failure.to_task_error();
    WitTaskError {
        kind: match error.kind {
            TaskErrorKind::Task => types::ErrorKind::Task,
            TaskErrorKind::InvalidInput => types::ErrorKind::InvalidInput,
            TaskErrorKind::InvalidOutput => types::ErrorKind::InvalidOutput,
            TaskErrorKind::UnknownTask => types::ErrorKind::UnknownTask,
            TaskErrorKind::Trap => types::ErrorKind::Trap,
            TaskErrorKind::Limit => types::ErrorKind::Limit,
            TaskErrorKind::Denied => types::ErrorKind::Denied,
            TaskErrorKind::Aborted => types::ErrorKind::Aborted,
            TaskErrorKind::Host => types::ErrorKind::Host,
        },
        message: error.message,
        causes: error.causes,
        details: error.details.map(Into::into),
        recoverable: error.recoverable,
    }
}
