//! The wasmtime engine and linker that all components of a host share.

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, Store, WasmBacktraceDetails};

use crate::engine::bindings;
use crate::engine::state::{StoreState, TaskImports};
use crate::engine::{PoolSize, pool, ticker};
use crate::run::ActionScope;
use crate::sandbox::SandboxLimits;

/// The engine can't be set up on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the WebAssembly engine: {0}")]
pub struct EngineError(String);

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
            .wasm_backtrace_details(WasmBacktraceDetails::Enable)
            .allocation_strategy(InstanceAllocationStrategy::Pooling(pool::config(pool_size, limits.max_memory)));
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

    /// A Store for one instance: limited, and yielding at every tick of the epoch, so that its future can be
    /// dropped and timers fire however long the guest computes.
    pub(crate) fn store(&self, scope: Option<ActionScope>) -> Store<StoreState> {
        let mut store = Store::new(&self.engine, StoreState::new(scope, &self.limits));
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}
