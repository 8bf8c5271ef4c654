//! What actions have in common that are invoked alike: found out once, however many they are.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::component::{ComponentId, ComponentInfo, Task};
use crate::rights::{ActionRights, Capability, Denial};
use crate::run::cache::FlightId;
use crate::run::executor::Prepared;
use crate::run::{ActionId, Failure, InvokeOptions, RunContext};

/// What is invoked: what the catalog has by a name, or a task that is known already.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Callee<'t> {
    Named(&'t str),
    Task(&'t Arc<Task>),
}

/// A task as it is invoked: by whom, under which name, with which options.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) run: Arc<RunContext>,
    /// The task by the name it is invoked with.
    name: Arc<str>,
    /// It, where no name was looked for.
    known: Option<Arc<Task>>,
    options: InvokeOptions,
    /// The name and the group as they may be told.
    pub(super) told: Told,
    /// `None` for the root.
    pub(super) parent: Option<ActionId>,
    /// The attempt of the parent that invokes; 0 for the root.
    pub(super) parent_attempt: u32,
    /// The root's is 1, except in a replay.
    pub(super) depth: u32,
    /// The nearest result above that others may wait for.
    pub(super) claim: Option<FlightId>,
    pub(super) ready: Result<Arc<Ready>, Failure>,
}

/// The parts of a plan that events repeat.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) task: Arc<str>,
    pub(super) group: Option<Arc<str>>,
    pub(super) component: Option<Arc<ComponentInfo>>,
    /// In place of the `max_runtime` of the task's policy.
    pub(super) max_runtime: Option<Duration>,
    /// None where nobody is told, and nothing is compared with them.
    pub(super) rights: Arc<[Capability]>,
}

/// A task that there is, with all that its attempts need.
#[derive(Clone)]
pub(super) struct Ready {
    pub(super) task: Arc<Task>,
    pub(super) rights: Arc<ActionRights>,
    /// A right that the task can't do without, and does not have.
    pub(super) missing: Option<Denial>,
    pub(super) prepared: Arc<dyn Prepared>,
    pub(super) retries: u32,
    pub(super) max_runtime: Option<Duration>,
}

/// Who invokes.
pub(super) struct Invoker {
    pub(super) action: ActionId,
    pub(super) attempt: u32,
    /// The component whose tasks a bare name means first.
    pub(super) component: ComponentId,
    pub(super) depth: u32,
    /// The nearest result that others may wait for while it is computed: its own, or one above.
    pub(super) claim: Option<FlightId>,
    pub(super) rights: Arc<ActionRights>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("task", &self.told.task).field("parent", &self.parent).finish_non_exhaustive()
    }
}

impl Plan {
    /// The plan for a task; the root's where nobody invokes it. What is wrong with it fails each action.
    pub(super) fn of(
        run: &Arc<RunContext>,
        callee: Callee<'_>,
        options: InvokeOptions,
        invoker: Option<&Invoker>,
    ) -> Self {
        let (name, known): (Arc<str>, _) = match callee {
            Callee::Named(name) => (name.into(), None),
            Callee::Task(task) => (task.qualified_name().into(), Some(Arc::clone(task))),
        };
        let masked = match run.secrets() {
            Some(secrets) => secrets.mask(&name).as_ref().into(),
            None => Arc::clone(&name),
        };
        let ready = Ready::of(run, callee, &options, invoker);
        let rights = match &ready {
            Ok(ready) if run.is_watched() || run.earlier.is_some() => {
                ready.rights.effective().capabilities().into()
            }
            _ => Arc::default(),
        };
        let told = Told {
            task: masked,
            group: options.group.as_deref().map(Into::into),
            max_runtime: options.max_runtime,
            component: ready.as_ref().ok().map(|ready| Arc::clone(ready.task.component())),
            rights,
        };
        Self {
            run: Arc::clone(run),
            told,
            parent: invoker.map(|invoker| invoker.action),
            parent_attempt: invoker.map_or(0, |invoker| invoker.attempt),
            depth: match invoker {
                Some(invoker) => invoker.depth + 1,
                // What was deep then is so now, though nothing is above it.
                None => run.replayed().map_or(1, |replayed| replayed.depth),
            },
            claim: invoker.and_then(|invoker| invoker.claim),
            ready: ready.map(Arc::new),
            name,
            known,
            options,
        }
    }

    /// The same for a hand of its own.
    pub(super) fn again(&self) -> Self {
        let mut plan = self.clone();
        if let Ok(ready) = &mut plan.ready {
            let prepared = ready.prepared.again();
            Arc::make_mut(ready).prepared = prepared;
        }
        plan
    }

    /// Whether it is the plan for this invocation too.
    pub(super) fn is_for(&self, callee: Callee<'_>, options: &InvokeOptions) -> bool {
        let is_it = match (callee, &self.known) {
            (Callee::Named(name), None) => *self.name == *name,
            (Callee::Task(task), Some(known)) => Arc::ptr_eq(task, known),
            _ => false,
        };
        is_it && self.options == *options
    }
}

impl Ready {
    fn of(
        run: &Arc<RunContext>,
        callee: Callee<'_>,
        options: &InvokeOptions,
        invoker: Option<&Invoker>,
    ) -> Result<Self, Failure> {
        let task = match callee {
            Callee::Named(name) => run.catalog.resolve(name, invoker.map(|invoker| invoker.component))?,
            Callee::Task(task) => task,
        };
        let task = Arc::clone(task);
        // What the task declares of what its parent has, or of what is granted.
        let rights = Arc::new(match invoker {
            None => ActionRights::of_root(run.granted.clone(), task.rights()),
            Some(parent) => ActionRights::of_child(&parent.rights, parent.action.to_string(), task.rights()),
        });
        Ok(Self {
            missing: rights.missing(),
            prepared: run.executor.prepare(&task, &rights, run)?,
            retries: options.retries.unwrap_or(task.policy().retries),
            max_runtime: shortest(options.max_runtime.or(task.policy().max_runtime), run.limits.max_runtime),
            task,
            rights,
        })
    }
}

fn shortest(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
