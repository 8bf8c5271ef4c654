//! What a wasmtime error means: a trap of the guest, a limit, or a fault of the host.

use wasmtime::{PoolConcurrencyLimitError, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::engine::runtime::OutOfTime;
use crate::engine::state::StoreState;
use crate::run::{Failure, Limit, Trap};

/// Classifies an error that ended an instance.
pub(super) fn classify(error: &wasmtime::Error, state: &StoreState) -> Failure {
    if error.is::<PoolConcurrencyLimitError>() {
        return Failure::Limit(Limit::Pool(error.to_string()));
    }
    if let Some(OutOfTime(bound)) = error.downcast_ref() {
        return Failure::Limit(Limit::MaxRuntime(*bound));
    }
    let message = if let Some(panic) = &state.panic {
        panic.clone()
    } else if error.is::<I32Exit>() {
        "the guest exited instead of returning a result".to_owned()
    } else if state.limiter.has_refused() {
        // Out of memory, a guest aborts in ways of its own: that it was refused some just before tells why.
        return Failure::Limit(Limit::Memory(state.limiter.max()));
    } else if let Some(trap) = error.downcast_ref::<wasmtime::Trap>() {
        trap.to_string()
    } else {
        error.root_cause().to_string()
    };
    Failure::Trap(Trap { message, backtrace: backtrace(error) })
}

fn backtrace(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let mut lines = Vec::new();
    for frame in backtrace.frames() {
        if frame.symbols().is_empty() {
            let name = frame.func_name().map_or_else(
                || format!("function {}", frame.func_index()),
                |name| rustc_demangle::demangle(name).to_string(),
            );
            lines.push(name);
        }
        // With debug information a frame is several: the function, and what was inlined into it.
        for symbol in frame.symbols() {
            let name = symbol.name().or(frame.func_name()).unwrap_or("?");
            let place = symbol.file().map(|file| match (symbol.line(), symbol.column()) {
                (Some(line), Some(column)) => format!(" at {file}:{line}:{column}"),
                (Some(line), None) => format!(" at {file}:{line}"),
                _ => format!(" at {file}"),
            });
            lines.push(format!("{}{}", rustc_demangle::demangle(name), place.unwrap_or_default()));
        }
    }
    lines
}
