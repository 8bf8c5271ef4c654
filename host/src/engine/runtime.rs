//! The wasmtime engine and linker that all components of a host share.

use std::time::{Duration, Instant};

use wasmtime::{Config, Engine, OptLevel, RegallocAlgorithm, Store, UpdateDeadline, WasmBacktraceDetails};

use wasmtime::component::Linker;

use crate::engine::bindings;
use crate::engine::pool::{Room, Shortage};
use crate::engine::state::{StoreState, TaskImports};
use crate::engine::{LoadEvent, LoadWatch, PoolSize, pool, ticker};
use crate::run::Limits;

/// The engine can't be set up on this machine.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the WebAssembly engine: {0}")]
pub struct EngineError(String);

/// Ends a guest that computes past its time.
#[derive(Debug, thiserror::Error)]
#[error("the guest computed longer than {0:?}")]
pub(super) struct OutOfTime(pub(super) Duration);

/// Bytes of stack that a guest's own frames may take, before it traps. Those of quickly compiled code take about twice as
/// much as optimised ones: what fits in half of it runs either way.
const WASM_STACK: usize = 1 << 20;
/// Bytes of stack that a guest's frames and those of the host functions it calls have together.
const ASYNC_STACK: usize = 2 << 20;

/// What a guest may pass to the host in one call beyond one whole value, in bytes: names, labels, an error's parts.
const TRANSFER_ROOM: usize = 1 << 20;

/// How much a guest may pass to the host in one call, in bytes: any value that is allowed, and some more, so that a
/// value that is a little too large gets an answer instead of a trap.
pub(super) fn transfer(limits: &Limits) -> usize {
    limits.max_input.max(limits.max_output).saturating_add(TRANSFER_ROOM)
}

/// An engine, its linker, and what every Store on it gets.
pub(crate) struct Runtime {
    engine: Engine,
    /// What the engine was made of, but for its pool; `None` where it had to be changed for want of room.
    config: Option<Config>,
    linker: Linker<StoreState>,
    metered: bool,
    room: Room,
}

impl Runtime {
    /// A runtime whose guests' instructions are counted where `metered`.
    ///
    /// # Errors
    /// [`EngineError`] where wasmtime does not know the machine, or it has no room for anything.
    pub(crate) fn new(pool_size: PoolSize, metered: bool) -> Result<Self, EngineError> {
        let error = |e: wasmtime::Error| EngineError(format!("{e:#}"));
        let mut config = Config::new();
        config
            .epoch_interruption(true)
            .consume_fuel(metered)
            .max_wasm_stack(WASM_STACK)
            .async_stack_size(ASYNC_STACK)
            .wasm_component_model_async(true)
            .wasm_component_model_map(true)
            // Frames have the functions' names either way. Lines would be looked up at each drop of a guest too,
            // which takes a tenth of a second where a guest brings all its debug information.
            .wasm_backtrace_details(WasmBacktraceDetails::Disable)
            // Nobody looks at either: wasmtime follows frame pointers, and frames have names. Without them compiled code is an
            // eighth smaller, and there is nothing to register with the system's unwinder at each load.
            .generate_address_map(false)
            .native_unwind_info(cfg!(windows));
        let (engine, room) = pool::engine(&config, pool_size).map_err(error)?;
        ticker::start(&engine).map_err(|e| EngineError(format!("cannot start a thread: {e}")))?;

        let mut linker: Linker<StoreState> = Linker::new(&engine);
        crate::sandbox::add_to_linker(&mut linker).map_err(error)?;
        bindings::context::add_to_linker::<_, TaskImports>(&mut linker, |state| state).map_err(error)?;
        bindings::actions::add_to_linker::<_, TaskImports>(&mut linker, |state| state).map_err(error)?;
        bindings::blocking_actions::add_to_linker::<_, TaskImports>(&mut linker, |state| state).map_err(error)?;
        let is_changed = room.short.as_ref().is_some_and(|short| !short.is_pooled);
        let config = (!is_changed).then_some(config);
        Ok(Self { engine, config, linker, metered, room })
    }

    /// An engine that only compiles, for this one, and in half the time: the code is slower, and does the same.
    pub(super) fn quick_compiler(&self) -> Option<Engine> {
        let mut config = self.config.clone()?;
        config.cranelift_opt_level(OptLevel::None).cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
        Engine::new(&config).ok()
    }

    /// An engine that only compiles, for this one, as it does itself, but on one thread.
    pub(super) fn quiet_compiler(&self) -> Option<Engine> {
        let mut config = self.config.clone()?;
        config.parallel_compilation(false);
        Engine::new(&config).ok()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn linker(&self) -> &Linker<StoreState> {
        &self.linker
    }

    /// Whether guests' instructions are counted.
    pub(crate) fn is_metered(&self) -> bool {
        self.metered
    }

    /// How many instances there can be at once.
    pub(crate) fn capacity(&self) -> usize {
        self.room.instances as usize
    }

    /// Tells what the machine lacks, where it lacks something.
    pub(crate) fn tell_shortage(&self, watch: &LoadWatch) {
        let Some(Shortage { wanted, is_pooled, reason }) = &self.room.short else { return };
        let (wanted, instances) = (*wanted, self.room.instances);
        watch.tell(&match is_pooled {
            true => LoadEvent::SmallPool { wanted, instances, reason },
            false => LoadEvent::NoPool { wanted, reason },
        });
    }

    /// A Store for one instance. At every tick of the epoch its guest yields, so that others get their turn and its
    /// future can be dropped.
    ///
    /// The time of a guest that computes is checked here, at the tick: where many compute, the runtime's timers are
    /// late. That of a guest that waits is for the caller's timer.
    pub(crate) fn store(&self, state: StoreState, limits: &Limits) -> Store<StoreState> {
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_max_component_handles(limits.max_handles);
        self.refill(&mut store, limits);
        store.epoch_deadline_callback(|store| match store.data().ends {
            Some((end, within)) if Instant::now() >= end => Err(OutOfTime(within).into()),
            _ => Ok(UpdateDeadline::Yield(1)),
        });
        store
    }

    /// Gives a Store all that one call may use up.
    pub(crate) fn refill(&self, store: &mut Store<StoreState>, limits: &Limits) {
        store.set_hostcall_fuel(transfer(limits));
        if self.metered {
            store.set_fuel(limits.max_fuel.unwrap_or(u64::MAX)).expect("the engine counts instructions");
        }
        store.set_epoch_deadline(1);
    }
}
