//! What a task asks of its host. In a component it is the host; natively, a stand-in within the process.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{context, progress, run_each, start};
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm::{context, nanoseconds, progress, report_panics, run_each, start, to_wit};
