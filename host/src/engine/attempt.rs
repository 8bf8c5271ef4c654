//! One attempt: a fresh instance in its own Store, one call, and everything is gone.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::engine::bindings::{TaskHostPre, failure_of_task};
use crate::engine::state::StoreState;
use crate::engine::{Loaded, Runtime, trap};
use crate::run::{Attempt, Executor, Failure};

/// Executes attempts on wasmtime.
pub(crate) struct WasmExecutor {
    runtime: Arc<Runtime>,
    /// By [`crate::component::ComponentId`].
    components: Vec<TaskHostPre<StoreState>>,
}

impl WasmExecutor {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        Self { runtime, components: Vec::new() }
    }

    /// Takes in a component; its id must be the number of those before it.
    pub(crate) fn add(&mut self, loaded: &Loaded) {
        debug_assert_eq!(loaded.info.id.0, self.components.len());
        self.components.push(loaded.pre.clone());
    }
}

impl Executor for WasmExecutor {
    fn execute(&self, attempt: Attempt) -> BoxFuture<'static, Result<String, Failure>> {
        let runtime = Arc::clone(&self.runtime);
        let Some(pre) = self.components.get(attempt.task.component().id.0).cloned() else {
            let reason = format!("the component of `{}` is not loaded here", attempt.task.name());
            return std::future::ready(Err(Failure::Host(reason))).boxed();
        };
        async move { run(&runtime, &pre, attempt).await }.boxed()
    }

    fn capacity(&self) -> usize {
        self.runtime.capacity()
    }
}

async fn run(runtime: &Runtime, pre: &TaskHostPre<StoreState>, attempt: Attempt) -> Result<String, Failure> {
    let task = attempt.task.name().to_owned();
    let inputs = attempt.inputs.as_str().to_owned();
    let mut store = runtime.store(Some(attempt.scope));
    let called = async {
        let instance = pre.instantiate_async(&mut store).await?;
        store
            .run_concurrent(async |accessor| instance.flyte_task_task_set().call_run(accessor, task, inputs).await)
            .await?
    };
    match called.await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(failure_of_task(error)),
        Err(error) => Err(trap::classify(&error, store.data())),
    }
}
