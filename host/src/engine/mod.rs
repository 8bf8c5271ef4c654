//! wasmtime, narrowed to what a task host needs: an engine, loaded components, one attempt in its own Store.

mod actions;
mod aot;
mod attempt;
mod bindings;
mod compile;
mod describe;
mod entrance;
mod lane;
mod load;
mod load_error;
mod load_event;
mod load_limits;
mod optimise;
mod pool;
mod quick;
mod resident;
mod reuse;
mod runtime;
mod state;
mod tenants;
mod ticker;
mod trap;
mod typed;

pub use aot::{BadEntry, CacheContents, CacheError, CompileCache};
pub use load_error::LoadError;
pub use load_event::LoadEvent;
pub use load_limits::LoadLimits;
pub use pool::PoolSize;
pub use runtime::EngineError;

#[expect(unreachable_pub, reason = "the generated bindings export it again")]
pub use actions::PendingChild;
pub(crate) use attempt::WasmExecutor;
pub(crate) use load::{Artifact, Loaded, load};
pub(crate) use load_event::LoadWatch;
pub(crate) use load_limits::LoadTerms;
pub(crate) use optimise::Optimising;
pub(crate) use runtime::Runtime;
