//! Where an attempt enters an instance: the contract's `run` with a task's name, or a function of the component's own.

use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::{Func, Instance};

use crate::component::Task;
use crate::engine::bindings::failure_of_task;
use crate::engine::load::{Entry, Run};
use crate::engine::reuse::Shelf;
use crate::engine::state::StoreState;
use crate::engine::typed::{Arguments, TypedFunction};
use crate::record::Json;
use crate::run::{ActionScope, Failure};

/// What of a component a task is.
#[derive(Clone)]
pub(super) enum Target {
    /// One that the component knows by this name, and where instances wait for the next attempt; `None` where each attempt
    /// has an instance of its own.
    Named(Arc<str>, Option<Arc<Shelf>>),
    /// A function.
    Function(Arc<TypedFunction>),
}

/// A call, with what was given as the component takes it.
pub(super) enum Call<'c> {
    Named(&'c Arc<str>, &'c Json),
    Function(&'c TypedFunction, Arguments),
}

/// The way to call an instance.
#[derive(Clone, Copy)]
pub(super) enum Entrance {
    TaskSet(Run),
    Function(Func),
}

impl Target {
    /// What of a component this task is; `None` where it has no such function. A function has no policy, so none is run in
    /// an instance that was used before.
    pub(super) fn of(task: &Task, entry: &Entry, shelf: impl FnOnce() -> Option<Arc<Shelf>>) -> Option<Self> {
        match entry {
            Entry::TaskSet { .. } => Some(Self::Named(task.shared_name(), shelf())),
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
            (Self::Named(..), Entry::TaskSet { run }) => {
                instance.get_typed_func(store, *run).map(Entrance::TaskSet)
            }
            (Self::Named(..), Entry::Typed(_)) => Err(wasmtime::format_err!("the component has no `run`")),
        }
    }

    /// Where instances wait for the next attempt.
    pub(super) fn shelf(&self) -> Option<&Arc<Shelf>> {
        match self {
            Self::Named(_, shelf) => shelf.as_ref(),
            Self::Function(_) => None,
        }
    }

    /// A call of it, before there is an instance.
    ///
    /// # Errors
    /// The inputs take too much memory.
    pub(super) fn call<'c>(&'c self, inputs: &'c Json, scope: &ActionScope) -> Result<Call<'c>, Failure> {
        match self {
            Self::Named(name, _) => Ok(Call::Named(name, inputs)),
            Self::Function(function) => Ok(Call::Function(function, function.arguments(inputs, scope)?)),
        }
    }
}

impl Call<'_> {
    /// Runs the task to its end.
    ///
    /// # Errors
    /// A trap, or a limit. What the task itself gives as an error is the inner one.
    pub(super) async fn run(
        self,
        entrance: Entrance,
        store: &mut Store<StoreState>,
        scope: &ActionScope,
    ) -> wasmtime::Result<Result<String, Failure>> {
        match (self, entrance) {
            // Not as one of several calls of a Store: so a guest that waits for nothing traps instead of waiting forever.
            (Self::Named(name, inputs), Entrance::TaskSet(run)) => {
                let (returned,) = run.call_async(store, (Arc::clone(name), inputs.text())).await?;
                Ok(returned.map_err(|error| failure_of_task(error, scope.limits().max_output)))
            }
            (Self::Function(typed, arguments), Entrance::Function(function)) => {
                typed.call(function, store, arguments, scope).await
            }
            _ => Err(wasmtime::format_err!("the instance is of another component")),
        }
    }
}
