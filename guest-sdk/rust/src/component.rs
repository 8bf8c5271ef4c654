//! The tasks that `export!` makes a component of.

use crate::schema::TaskSchemas;
use crate::task::{Policy, ReusePolicy, Right, Running, Task};

/// A task with its type erased.
#[derive(Debug)]
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "outside of a component nobody asks for tasks"))]
pub struct TaskEntry {
    pub(crate) name: &'static str,
    pub(crate) environment: Option<&'static str>,
    pub(crate) documentation: &'static str,
    pub(crate) policy: Policy,
    pub(crate) rights: &'static [Right],
    pub(crate) schemas: fn() -> TaskSchemas,
    pub(crate) run: fn(String) -> Running,
}

impl TaskEntry {
    /// The entry of the task `T`.
    pub const fn of<T: Task>() -> Self {
        Self {
            name: T::NAME,
            environment: T::ENVIRONMENT,
            documentation: T::DOCUMENTATION,
            policy: T::POLICY,
            rights: T::RIGHTS,
            schemas: T::schemas,
            run: T::run,
        }
    }
}

/// A component; `export!` implements it.
pub trait Component {
    /// The environment of the tasks that don't name their own.
    const ENVIRONMENT: Option<&'static str>;
    /// What each task may use, beside its own rights.
    const RIGHTS: &'static [Right];
    /// How instances are used again, for the tasks that don't say it themselves.
    const REUSE: Option<ReusePolicy>;
    /// The tasks, in the order in which they are described.
    const TASKS: &'static [TaskEntry];
}

/// Fails to compile where two tasks have one name: a `use … as …` can hide that from `export!`.
pub const fn assert_unique(tasks: &[TaskEntry]) {
    let mut later = 1;
    while later < tasks.len() {
        let mut earlier = 0;
        while earlier < later {
            assert!(!same(tasks[earlier].name, tasks[later].name), "two tasks of the component have the same name");
            earlier += 1;
        }
        later += 1;
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(target_arch = "wasm32")]
pub use exported::Exported;

#[cfg(target_arch = "wasm32")]
mod exported {
    use super::{Component, TaskEntry};
    use crate::bindings::wit::exports::flyte::task::task_set::{Guest, TaskError as WitError, TaskSpec};
    use crate::bindings::wit::flyte::task::types as wit;
    use crate::host::{nanoseconds, report_panics, to_wit};
    use crate::task::{Cache, CacheBehavior, Policy, Reuse, ReusePolicy, ReuseScope, Right, RightKind};
    use crate::{ErrorKind, TaskError};
    use std::marker::PhantomData;

    /// What a component exports, made of its tasks.
    #[derive(Debug)]
    pub struct Exported<C>(PhantomData<C>);

    impl<C: Component> Guest for Exported<C> {
        fn describe() -> Vec<TaskSpec> {
            // Defaults are the author's expressions, and may panic.
            report_panics();
            C::TASKS.iter().map(spec::<C>).collect()
        }

        async fn run(task: String, inputs: String) -> Result<String, WitError> {
            report_panics();
            let result = match C::TASKS.iter().find(|entry| entry.name == task) {
                Some(entry) => (entry.run)(inputs).await,
                None => Err(unknown(&task, C::TASKS)),
            };
            result.map_err(|error| to_wit(&error))
        }
    }

    fn unknown(task: &str, tasks: &[TaskEntry]) -> TaskError {
        let names = tasks.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
        let message = format!("the component has no task `{task}`; it has {names}");
        TaskError::of_kind(ErrorKind::UnknownTask, message, false)
    }

    fn spec<C: Component>(task: &TaskEntry) -> TaskSpec {
        let schemas = (task.schemas)();
        TaskSpec {
            name: task.name.to_owned(),
            environment: task.environment.or(C::ENVIRONMENT).map(str::to_owned),
            doc: task.documentation.to_owned(),
            inputs: schemas.inputs,
            output: schemas.output,
            policy: policy::<C>(&task.policy),
            rights: task.rights.iter().chain(C::RIGHTS).map(right).collect(),
        }
    }

    fn right(right: &Right) -> wit::Right {
        let argument = right.argument.to_owned();
        let capability = match right.kind {
            RightKind::Read => wit::Capability::Read(argument),
            RightKind::Write => wit::Capability::Write(argument),
            RightKind::Env => wit::Capability::Env(argument),
            RightKind::Net => wit::Capability::Net(argument),
        };
        wit::Right { capability, optional: right.optional }
    }

    fn policy<C: Component>(policy: &Policy) -> wit::TaskPolicy {
        let cause = |retried: bool, cause| if retried { cause } else { wit::RetryCauses::empty() };
        wit::TaskPolicy {
            retries: policy.retries,
            backoff: wit::Backoff {
                initial: nanoseconds(policy.backoff_initial),
                factor: policy.backoff_factor,
                cap: policy.backoff_cap.map(nanoseconds),
            },
            retry_on: cause(policy.retry_on_trap, wit::RetryCauses::TRAP)
                | cause(policy.retry_on_limit, wit::RetryCauses::LIMIT),
            max_runtime: policy.max_runtime.map(nanoseconds),
            cache: cache(policy.cache),
            reuse: match policy.reuse {
                Reuse::Inherited => C::REUSE.map(reuse),
                Reuse::Never => None,
                Reuse::Policy(own) => Some(reuse(own)),
            },
        }
    }

    fn cache(policy: Cache) -> wit::CachePolicy {
        wit::CachePolicy {
            behavior: match policy.behavior {
                CacheBehavior::Disable => wit::CacheBehavior::Disable,
                CacheBehavior::Auto => wit::CacheBehavior::Auto,
                CacheBehavior::Version(version) => wit::CacheBehavior::Override(version.to_owned()),
            },
            ignored_inputs: policy.ignored_inputs.iter().map(|name| (*name).to_owned()).collect(),
            serialize: policy.serialize,
            max_age: policy.max_age.map(nanoseconds),
        }
    }

    fn reuse(policy: ReusePolicy) -> wit::ReusePolicy {
        wit::ReusePolicy {
            max_uses: policy.max_uses,
            idle_ttl: nanoseconds(policy.idle_ttl),
            concurrency: policy.concurrency,
            scope: match policy.scope {
                ReuseScope::Run => wit::ReuseScope::Run,
                ReuseScope::Global => wit::ReuseScope::Global,
            },
        }
    }
}
