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
    /// Where instances wait for the next attempt; `None` where each attempt has an instance of its own.
    pub(super) shelf: Option<Arc<Shelf>>,
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
        match &self.shelf {
            Some(shelf) if shelf.is_shared() => {
                Executed { result: self.run_among_others(shelf, attempt).await, remains: Remains::default() }
            }
            _ => self.run_alone(attempt).await,
        }
    }

    async fn run_alone(&self, attempt: Attempt) -> Executed {
        let Attempt { inputs, scope, max_runtime } = attempt;
        let waiting = self.shelf.as_ref().and_then(|shelf| shelf.take());
        let mut resident = match waiting {
            Some(mut resident) => {
                resident.enter(self, &scope, max_runtime);
                resident
            }
            None => match Resident::fresh(self, &scope, max_runtime).await {
                Ok(resident) => resident,
                Err(failure) => return Executed { result: Err(failure), remains: Remains::default() },
            },
        };
        let Called { result, is_sound } = resident.call(&self.target, &inputs, &scope).await;
        let remains = match &self.shelf {
            Some(shelf) if is_sound => Arc::clone(shelf).put(resident).map(Remains::of).unwrap_or_default(),
            _ => Remains::of(resident),
        };
        Executed { result, remains }
    }

    async fn run_among_others(&self, shelf: &Shelf, attempt: Attempt) -> Result<String, Failure> {
        let Target::Named(task) = &self.target else {
            return Err(Failure::Host("a function of the component's own has instances of its own".to_owned()));
        };
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
