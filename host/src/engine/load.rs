//! From a file to tasks that can run: inspect, compile, link, describe.

use std::path::PathBuf;
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, TypedFunc};

use crate::component::{
    ComponentId, ComponentInfo, ComponentKind, Inspected, Task, TaskSpec, Unfit, inspect, task_set_export,
};
use crate::engine::bindings::{WitTaskError, WitTaskSpec};
use crate::engine::compile::Source;
use crate::engine::describe::{Undescribed, described};
use crate::engine::optimise::Optimising;
use crate::engine::state::StoreState;
use crate::engine::typed::{self, Budget, Exported, Import, TypedFunctions};
use crate::engine::{LoadError, LoadTerms, Runtime, pool, quick};

/// A component, and what is known of its tasks.
pub(crate) struct Loaded {
    pub(crate) info: Arc<ComponentInfo>,
    pub(crate) tasks: Vec<Task>,
    pub(super) ready: Instantiable,
    /// What it wants of other components.
    pub(crate) imports: Vec<Import>,
    /// Better code in the making, for the next host.
    pub(crate) optimising: Option<Optimising>,
}

/// A component that is ready to be instantiated.
#[derive(Clone)]
pub(super) struct Instantiable {
    pub(super) pre: InstancePre<StoreState>,
    pub(super) entry: Entry,
    /// For how many ordinary instances one of it counts in the pool.
    pub(super) weight: usize,
    /// Whether it imports what makes it block while it waits for a child.
    pub(super) blocks: bool,
}

/// What of a component its tasks are.
#[derive(Clone)]
pub(super) enum Entry {
    /// It takes their names in the contract's `run`.
    TaskSet { run: ComponentExportIndex },
    /// Its own functions.
    Typed(TypedFunctions),
}

/// The contract's `describe`.
pub(super) type Describe = TypedFunc<(), (Vec<WitTaskSpec>,)>;
/// The contract's `run`.
pub(super) type Run = TypedFunc<(Arc<str>, Arc<String>), (Result<String, WitTaskError>,)>;

/// A component's bytes, as they were read.
pub(crate) struct Artifact {
    path: PathBuf,
    bytes: Arc<[u8]>,
    /// Their SHA-256.
    digest: [u8; 32],
}

impl Artifact {
    /// The bytes that came from `path`. Their digest takes some milliseconds a megabyte.
    pub(crate) fn new(path: PathBuf, bytes: Arc<[u8]>) -> Self {
        let mut sha = [0; 32];
        sha.copy_from_slice(digest(&SHA256, &bytes).as_ref());
        Self { path, bytes, digest: sha }
    }
}

/// Loads a component.
///
/// # Errors
/// Every [`LoadError`] but a clash of names.
pub(crate) async fn load(
    runtime: &Runtime,
    id: usize,
    artifact: Artifact,
    terms: &LoadTerms,
) -> Result<Loaded, LoadError> {
    let Artifact { path, bytes, digest } = artifact;
    let path = path.as_path();
    let unfit = |reason: Unfit| LoadError::Unfit { path: path.to_owned(), reason };
    let Inspected { kind, manifest, docs } = inspect(&bytes).map_err(unfit)?;
    let source = Source { path, bytes, digest: &digest };
    let (component, optimising) = quick::component(runtime, source, terms).await?;
    let link = |e: wasmtime::Error| LoadError::Link { path: path.to_owned(), reason: format!("{e:#}") };
    let mut budget = Budget::of(&terms.load);
    let (own, imports) = typed::define(runtime.linker(), runtime.engine(), &component, &mut budget)
        .map_err(|reason| LoadError::Link { path: path.to_owned(), reason })?;
    let pre = own.as_ref().unwrap_or(runtime.linker()).instantiate_pre(&component).map_err(link)?;
    let weight = pool::weight(&component);
    let blocks = component
        .component_type()
        .imports(runtime.engine())
        .any(|(name, _)| name.starts_with("flyte:task/blocking-actions@"))
        || imports.iter().any(Import::blocks);
    let describe = |failure| LoadError::Describe { path: path.to_owned(), source: Box::new(failure) };
    let (entry, mut specs, exported, unavailable) = match kind {
        ComponentKind::TaskSet => {
            let exports @ (_, run) = task_set(&component).map_err(link)?;
            let specs = described(runtime, &pre, exports, terms).await.map_err(|error| match error {
                Undescribed::Types(error) => link(error),
                Undescribed::Failed(failure) => describe(failure),
            })?;
            (Entry::TaskSet { run }, specs, Vec::new(), Vec::new())
        }
        ComponentKind::Typed => {
            let found = typed::functions(runtime.engine(), &component, &mut budget);
            let (exported, unavailable) = found.map_err(describe)?;
            if exported.is_empty() {
                return Err(unfit(Unfit::NoFunctions { unavailable }));
            }
            let specs = exported.iter().map(|exported| exported.spec(&docs)).collect();
            (Entry::Typed(TypedFunctions::of(&exported)), specs, exported, unavailable)
        }
    };
    manifest.complete(&mut specs).map_err(|reason| unfit(reason.into()))?;
    let ready = Instantiable { pre, entry, weight, blocks };
    let info = Arc::new(ComponentInfo { id: ComponentId(id), origin: path.to_owned(), digest, unavailable });
    // One for each, in the same order; none where the component describes its tasks.
    let mut exported = exported.into_iter();
    let tasks = specs.into_iter().map(|spec| task(spec, exported.next(), &info)).collect::<Result<_, _>>()?;
    Ok(Loaded { info, tasks, ready, imports, optimising })
}

fn task(spec: TaskSpec, exported: Option<Exported>, component: &Arc<ComponentInfo>) -> Result<Task, LoadError> {
    let name = spec.name.chars().take(128).collect();
    let info = Arc::clone(component);
    let task = match exported {
        Some(Exported { schemas, place, signature, .. }) => Task::typed(spec, schemas, (place, signature), info),
        None => Task::new(spec, info),
    };
    task.map_err(|source| LoadError::Spec { path: component.origin.clone(), task: name, source: Box::new(source) })
}

/// Where the contract's `describe` and `run` are.
///
/// # Errors
/// One of them is not there.
fn task_set(component: &Component) -> wasmtime::Result<(ComponentExportIndex, ComponentExportIndex)> {
    let interface = task_set_export();
    let export = |name: &str| {
        component
            .get_export_index(None, &interface)
            .and_then(|interface| component.get_export_index(Some(&interface), name))
            .ok_or_else(|| wasmtime::format_err!("no export `{name}` of `{interface}`"))
    };
    Ok((export("describe")?, export("run")?))
}
