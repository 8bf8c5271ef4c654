//! The same component on wasmtime alone: what a call costs where there is no host of ours.
//!
//! The settings are those of `src/engine/runtime.rs` and `src/engine/pool.rs`, kept the same by hand: between different
//! settings a ratio tells nothing. A guest gets WASI and the same limits; what else it imports traps.

use std::time::Duration;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentType, InstancePre, Lift, Linker, ResourceTable,
};
use wasmtime::component::{Instance, ResourceType, TypedFunc};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store, StoreLimits,
    StoreLimitsBuilder, UpdateDeadline, WasmBacktraceDetails,
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

const TICK: Duration = Duration::from_millis(2);

/// What a Store holds.
pub(crate) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    limits: StoreLimits,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

#[derive(Debug, Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "only guests make them")]
enum ErrorKind {
    #[component(name = "task")]
    Task,
    #[component(name = "invalid-input")]
    InvalidInput,
    #[component(name = "invalid-output")]
    InvalidOutput,
    #[component(name = "unknown-task")]
    UnknownTask,
    #[component(name = "trap")]
    Trap,
    #[component(name = "limit")]
    Limit,
    #[component(name = "denied")]
    Denied,
    #[component(name = "aborted")]
    Aborted,
    #[component(name = "host")]
    Host,
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
#[expect(dead_code, reason = "it is there to be printed when a guest fails")]
struct TaskError {
    kind: ErrorKind,
    message: String,
    causes: Vec<String>,
    details: Option<String>,
    recoverable: bool,
}

type Run<'a> = TypedFunc<(&'a str, &'a str), (Result<String, TaskError>,)>;

/// A component that is ready to be called.
#[derive(Clone)]
pub(crate) struct Raw {
    engine: Engine,
    pre: InstancePre<State>,
    run: ComponentExportIndex,
    /// What a guest may take, in bytes.
    memory: usize,
}

impl Raw {
    /// Compiles and links a component.
    pub(crate) fn load(path: &str) -> Self {
        let engine = Engine::new(&config()).unwrap();
        let weak = engine.weak();
        std::thread::spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        });
        let component = Component::from_file(&engine, path).unwrap();
        let mut linker: Linker<State> = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
        wasmtime_wasi::p3::add_to_linker(&mut linker).unwrap();
        trap_in_place_of_the_host(&mut linker, &engine, &component);
        let tasks = component.get_export_index(None, "flyte:task/task-set@0.1.0").unwrap();
        let run = component.get_export_index(Some(&tasks), "run").unwrap();
        Self { pre: linker.instantiate_pre(&component).unwrap(), engine, run, memory: 256 << 20 }
    }

    /// The same, where a guest may take so many bytes of memory.
    pub(crate) fn memory(self, memory: usize) -> Self {
        Self { memory, ..self }
    }

    fn store(&self) -> Store<State> {
        let limits = StoreLimitsBuilder::new().memory_size(self.memory).build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(1 << 18);
        let wasi = WasiCtx::builder().allow_tcp(false).allow_udp(false).build();
        let mut store = Store::new(&self.engine, State { wasi, table, limits });
        store.limiter(|state| &mut state.limits);
        store.set_hostcall_fuel((64 << 20) + (1 << 20));
        store.set_max_component_handles(1 << 18);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        store
    }

    /// One call in a fresh Store, which is gone afterwards.
    pub(crate) async fn fresh(&self, task: &str, inputs: &str) -> String {
        self.warm().await.call(task, inputs).await
    }

    /// An instance to be called many times.
    pub(crate) async fn warm(&self) -> Warm {
        let mut store = self.store();
        let instance = self.pre.instantiate_async(&mut store).await.unwrap();
        Warm { store, instance, run: self.run }
    }
}

/// An instance in its Store.
pub(crate) struct Warm {
    store: Store<State>,
    instance: Instance,
    run: ComponentExportIndex,
}

impl Warm {
    /// One more call of it.
    pub(crate) async fn call(&mut self, task: &str, inputs: &str) -> String {
        let run: Run<'_> = self.instance.get_typed_func(&mut self.store, self.run).unwrap();
        run.call_async(&mut self.store, (task, inputs)).await.unwrap().0.unwrap()
    }
}

/// Defines the contract's functions, which nobody calls who is measured here.
fn trap_in_place_of_the_host(linker: &mut Linker<State>, engine: &Engine, component: &Component) {
    let never = || Err(wasmtime::format_err!("there is no host here"));
    for (name, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = import.ty else { continue };
        if !name.starts_with("flyte:task/") {
            continue;
        }
        let mut linked = linker.instance(name).unwrap();
        for (label, export) in instance.exports(engine) {
            match export.ty {
                ComponentItem::ComponentFunc(function) if function.async_() => linked
                    .func_new_concurrent(label, move |_, _, _, _| Box::pin(std::future::ready(never())))
                    .unwrap(),
                ComponentItem::ComponentFunc(_) => linked.func_new(label, move |_, _, _, _| never()).unwrap(),
                ComponentItem::Resource(_) => {
                    linked.resource(label, ResourceType::host::<State>(), |_, _| Ok(())).unwrap();
                }
                _ => {}
            }
        }
    }
}

fn config() -> Config {
    let instances = 1000;
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(instances)
        .total_core_instances(instances * 1000)
        .total_memories(instances * 2)
        .total_tables(instances * 4)
        .total_stacks(instances * 2)
        .max_core_instances_per_component(1000)
        .max_memories_per_component(32)
        .max_tables_per_component(64)
        .max_memory_size(4 << 30)
        .linear_memory_keep_resident(2 << 20)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(1 << 20)
        .async_stack_size(2 << 20)
        .wasm_component_model_async(true)
        .wasm_component_model_map(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}
