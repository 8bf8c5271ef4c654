//! What a run asks of whoever executes its attempts.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::component::Task;
use crate::record::Json;
use crate::run::{ActionScope, Failure};

/// Executes attempts: a local engine, or an adaptor to a remote one.
pub(crate) trait Executor: Send + Sync + 'static {
    /// Executes one attempt to its end. Dropping the future stops the attempt and frees all it holds.
    ///
    /// An executor must let its future be dropped at any moment, also while a guest computes without a pause.
    ///
    /// The output is text as the guest gave it; the run checks it.
    fn execute(&self, attempt: Attempt) -> BoxFuture<'static, Result<String, Failure>>;

    /// Whether it counts instructions, so that `max_fuel` can hold.
    fn is_metered(&self) -> bool;

    /// How much of its capacity an attempt at this task takes; at least 1.
    fn weight(&self, task: &Task) -> usize;

    /// How many attempts of weight 1 it can hold at once, running or waiting for their children.
    fn capacity(&self) -> usize;
}

/// One attempt to execute.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The task.
    pub(crate) task: Arc<Task>,
    /// The inputs: an object that conforms to the task's schema.
    pub(crate) inputs: Json,
    /// The action it is an attempt at; the guest's calls go through it.
    pub(crate) scope: ActionScope,
    /// How long it may run. The run drops the future of one that waits; one that computes is the executor's to
    /// stop, as the run's timer may be late then.
    pub(crate) max_runtime: Option<Duration>,
}
