//! Where an attempt enters an instance: the contract's `run` with a task's name, or a function of the component's own.

use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::{Func, Instance};

use crate::component::Task;
use crate::engine::bindings::failure_of_task;
use crate::engine::load::{Entry, Run};
use crate::engine::state::StoreState;
use crate::engine::typed::TypedFunction;
use crate::record::Json;
use crate::run::{ActionScope, Failure};

/// What of a component a task is.
#[derive(Clone)]
pub(super) enum Target {
    /// One that the component knows by this name.
    Named(Arc<str>),
    /// A function.
    Function(Arc<TypedFunction>),
}

/// The way to call an instance.
#[derive(Clone, Copy)]
pub(super) enum Entrance {
    TaskSet(Run),
    Function(Func),
}

impl Target {
    /// What of a component this task is; `None` where it has no such function.
    pub(super) fn of(task: &Task, entry: &Entry) -> Option<Self> {
        match entry {
            Entry::TaskSet { .. } => Some(Self::Named(task.shared_name())),
            Entry::Typed(functions) => functions.get(task).map(Arc::clone).map(Self::Function),
        }
    }

    /// Finds the way in.
    ///
    /// # Errors
    /// The instance is of another component.
    pub(super) fn enter(
        &self,
        entry: &Entry,
        instance: Instance,
        store: &mut Store<StoreState>,
    ) -> wasmtime::Result<Entrance> {
        match (self, entry) {
            (Self::Function(function), _) => function.of(instance, store).map(Entrance::Function),
            (Self::Named(_), Entry::TaskSet { run }) => instance.get_typed_func(store, *run).map(Entrance::TaskSet),
            (Self::Named(_), Entry::Typed(_)) => Err(wasmtime::format_err!("the component has no `run`")),
        }
    }

    /// Runs the task to its end.
    ///
    /// # Errors
    /// A trap, or a limit. What the task itself gives as an error is the inner one.
    pub(super) async fn call(
        &self,
        entrance: Entrance,
        store: &mut Store<StoreState>,
        inputs: &Json,
        scope: &ActionScope,
    ) -> wasmtime::Result<Result<String, Failure>> {
        match (self, entrance) {
            // Not as one of several calls of a Store: so a guest that waits for nothing traps instead of waiting forever.
            (Self::Named(name), Entrance::TaskSet(run)) => {
                let (returned,) = run.call_async(store, (Arc::clone(name), inputs.text())).await?;
                Ok(returned.map_err(|error| failure_of_task(error, scope.limits().max_output)))
            }
            (Self::Function(typed), Entrance::Function(function)) => {
                typed.call(function, store, inputs, scope).await
            }
            _ => Err(wasmtime::format_err!("the instance is of another component")),
        }
    }
}
