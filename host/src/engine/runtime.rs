//! The wasmtime engine and linker that all components of a host share.

use std::time::{Duration, Instant};

use wasmtime::{Config, Engine, InstanceAllocationStrategy, Store, UpdateDeadline, WasmBacktraceDetails};

use wasmtime::component::{HasSelf, Linker};

use crate::engine::bindings;
use crate::engine::state::{StoreState, TaskImports};
use crate::engine::{PoolSize, pool, ticker};
use crate::run::ActionScope;
use crate::sandbox::SandboxLimits;

/// The engine can't be set up on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the WebAssembly engine: {0}")]
pub struct EngineError(String);

/// Ends a guest that computes past its time.
#[derive(Debug, thiserror::Error)]
#[error("the guest computed longer than {0:?}")]
pub(super) struct OutOfTime(pub(super) Duration);

/// An engine, its linker, and what every Store on it gets.
pub(crate) struct Runtime {
    engine: Engine,
    linker: Linker<StoreState>,
    limits: SandboxLimits,
    capacity: usize,
}

impl Runtime {
    /// # Errors
    /// [`EngineError`] where the machine lacks the address space for the pool, or wasmtime does not know it.
    pub(crate) fn new(pool_size: PoolSize, limits: SandboxLimits) -> Result<Self, EngineError> {
        let error = |e: wasmtime::Error| EngineError(format!("{e:#}"));
        let mut config = Config::new();
        config
            .epoch_interruption(true)
            .wasm_component_model_async(true)
            // Frames have the functions' names either way. Lines would be looked up at each drop of a guest too,
            // which takes a tenth of a second where a guest brings all its debug information.
            .wasm_backtrace_details(WasmBacktraceDetails::Disable)
            .allocation_strategy(InstanceAllocationStrategy::Pooling(pool::config(pool_size)));
        let engine = Engine::new(&config).map_err(error)?;
        ticker::start(&engine).map_err(|e| EngineError(format!("cannot start a thread: {e}")))?;

        let mut linker: Linker<StoreState> = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(error)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker).map_err(error)?;
        bindings::context::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).map_err(error)?;
        bindings::actions::add_to_linker::<_, TaskImports>(&mut linker, |state| state).map_err(error)?;
        bindings::blocking_actions::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).map_err(error)?;
        let capacity = pool_size.instances as usize;
        Ok(Self { engine, linker, limits, capacity })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn linker(&self) -> &Linker<StoreState> {
        &self.linker
    }

    /// How many instances there can be at once.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// A Store for one instance, whose guest may compute for `within`. At every tick of the epoch it yields, so that
    /// others get their turn and its future can be dropped.
    ///
    /// The time of a guest that computes is checked here, at the tick: where many compute, the runtime's timers are
    /// late. That of a guest that waits is for the caller's timer.
    pub(crate) fn store(&self, scope: Option<ActionScope>, within: Option<Duration>) -> Store<StoreState> {
        let ends = within.and_then(|within| Some((Instant::now().checked_add(within)?, within)));
        let mut store = Store::new(&self.engine, StoreState::new(scope, &self.limits));
        store.limiter(|state| &mut state.limiter);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            if let Some((end, within)) = ends
                && Instant::now() >= end
            {
                return Err(OutOfTime(within).into());
            }
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }
}
