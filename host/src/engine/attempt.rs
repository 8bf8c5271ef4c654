//! Executes attempts on wasmtime: each in a fresh instance of its own, unless the task's policy says otherwise.

use std::sync::Arc;

use crate::component::Task;
use crate::engine::entrance::Target;
use crate::engine::lane::Lane;
use crate::engine::load::Instantiable;
use crate::engine::reuse::Shelves;
use crate::engine::{Loaded, Runtime};
use crate::rights::ActionRights;
use crate::run::{Executor, Failure, Prepared, RunContext, RunId};

/// Executes attempts on wasmtime.
pub(crate) struct WasmExecutor {
    runtime: Arc<Runtime>,
    /// By [`crate::component::ComponentId`].
    components: Vec<Arc<Instantiable>>,
    shelves: Arc<Shelves>,
}

impl WasmExecutor {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        Self { runtime, components: Vec::new(), shelves: Arc::default() }
    }

    /// Takes in a component; its id must be the number of those before it.
    pub(crate) fn add(&mut self, loaded: &Loaded) {
        debug_assert_eq!(loaded.info.id.0, self.components.len());
        self.components.push(Arc::new(loaded.ready.clone()));
    }
}

impl Executor for WasmExecutor {
    fn prepare(
        &self,
        task: &Arc<Task>,
        rights: &Arc<ActionRights>,
        run: &RunContext,
    ) -> Result<Arc<dyn Prepared>, Failure> {
        let component = self.components.get(task.component().id.0);
        let found = component.and_then(|component| {
            let shelf = || self.shelves.of(task, rights, run, component.blocks);
            Some((component, Target::of(task, &component.entry, shelf)?))
        });
        let Some((component, target)) = found else {
            return Err(Failure::Host(format!("the component of `{}` is not loaded here", task.name())));
        };
        Ok(Arc::new(Lane {
            runtime: Arc::clone(&self.runtime),
            component: Arc::clone(component),
            target,
            shelves: Arc::clone(&self.shelves),
        }))
    }

    fn run_ended(&self, run: &RunId) {
        self.shelves.run_ended(run);
    }

    fn is_metered(&self) -> bool {
        self.runtime.is_metered()
    }

    fn capacity(&self) -> usize {
        self.runtime.capacity()
    }
}
