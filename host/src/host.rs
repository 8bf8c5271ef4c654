//! The host: loaded components, and runs of their tasks.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::component::Catalog;
use crate::component::typed::{Unmatched, keep_apart};
use crate::engine::{
    self, Artifact, CompileCache, EngineError, LoadError, LoadEvent, LoadLimits, LoadTerms, LoadWatch, Optimising,
    PoolSize, Runtime, WasmExecutor,
};
use crate::history::{History, Recovery, RunNote};
use crate::record::Json;
use crate::replay::Replay;
use crate::results::Results;
use crate::rights::Granted;
use crate::run::{
    self, AbortHandle, Admission, Earlier, EventSink, Executor, Failure, Limits, ResultCache, ResultCacheMode, Run,
    RunContext, Terms,
};

/// Loaded components and what runs them. Cheap to clone; all clones are the same host.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    catalog: Arc<Catalog>,
    executor: Arc<dyn Executor>,
    admission: Arc<Admission>,
    cache: Arc<ResultCache>,
    terms: Terms,
    history: Option<History>,
    optimising: Vec<Optimising>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("catalog", &self.0.catalog)
            .field("terms", &self.0.terms)
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
    terms: Terms,
    load: LoadLimits,
    cache: Option<CompileCache>,
    compile_quickly: bool,
    watch: LoadWatch,
    pool: PoolSize,
    concurrency: u32,
    history: Option<History>,
    store: Option<Results>,
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

    /// What each run may take. Where they set [`Limits::max_fuel`], the host counts instructions, for all of its runs.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.terms.limits = Arc::new(limits);
        self
    }

    /// What a component may take while it is loaded.
    #[must_use]
    pub fn load_limits(mut self, limits: LoadLimits) -> Self {
        self.load = limits;
        self
    }

    /// Where compiled components are kept, so that the next host does not compile them again. By default nowhere.
    #[must_use]
    pub fn compile_cache(mut self, cache: CompileCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Compiles what the cache does not have in half the time, to code that is slower; the cache keeps that too, and a
    /// host that runs it makes optimised code meanwhile, on one thread of low priority, for the next. For processes that
    /// load a component for a run or two. Without [`HostBuilder::compile_cache`] it changes nothing.
    ///
    /// A process may end at any time, and the next tries again: see [`Host::optimised`].
    #[must_use]
    pub fn compile_quickly(mut self) -> Self {
        self.compile_quickly = true;
        self
    }

    /// Who is told what happens while the host is set up and components are loaded: it is called in between, and should be quick.
    #[must_use]
    pub fn watch_loading(mut self, told: impl Fn(&LoadEvent<'_>) + Send + Sync + 'static) -> Self {
        self.watch = LoadWatch::new(told);
        self
    }

    /// What the tasks of each run are granted. By default nothing.
    #[must_use]
    pub fn grant(mut self, granted: Granted) -> Self {
        self.terms.granted = granted;
        self
    }

    /// Fixes clocks and randomness of each run: guests see a time that moves only by what they do, and random numbers
    /// that depend on `seed` and on the action's place in the tree of calls.
    #[must_use]
    pub fn deterministic(mut self, seed: u64) -> Self {
        self.terms.seed = Some(seed);
        self
    }

    /// Records all runs of the host. By default none is recorded.
    #[must_use]
    pub fn history(mut self, history: History) -> Self {
        self.history = Some(history);
        self
    }

    /// Keeps results of tasks that have a cache where later processes find them. By default they live as long as the host.
    #[must_use]
    pub fn results(mut self, results: Results) -> Self {
        self.store = Some(results);
        self
    }

    /// Whether runs take results of earlier actions, where a task's cache has one, and keep theirs.
    #[must_use]
    pub fn result_cache(mut self, mode: ResultCacheMode) -> Self {
        self.terms.results = mode;
        self
    }

    /// How many sandboxes the host can hold at once. Where the machine has not the address space for them, there are
    /// fewer, or no pool at all; see [`LoadEvent::SmallPool`] and [`LoadEvent::NoPool`].
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
        let most = self.load.max_component_size;
        let mut sources = self.sources.into_iter();
        // The first is read while the engine is set up, each other one while the one before it is loaded.
        let mut ahead = sources.next().map(|source| source.read_ahead(most));
        let runtime = Arc::new(Runtime::new(self.pool, self.terms.limits.max_fuel.is_some())?);
        runtime.tell_shortage(&self.watch);
        let terms =
            LoadTerms::new(&self.load, &self.terms.limits, self.cache, self.watch).quickly(self.compile_quickly);
        let mut catalog = Catalog::default();
        let mut optimising = Vec::new();
        let mut executor = WasmExecutor::new(Arc::clone(&runtime));
        let (mut components, mut tasks, mut imports) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(reading) = ahead.take() {
            let artifact = reading.await?;
            ahead = sources.next().map(|source| source.read_ahead(most));
            let loaded = engine::load(&runtime, components.len(), artifact, &terms).await?;
            executor.add(&loaded);
            optimising.extend(loaded.optimising);
            imports.extend(loaded.imports.into_iter().map(|import| (Arc::clone(&loaded.info), import)));
            components.push(loaded.info);
            tasks.push(loaded.tasks);
        }
        keep_apart(&mut tasks);
        for (component, tasks) in components.into_iter().zip(tasks) {
            catalog.add(component, tasks).map_err(LoadError::Clash)?;
        }
        for (importer, import) in imports {
            import.find(&catalog, importer.id).map_err(|Unmatched { reason, is_loaded }| LoadError::Import {
                path: importer.origin.clone(),
                import: import.told().to_owned(),
                task: import.task(),
                is_loaded,
                reason,
            })?;
        }
        let admission = Admission::new(self.concurrency as usize, executor.capacity());
        Ok(Host(Arc::new(Inner {
            catalog: Arc::new(catalog),
            executor: Arc::new(executor),
            admission,
            cache: Arc::new(ResultCache::new(self.store.map(|store| store.shared()))),
            terms: self.terms,
            history: self.history,
            optimising,
        })))
    }
}

