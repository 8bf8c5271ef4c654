//! What a run asks of whoever executes its attempts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::component::Task;
use crate::record::Json;
use crate::rights::ActionRights;
use crate::run::{ActionScope, Failure, RunContext, RunId};

/// Executes attempts: a local engine, or an adaptor to a remote one.
pub(crate) trait Executor: Send + Sync + 'static {
    /// Finds out once what all attempts at a task have in common, in one run and with these rights.
    ///
    /// # Errors
    /// [`Failure::Host`] where it can't execute that task at all.
    fn prepare(
        &self,
        task: &Arc<Task>,
        rights: &Arc<ActionRights>,
        run: &RunContext,
    ) -> Result<Arc<dyn Prepared>, Failure>;

    /// Takes note that a run has ended: nothing it kept for its actions is needed any more.
    fn run_ended(&self, run: &RunId);

    /// Whether it counts instructions, so that `max_fuel` can hold.
    fn is_metered(&self) -> bool;

    /// How many attempts of weight 1 it can hold at once, running or waiting for their children.
    fn capacity(&self) -> usize;
}

/// A task that is ready to be attempted, any number of times.
pub(crate) trait Prepared: Send + Sync + 'static {
    /// How much of the executor's capacity an attempt takes; at least 1.
    fn weight(&self) -> usize;

    /// The same for who attempts it on another thread: what threads share, they fight for, if it is a count only.
    fn again(&self) -> Arc<dyn Prepared>;

    /// Executes one attempt to its end. Dropping the future stops the attempt and frees all it holds.
    ///
    /// An executor must let its future be dropped at any moment, also while a guest computes without a pause.
    fn execute(self: Arc<Self>, attempt: Attempt) -> BoxFuture<'static, Executed>;
}

/// One attempt to execute.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The inputs: an object that conforms to the task's schema.
    pub(crate) inputs: Json,
    /// The action it is an attempt at; the guest's calls go through it.
    pub(crate) scope: ActionScope,
    /// How long it may run. The run drops the future of one that waits; one that computes is the executor's to
    /// stop, as the run's timer may be late then.
    pub(crate) max_runtime: Option<Duration>,
}

/// An attempt that was executed.
#[derive(Debug)]
pub(crate) struct Executed {
    /// The output is text as the guest gave it; the run checks it.
    pub(crate) result: Result<String, Failure>,
    /// What is left to clean up.
    pub(crate) remains: Remains,
}

/// What an attempt leaves behind. Dropping it takes some time, which nobody needs to wait for.
#[derive(Default)]
pub(crate) struct Remains(Option<Box<dyn Send>>);

impl Remains {
    pub(crate) fn of(what: impl Send + 'static) -> Self {
        Self(Some(Box::new(what)))
    }
}

impl fmt::Debug for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Remains").field(&self.0.is_some()).finish()
    }
}
