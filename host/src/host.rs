//! The host: loaded components, and runs of their tasks.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::component::Catalog;
use crate::engine::{self, EngineError, LoadError, PoolSize, Runtime, WasmExecutor};
use crate::record::Json;
use crate::run::{Admission, Budget, EventSink, Executor, Failure, ResultCache, Run, RunContext};
use crate::sandbox::SandboxLimits;

/// How long a component may take to describe its tasks.
const DESCRIBE_WITHIN: Duration = Duration::from_secs(10);

/// Loaded components and what runs them. Cheap to clone; all clones are the same host.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    catalog: Arc<Catalog>,
    executor: Arc<dyn Executor>,
    admission: Arc<Admission>,
    cache: Arc<ResultCache>,
    budget: Budget,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("catalog", &self.0.catalog)
            .field("budget", &self.0.budget)
            .finish_non_exhaustive()
    }
}

/// Why a host can't be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The engine can't be set up on this machine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A component can't be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
}

/// Says what a [`Host`] loads and how much its runs may use.
#[derive(Debug, Clone)]
pub struct HostBuilder {
    sources: Vec<Source>,
    budget: Budget,
    limits: SandboxLimits,
    pool: PoolSize,
    concurrency: u32,
}

#[derive(Debug, Clone)]
enum Source {
    File(PathBuf),
    Bytes { name: PathBuf, bytes: Arc<[u8]> },
}

impl HostBuilder {
    /// Loads a component from a `.wasm` file.
    #[must_use]
    pub fn load(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(Source::File(path.into()));
        self
    }

    /// Loads a component from memory; `name` stands for it in messages.
    #[must_use]
    pub fn load_bytes(mut self, name: impl Into<PathBuf>, bytes: impl Into<Arc<[u8]>>) -> Self {
        self.sources.push(Source::Bytes { name: name.into(), bytes: bytes.into() });
        self
    }

    /// What each run may use.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// What each attempt's sandbox may take.
    #[must_use]
    pub fn sandbox(mut self, limits: SandboxLimits) -> Self {
        self.limits = limits;
        self
    }

    /// How many sandboxes the host can hold at once.
    #[must_use]
    pub fn pool(mut self, size: PoolSize) -> Self {
        self.pool = size;
        self
    }

    /// How many actions of this host run at once, not counting parents that wait for their children. At least 1.
    #[must_use]
    pub fn max_action_concurrency(mut self, actions: u32) -> Self {
        self.concurrency = actions;
        self
    }

    /// Sets up the engine and loads the components, in order. Must be called within a tokio runtime that has
    /// its timers enabled.
    ///
    /// # Errors
    /// [`HostError::Engine`], or the first component's [`LoadError`].
    pub async fn build(self) -> Result<Host, HostError> {
        let runtime = Arc::new(Runtime::new(self.pool, self.limits)?);
        let mut catalog = Catalog::default();
        let mut executor = WasmExecutor::new(Arc::clone(&runtime));
        for (id, source) in self.sources.into_iter().enumerate() {
            let (name, bytes) = source.read()?;
            let loaded = engine::load(&runtime, id, &name, bytes, DESCRIBE_WITHIN).await?;
            executor.add(&loaded);
            catalog.add(loaded.info, loaded.tasks).map_err(LoadError::Clash)?;
        }
        let admission = Admission::new(self.concurrency as usize, executor.capacity());
        Ok(Host(Arc::new(Inner {
            catalog: Arc::new(catalog),
            executor: Arc::new(executor),
            admission,
            cache: Arc::new(ResultCache::default()),
            budget: self.budget,
        })))
    }
}

impl Source {
    fn read(self) -> Result<(PathBuf, Arc<[u8]>), LoadError> {
        match self {
            Self::Bytes { name, bytes } => Ok((name, bytes)),
            Self::File(path) => match std::fs::read(&path) {
                Ok(bytes) => Ok((path, bytes.into())),
                Err(source) => Err(LoadError::Read { path, source }),
            },
        }
    }
}

/// A run to start: a task, its inputs, and who watches.
pub struct RunRequest {
    task: String,
    inputs: String,
    sink: Option<Arc<dyn EventSink>>,
    budget: Option<Budget>,
}

impl fmt::Debug for RunRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Inputs may be large, and may be nobody's business.
        f.debug_struct("RunRequest").field("task", &self.task).field("budget", &self.budget).finish_non_exhaustive()
    }
}

impl RunRequest {
    /// A run of `task` (a name, or `environment.name`) on `inputs`: a JSON object with the task's parameters.
    pub fn new(task: impl Into<String>, inputs: impl Into<String>) -> Self {
        Self { task: task.into(), inputs: inputs.into(), sink: None, budget: None }
    }

    /// Who is told what happens.
    #[must_use]
    pub fn watch(mut self, sink: Arc<dyn EventSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// What this run may use, in place of the host's own budget.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }
}

impl Host {
    /// How many actions run at once where [`HostBuilder::max_action_concurrency`] does not say.
    pub const DEFAULT_ACTION_CONCURRENCY: u32 = 64;

    /// Starts to describe a host.
    pub fn builder() -> HostBuilder {
        HostBuilder {
            sources: Vec::new(),
            budget: Budget::default(),
            limits: SandboxLimits::default(),
            pool: PoolSize::default(),
            concurrency: Host::DEFAULT_ACTION_CONCURRENCY,
        }
    }

    /// The tasks of the loaded components.
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// Runs a task to its end and gives its output.
    ///
    /// # Errors
    /// How the root action failed.
    pub async fn run(&self, task: &str, inputs: impl Into<String>) -> Result<Json, Failure> {
        self.start(RunRequest::new(task, inputs)).outcome().await.result
    }

    /// Starts a run and returns at once. Must be called within the tokio runtime that is to run it.
    pub fn start(&self, request: RunRequest) -> Run {
        let inner = &self.0;
        let context = RunContext::new(
            Arc::clone(&inner.catalog),
            Arc::clone(&inner.executor),
            Arc::clone(&inner.admission),
            Arc::clone(&inner.cache),
            request.budget.unwrap_or_else(|| inner.budget.clone()),
            request.sink,
        );
        Run::start(context, &request.task, request.inputs)
    }
}
