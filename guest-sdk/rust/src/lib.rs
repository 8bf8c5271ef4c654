//! Write Flyte-style tasks as ordinary Rust functions over ordinary structs, and compile them to a WebAssembly
//! component that flyte-host runs: every task in a sandbox of its own, by name, with flags named after its parameters.
//!
//! ```
//! use flyte_guest::{TaskError, record, task};
//!
//! #[record]
//! pub struct InferenceRequest {
//!     feature_a: f64,
//!     feature_b: f64,
//! }
//!
//! #[record]
//! pub struct BatchRequest {
//!     requests: Vec<InferenceRequest>,
//!     #[record(default = "default")]
//!     batch_id: String,
//! }
//!
//! /// A dummy linear model.
//! #[task]
//! async fn predict_one(request: InferenceRequest) -> f64 {
//!     2.0 * request.feature_a + 3.0 * request.feature_b + 1.0
//! }
//!
//! /// Predicts a batch: each request in a sandbox of its own, all at once.
//! #[task(retries = 2, max_runtime = "30s")]
//! async fn process_batch(batch: BatchRequest) -> Result<Vec<f64>, TaskError> {
//!     predict_one::map(batch.requests).await
//! }
//!
//! flyte_guest::export!(environment = "ex-mixed-structures", tasks = [predict_one, process_batch]);
//! ```
//!
//! With `crate-type = ["cdylib"]`, `cargo build --release --target wasm32-wasip2` makes the component. In its release profile
//! `lto = true`, `codegen-units = 1`, `panic = "abort"` and `strip = true` make it a few hundred kilobytes.
//!
//! # Calling and invoking
//!
//! `predict_one(request)` is the plain Rust call: no sandbox, no retry, no record of it. `predict_one::invoke(request)`
//! is a child action: an [`Invocation`], which the host runs in a sandbox of its own once it is awaited. Invocations that
//! are awaited together run concurrently. `predict_one::map(requests)` is a [`FanOut`], a child for each request, of which
//! there may be a million. [`map()`] applies any closure to items, a bounded number at once. Dropping an
//! invocation or a fan-out aborts its children, and so does the end of the task that invoked them.
//!
//! # Reuse
//!
//! Every action has an instance of its own, with memory that begins empty, unless the task says that it may be otherwise:
//! `#[task(reusable)]`. Then statics and caches stay from action to action; see [`task`](macro@task).
//!
//! # Rights
//!
//! A task reaches nothing outside its sandbox but what it declares, `#[task(rights(read = "/data", env = "TOKEN"))]`, *and* the
//! operator grants, *and* the task that invoked it has. `flyte-host get task COMPONENT --rights` shows what becomes of each
//! right; see [`task`](macro@task).
//!
//! # Tests
//!
//! For any other target the same crate is plain Rust: `cargo test` calls and invokes tasks natively. See the module
//! `testing`.
//!
//! # Why isn't there…
//!
//! - **… a reference as a parameter?** Inputs come from another sandbox, as JSON; a task owns them.
//! - **… a generic task?** A task has one schema, which is fixed when it is compiled.
//! - **… a timer or a thread?** A host runs one thread a sandbox, and `max_runtime` is the host's to watch.

#![warn(missing_docs)]
#![deny(unsafe_code)]

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
mod bindings;
mod bytes;
mod chunks;
mod component;
mod context;
mod decode;
mod encode;
mod error;
mod error_of;
mod fan_out;
mod host;
mod invocation;
mod map;
mod path;
mod schema;
mod task;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod value;

pub use bytes::Bytes;
pub use context::{ActionInfo, context, progress};
pub use error::{ErrorKind, TaskError};
pub use fan_out::{FanOut, Results, map_named};
pub use invocation::{Invocation, invoke_named};
pub use map::map;
pub use task::Task;
pub use value::Value;

/// The crates whose types appear in tasks, so that a task's crate needs no dependency of its own on them.
#[doc(no_inline)]
pub use {futures, jiff, serde_json};

#[doc = include_str!("../docs/export.md")]
pub use flyte_guest_macros::export;
#[doc = include_str!("../docs/record.md")]
pub use flyte_guest_macros::record;
#[doc = include_str!("../docs/task.md")]
pub use flyte_guest_macros::task;

/// What generated code uses. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::__export_component as export_component;
    #[cfg(target_arch = "wasm32")]
    pub use crate::bindings::wit as bindings;
    #[cfg(target_arch = "wasm32")]
    pub use crate::component::Exported;
    pub use crate::component::{Component, TaskEntry, assert_unique};
    pub use crate::decode::decode_inputs;
    pub use crate::encode::encode_output;
    pub use crate::error_of::{ErrorOf, FromDisplay, FromError, FromReport, FromTaskError};
    pub use crate::fan_out::{FanOut, fan_out, fan_out_external};
    pub use crate::invocation::{Invocation, invoke, invoke_external};
    pub use crate::schema::{SchemaBuilder, TaskSchemas, described_default};
    pub use crate::task::{
        Cache, CacheBehavior, Callable, Policy, Reuse, ReusePolicy, ReuseScope, Right, RightKind, Running, Task,
        TaskReturn,
    };
    pub use crate::value::{Field, Parameter, Record, Value, assert_field};
    pub use {schemars, serde};
}

/// Exports what the contract asks for.
#[doc(hidden)]
#[macro_export]
#[cfg(target_arch = "wasm32")]
macro_rules! __export_component {
    ($component:ident) => {
        type __Exported = $crate::__private::Exported<$component>;
        $crate::__private::bindings::export!(__Exported with_types_in $crate::__private::bindings);
    };
}

/// Exports nothing: outside of a component nobody could call it.
#[doc(hidden)]
#[macro_export]
#[cfg(not(target_arch = "wasm32"))]
macro_rules! __export_component {
    ($component:ident) => {};
}