impl Source {
    /// Begins to read, on a thread of its own. Must be called within a tokio runtime.
    fn read_ahead(self, most: u64) -> impl Future<Output = Result<Artifact, LoadError>> {
        let path = match &self {
            Self::File(path) | Self::Bytes { name: path, .. } => path.clone(),
        };
        let reading = tokio::task::spawn_blocking(move || self.read(most));
        async move { reading.await.unwrap_or_else(|lost| Err(LoadError::Read { path, source: lost.into() })) }
    }

    /// At most `most` bytes.
    fn read(self, most: u64) -> Result<Artifact, LoadError> {
        let (path, bytes) = match self {
            Self::Bytes { name, bytes } => (name, bytes),
            Self::File(path) => {
                let mut bytes = Vec::new();
                let read =
                    File::open(&path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes));
                match read {
                    Ok(_) => (path, bytes.into()),
                    Err(source) => return Err(LoadError::Read { path, source }),
                }
            }
        };
        if bytes.len() as u64 > most {
            Err(LoadError::TooLarge { path, most })
        } else {
            Ok(Artifact::new(path, bytes))
        }
    }
}

/// A run to start: a task, its inputs, and who watches.
pub struct RunRequest {
    task: String,
    inputs: String,
    sink: Option<Arc<dyn EventSink>>,
    limits: Option<Limits>,
    granted: Option<Granted>,
    seed: Option<u64>,
    results: Option<ResultCacheMode>,
    note: RunNote,
    earlier: Option<Arc<dyn Earlier>>,
}

