//! From a file to tasks that can run: inspect, compile, link, describe.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use wasmtime::component::Component;

use crate::component::{ComponentId, ComponentInfo, Task, TaskSpec, inspect};
use crate::engine::bindings::TaskHostPre;
use crate::engine::describe::describe;
use crate::engine::state::StoreState;
use crate::engine::{LoadError, Runtime};

/// A component that is ready to be instantiated, and its tasks.
pub(crate) struct Loaded {
    pub(crate) info: Arc<ComponentInfo>,
    pub(crate) tasks: Vec<Task>,
    pub(super) pre: TaskHostPre<StoreState>,
}

/// Loads the component `bytes` that came from `path`.
///
/// # Errors
/// Every [`LoadError`] but a clash of names.
pub(crate) async fn load(
    runtime: &Runtime,
    id: usize,
    path: &Path,
    bytes: Arc<[u8]>,
    describe_within: Duration,
) -> Result<Loaded, LoadError> {
    inspect(&bytes).map_err(|reason| LoadError::Unfit { path: path.to_owned(), reason })?;
    let digest = Sha256::digest(&bytes).into();
    // Compiling takes all cores for a while; the async threads stay free for others meanwhile.
    let engine = runtime.engine().clone();
    let compiled = tokio::task::spawn_blocking(move || Component::from_binary(&engine, &bytes)).await;
    let component = compiled
        .unwrap_or_else(|panic| Err(wasmtime::format_err!("the compiler failed: {panic}")))
        .map_err(|e| LoadError::Compile { path: path.to_owned(), reason: format!("{e:#}") })?;
    let pre = runtime
        .linker()
        .instantiate_pre(&component)
        .and_then(TaskHostPre::new)
        .map_err(|e| LoadError::Link { path: path.to_owned(), reason: format!("{e:#}") })?;
    let specs = describe(runtime, &pre, describe_within)
        .await
        .map_err(|failure| LoadError::Describe { path: path.to_owned(), source: Box::new(failure) })?;
    let info = Arc::new(ComponentInfo { id: ComponentId(id), origin: path.to_owned(), digest });
    let tasks = specs.into_iter().map(|spec| task(spec, &info)).collect::<Result<_, _>>()?;
    Ok(Loaded { info, tasks, pre })
}

fn task(spec: TaskSpec, component: &Arc<ComponentInfo>) -> Result<Task, LoadError> {
    let name = spec.name.clone();
    Task::new(spec, Arc::clone(component)).map_err(|source| LoadError::Spec {
        path: component.origin.clone(),
        task: name,
        source: Box::new(source),
    })
}
