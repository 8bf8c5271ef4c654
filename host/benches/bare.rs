//! The least that calls a task in a process of its own: wasmtime, WASI, one instance, one call. The table measures the
//! command line beside it.
//!
//! `bare COMPONENT TASK INPUTS` prints the output; `bare COMPONENT -o FILE` compiles ahead of time, and a FILE is then
//! taken for a COMPONENT.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops at whatever it did not expect")]

use std::env;
use std::path::Path;

use wasmtime::component::{Component, Linker, ResourceTable, Val};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// The extension of a component that was compiled ahead of time.
const COMPILED: &str = "cwasm";

#[derive(Default)]
struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match &arguments[..] {
        [component, "-o", file] => std::fs::write(file, load(&engine(), component).serialize().unwrap()).unwrap(),
        [component, task, inputs] => call(component, task, inputs),
        _ => println!("this is run by the table: cargo bench -p flyte-host --bench table -- command"),
    }
}

fn engine() -> Engine {
    // As the host has it. There is no pool: for one call it costs more than it saves.
    Engine::new(Config::new().epoch_interruption(true).wasm_component_model_async(true)).unwrap()
}

fn load(engine: &Engine, component: &str) -> Component {
    if Path::new(component).extension().is_none_or(|extension| extension != COMPILED) {
        return Component::from_file(engine, component).unwrap();
    }
    #[expect(unsafe_code, reason = "the file is one that this program wrote")]
    // SAFETY: the table made the file with this program, in a directory of its own.
    unsafe {
        Component::deserialize_file(engine, component).unwrap()
    }
}

fn call(component: &str, task: &str, inputs: &str) {
    let engine = engine();
    let component = load(&engine, component);
    let mut linker: Linker<State> = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
    wasmtime_wasi::p3::add_to_linker(&mut linker).unwrap();
    linker.define_unknown_imports_as_traps(&component).unwrap();
    let mut store = Store::new(&engine, State::default());
    store.set_epoch_deadline(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let output = runtime.block_on(async {
        let instance = linker.instantiate_async(&mut store, &component).await.unwrap();
        let tasks = instance.get_export_index(&mut store, None, "flyte:task/task-set@0.1.0").unwrap();
        let run = instance.get_export_index(&mut store, Some(&tasks), "run").unwrap();
        let run = instance.get_func(&mut store, run).unwrap();
        let mut results = [Val::Bool(false)];
        let inputs = [Val::String(task.to_owned()), Val::String(inputs.to_owned())];
        run.call_async(&mut store, &inputs, &mut results).await.unwrap();
        results
    });
    match output {
        [Val::Result(Ok(Some(output)))] => match *output {
            Val::String(output) => println!("{output}"),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}