impl fmt::Debug for RunRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Inputs may be large, and may be nobody's business.
        f.debug_struct("RunRequest").field("task", &self.task).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl RunRequest {
    /// A run of `task` (a name, or `environment.name`) on `inputs`: a JSON object with the task's parameters.
    pub fn new(task: impl Into<String>, inputs: impl Into<String>) -> Self {
        Self {
            task: task.into(),
            inputs: inputs.into(),
            sink: None,
            limits: None,
            granted: None,
            seed: None,
            results: None,
            note: RunNote::default(),
            earlier: None,
        }
    }

    /// The run of a recorded one's root again, with its inputs and seed. What had ended below it answers from the record,
    /// in the order in which it did, and the rest runs; see [`Phase::Recovered`](run::Phase::Recovered). Where a task
    /// does something else than it did, though it was given the same, the run stops with [`Failure::Diverged`].
    pub fn recover(recovery: &Recovery) -> Self {
        let recorded = recovery.run();
        Self {
            seed: recorded.seed,
            note: RunNote { recovers: Some(recorded.id.clone()), ..RunNote::default() },
            earlier: Some(recovery.earlier()),
            ..Self::new(recorded.task.as_str(), recovery.inputs())
        }
    }

    /// One action of an exported run again, by itself: what it invokes is answered from the file, and no other task is run.
    /// Where it does something else than it did, the run stops with [`Failure::Diverged`].
    pub fn replay(replay: &Replay) -> Self {
        Self { seed: replay.seed(), earlier: Some(replay.earlier()), ..Self::new(replay.task(), replay.inputs()) }
    }

    /// Who is told what happens.
    #[must_use]
    pub fn watch(mut self, sink: Arc<dyn EventSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// What this run may use, in place of the host's own limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// What the tasks of this run are granted, in place of what the host grants.
    #[must_use]
    pub fn grant(mut self, granted: Granted) -> Self {
        self.granted = Some(granted);
        self
    }

    /// Whether this run takes results of earlier actions; see [`HostBuilder::result_cache`].
    #[must_use]
    pub fn result_cache(mut self, mode: ResultCacheMode) -> Self {
        self.results = Some(mode);
        self
    }

    /// What the history says of this run beside what happens in it.
    #[must_use]
    pub fn note(mut self, note: RunNote) -> Self {
        let recovers = note.recovers.or(self.note.recovers);
        self.note = RunNote { recovers, ..note };
        self
    }

    /// Fixes clocks and randomness of this run; see [`HostBuilder::deterministic`].
    #[must_use]
    pub fn deterministic(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
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
            terms: Terms::default(),
            load: LoadLimits::default(),
            cache: None,
            compile_quickly: false,
            watch: LoadWatch::default(),
            pool: PoolSize::default(),
            concurrency: Host::DEFAULT_ACTION_CONCURRENCY,
            history: None,
            store: None,
        }
    }

    /// The tasks of the loaded components.
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// Runs a task to its end and gives its output. Where the future is dropped before, the run is aborted; its end is
    /// recorded once its last action has stopped.
    ///
    /// # Errors
    /// How the root action failed.
    pub async fn run(&self, task: &str, inputs: impl Into<String>) -> Result<Json, Failure> {
        let context = self.context(None, None, None, (None, None), RunNote::default(), None);
        run::attended(context, task.into(), inputs.into()).await.result
    }

    /// Starts a run and returns at once. Must be called within the tokio runtime that is to run it.
    pub fn start(&self, request: RunRequest) -> Run {
        let RunRequest { task, inputs, sink, limits, granted, seed, results, note, earlier } = request;
        let context = self.context(sink, limits.map(Arc::new), granted, (seed, results), note, earlier);
        Run::start(context, task.into(), inputs)
    }

    /// Waits for optimised code that is being made for later hosts, where that was given up several times before: a process
    /// that is about to end waits here, or a component whose runs are short would never get it. Else it returns at once.
    pub async fn optimised(&self) {
        for optimising in &self.0.optimising {
            optimising.wait_if_overdue().await;
        }
    }

    fn context(
        &self,
        sink: Option<Arc<dyn EventSink>>,
        limits: Option<Arc<Limits>>,
        granted: Option<Granted>,
        (seed, results): (Option<u64>, Option<ResultCacheMode>),
        note: RunNote,
        earlier: Option<Arc<dyn Earlier>>,
    ) -> RunContext {
        let inner = &self.0;
        let history = inner.history.as_ref();
        let sink = match (sink, history.map(History::sink)) {
            (Some(sink), Some(history)) => Some(Arc::new(vec![sink, history]) as _),
            (sink, history) => sink.or(history),
        };
        let terms = Terms {
            limits: limits.unwrap_or_else(|| Arc::clone(&inner.terms.limits)),
            granted: granted.unwrap_or_else(|| inner.terms.granted.clone()),
            seed: seed.or(inner.terms.seed),
            earlier,
            results: results.unwrap_or(inner.terms.results),
        };
        let context = RunContext::new(
            Arc::clone(&inner.catalog),
            Arc::clone(&inner.executor),
            Arc::clone(&inner.admission),
            Arc::clone(&inner.cache),
            terms,
            sink,
            history.and_then(History::ledger),
        );
        if let Some(history) = history {
            history.begin(&context.id, note, AbortHandle::of(&context));
        }
        context
    }
}
