//! One attempt: a fresh instance in its own Store, one call, and everything is gone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use wasmtime::component::Instance;
use wasmtime::{PoolConcurrencyLimitError, Store};

use crate::component::Task;
use crate::engine::bindings::failure_of_task;
use crate::engine::load::{Instantiable, Run};
use crate::engine::state::StoreState;
use crate::engine::{Loaded, Runtime, trap};
use crate::run::{Attempt, Executor, Failure};

/// How long an attempt waits for room in the pool.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long it waits before it looks again.
const PAUSE: Duration = Duration::from_millis(10);

/// Executes attempts on wasmtime.
pub(crate) struct WasmExecutor {
    runtime: Arc<Runtime>,
    /// By [`crate::component::ComponentId`].
    components: Vec<Instantiable>,
}

impl WasmExecutor {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        Self { runtime, components: Vec::new() }
    }

    /// Takes in a component; its id must be the number of those before it.
    pub(crate) fn add(&mut self, loaded: &Loaded) {
        debug_assert_eq!(loaded.info.id.0, self.components.len());
        self.components.push(loaded.ready.clone());
    }
}

impl Executor for WasmExecutor {
    fn execute(&self, attempt: Attempt) -> BoxFuture<'static, Result<String, Failure>> {
        let runtime = Arc::clone(&self.runtime);
        let Some(component) = self.components.get(attempt.task.component().id.0).cloned() else {
            let reason = format!("the component of `{}` is not loaded here", attempt.task.name());
            return std::future::ready(Err(Failure::Host(reason))).boxed();
        };
        async move { run(&runtime, &component, attempt).await }.boxed()
    }

    fn is_metered(&self) -> bool {
        self.runtime.is_metered()
    }

    fn weight(&self, task: &Task) -> usize {
        self.components.get(task.component().id.0).map_or(1, |component| component.weight)
    }

    fn capacity(&self) -> usize {
        self.runtime.capacity()
    }
}

/// A Store with an instance in it, once the pool has room for all its parts: others may use up those that no weight
/// counts. Each try has a Store of its own, as one that failed keeps the parts it got.
async fn instantiate(
    runtime: &Runtime,
    component: &Instantiable,
    attempt: &Attempt,
) -> (Store<StoreState>, wasmtime::Result<Instance>) {
    let since = Instant::now();
    loop {
        let mut store = runtime.store(Some(attempt.scope.clone()), attempt.scope.limits(), attempt.max_runtime);
        match component.pre.instantiate_async(&mut store).await {
            Err(error) if error.is::<PoolConcurrencyLimitError>() && since.elapsed() < LONGEST_WAIT => {
                drop(store);
                tokio::time::sleep(PAUSE).await;
            }
            done => return (store, done),
        }
    }
}

async fn run(runtime: &Runtime, component: &Instantiable, attempt: Attempt) -> Result<String, Failure> {
    let limits = attempt.scope.limits();
    let (mut store, instantiated) = instantiate(runtime, component, &attempt).await;
    let called = async {
        let run: Run<'_> = instantiated?.get_typed_func(&mut store, component.run)?;
        // Not as one of several calls of a Store: so a guest that waits for nothing traps instead of waiting forever.
        run.call_async(&mut store, (attempt.task.name(), attempt.inputs.as_str())).await
    };
    match called.await {
        Ok((Ok(output),)) => Ok(output),
        Ok((Err(error),)) => Err(failure_of_task(error, limits.max_output)),
        Err(error) => Err(trap::classify(&error, store.data(), limits)),
    }
}
