//! What a wasmtime error means: a trap of the guest, a limit, or a fault of the host.

use wasmtime::component::ResourceTableError;
use wasmtime::{PoolConcurrencyLimitError, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::engine::runtime::{OutOfTime, transfer};
use crate::engine::state::StoreState;
use crate::run::{Failure, Limit, Limits, Trap, shortened};
use crate::sandbox::{HostFault, MOST_HTTP_OBJECTS, TooManyHttpObjects};

/// The longest line of a backtrace, in bytes: functions' names are the guest's to choose.
const LONGEST_FRAME: usize = 1 << 10;

/// How wasmtime says that a guest passed too much to the host at once; the error's type is its own secret.
const TRANSFER: &str = "fuel allocated for hostcalls has been exhausted";
/// How wasmtime says that a Store has too many handles.
const HANDLES: &str = "store handle limit exceeded";

/// Classifies an error that ended an instance.
pub(super) fn classify(error: &wasmtime::Error, state: &StoreState, limits: &Limits) -> Failure {
    if let Some(fault) = error.downcast_ref::<HostFault>() {
        return Failure::Host(fault.to_string());
    }
    match limit(error, state, limits) {
        Some(limit) => Failure::Limit(limit),
        None => Failure::Trap(Trap { message: message(error, state), backtrace: backtrace(error) }),
    }
}

fn limit(error: &wasmtime::Error, state: &StoreState, limits: &Limits) -> Option<Limit> {
    if error.is::<PoolConcurrencyLimitError>() {
        return Some(Limit::Pool(error.to_string()));
    }
    if let Some(OutOfTime(bound)) = error.downcast_ref() {
        return Some(Limit::MaxRuntime(*bound));
    }
    if let Some(wasmtime::Trap::OutOfFuel) = error.downcast_ref() {
        return Some(Limit::Fuel(limits.max_fuel.unwrap_or_default()));
    }
    if matches!(error.downcast_ref(), Some(ResourceTableError::Full)) {
        return Some(Limit::Handles(limits.max_handles));
    }
    if let Some(TooManyHttpObjects) = error.downcast_ref() {
        return Some(Limit::Handles(MOST_HTTP_OBJECTS));
    }
    let root = error.root_cause().to_string();
    if root.contains(TRANSFER) {
        return Some(Limit::Transfer(transfer(limits)));
    }
    if root.contains(HANDLES) {
        return Some(Limit::Handles(limits.max_handles));
    }
    // Out of memory, a guest aborts in ways of its own: that it was refused some just before tells why.
    let wanted = state.limiter.refused().filter(|_| state.panic.is_none() && !error.is::<I32Exit>())?;
    Some(Limit::Memory { limit: state.limiter.max(), wanted, peak: state.limiter.peak() })
}

fn message(error: &wasmtime::Error, state: &StoreState) -> String {
    if let Some(panic) = &state.panic {
        panic.clone()
    } else if error.is::<I32Exit>() {
        "the guest exited instead of returning a result".to_owned()
    } else if let Some(trap) = error.downcast_ref::<wasmtime::Trap>() {
        trap.to_string()
    } else {
        error.root_cause().to_string()
    }
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
            lines.push(shortened(name, LONGEST_FRAME));
        }
        // With debug information a frame is several: the function, and what was inlined into it.
        for symbol in frame.symbols() {
            let name = symbol.name().or(frame.func_name()).unwrap_or("?");
            let place = symbol.file().map(|file| match (symbol.line(), symbol.column()) {
                (Some(line), Some(column)) => format!(" at {file}:{line}:{column}"),
                (Some(line), None) => format!(" at {file}:{line}"),
                _ => format!(" at {file}"),
            });
            let line = format!("{}{}", rustc_demangle::demangle(name), place.unwrap_or_default());
            lines.push(shortened(line, LONGEST_FRAME));
        }
    }
    lines
}
