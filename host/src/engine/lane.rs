//! A task that is ready to be attempted: all that its attempts have in common in one run, with one set of rights.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::Runtime;
use crate::engine::entrance::Target;
use crate::engine::load::Instantiable;
use crate::engine::resident::{Called, Resident};
use crate::engine::reuse::{Shelf, Shelves};
use crate::run::{Attempt, Executed, Failure, Prepared, Remains};

/// The way of a task's attempts into their sandboxes.
#[derive(Clone)]
pub(super) struct Lane {
    pub(super) runtime: Arc<Runtime>,
    pub(super) component: Arc<Instantiable>,
    /// What of the component the task is.
    pub(super) target: Target,
    pub(super) shelves: Arc<Shelves>,
}

impl Prepared for Lane {
    fn weight(&self) -> usize {
        self.component.weight
    }

    fn again(&self) -> Arc<dyn Prepared> {
        Arc::new(self.clone())
    }

    fn execute(self: Arc<Self>, attempt: Attempt) -> BoxFuture<'static, Executed> {
        async move { self.run(attempt).await }.boxed()
    }
}

impl Lane {
    async fn run(&self, attempt: Attempt) -> Executed {
        match &self.target {
            Target::Named(task, Some(shelf)) if shelf.is_shared() => {
                let result = self.run_among_others(task, shelf, attempt).await;
                Executed { result, remains: Remains::default() }
            }
            _ => self.run_alone(attempt).await,
        }
    }

    async fn run_alone(&self, attempt: Attempt) -> Executed {
        let Attempt { inputs, scope, max_runtime } = attempt;
        let failed = |failure| Executed { result: Err(failure), remains: Remains::default() };
        let call = match self.target.call(&inputs, &scope) {
            Ok(call) => call,
            Err(failure) => return failed(failure),
        };
        let waiting = self.target.shelf().and_then(|shelf| shelf.take());
        let mut resident = match waiting {
            Some(mut resident) => {
                resident.enter(self, &scope, max_runtime);
                resident
            }
            None => match Resident::fresh(self, &scope, max_runtime).await {
                Ok(resident) => resident,
                Err(failure) => return failed(failure),
            },
        };
        let Called { result, is_sound } = resident.run(call, &scope).await;
        let remains = match self.target.shelf() {
            Some(shelf) if is_sound => Arc::clone(shelf).put(resident).map(Remains::of).unwrap_or_default(),
            _ => Remains::of(resident),
        };
        Executed { result, remains }
    }

    async fn run_among_others(&self, task: &Arc<str>, shelf: &Shelf, attempt: Attempt) -> Result<String, Failure> {
        let Attempt { inputs, scope, max_runtime } = attempt;
        let place = match shelf.place() {
            Some(place) => place,
            None => {
                let resident = Resident::fresh(self, &scope, max_runtime).await?;
                shelf.share(resident, scope.limits())?
            }
        };
        place.call(task, inputs, scope, max_runtime).await
    }
}
