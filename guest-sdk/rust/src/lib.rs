//! Write Flyte-style tasks as ordinary Rust functions, and compile them to a WebAssembly component.

#![warn(missing_docs)]
#![deny(unsafe_code)]

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
mod bindings;
mod bytes;
mod component;
mod context;
mod decode;
mod encode;
mod error;
mod error_of;
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
pub use flyte_guest_macros::{export, record, task};
pub use invocation::{Invocation, invoke_named};
pub use map::map;
pub use task::Task;
pub use value::Value;

#[doc(no_inline)]
pub use {futures, jiff, serde_json};

/// What generated code uses. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    #[cfg(target_arch = "wasm32")]
    pub use crate::bindings::wit as bindings;
    pub use crate::component::{Component, TaskEntry, assert_unique};
    #[cfg(target_arch = "wasm32")]
    pub use crate::component::Exported;
    pub use crate::error_of::ErrorOf;
    /// The traits by which an error's own type decides what becomes of it.
    pub mod error_of {
        pub use crate::error_of::{FromDisplay, FromError, FromReport, FromTaskError};
    }
    pub use crate::invocation::{Invocation, invoke, invoke_external};
    pub use crate::schema::{SchemaBuilder, TaskSchemas};
    pub use crate::task::{Cache, Policy, Running, Task, TaskReturn};
    pub use crate::value::{Parameter, Value};
    pub use crate::{__export_component as export_component};
    pub use {schemars, serde};

    use crate::TaskError;

    /// The inputs of the task that this instance runs.
    ///
    /// # Errors
    /// Of kind `invalid-input`, with the path of what doesn't fit.
    pub fn decode_inputs<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, TaskError> {
        crate::decode::decode_inputs(text)
    }

    /// The JSON text of the task's result.
    ///
    /// # Errors
    /// Of kind `invalid-output`, with the path of what is not JSON.
    pub fn encode_output<T: Value>(value: &T) -> Result<String, TaskError> {
        crate::encode::encode_output(value)
    }
}

/// Exports what the contract asks for. Outside of a component nobody could call it.
#[doc(hidden)]
#[macro_export]
#[cfg(target_arch = "wasm32")]
macro_rules! __export_component {
    ($component:ident) => {
        type __Exported = $crate::__private::Exported<$component>;
        $crate::__private::bindings::export!(__Exported with_types_in $crate::__private::bindings);
    };
}

/// Exports what the contract asks for. Outside of a component nobody could call it.
#[doc(hidden)]
#[macro_export]
#[cfg(not(target_arch = "wasm32"))]
macro_rules! __export_component {
    ($component:ident) => {};
}
