//! What a guest can reach and how much it can take.

mod limits;
mod logs;
mod wasi;

pub use limits::SandboxLimits;

pub(crate) use limits::StoreLimiter;
pub(crate) use wasi::deny_all;
