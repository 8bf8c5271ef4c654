//! What a guest can reach and how much it can take: the WASI it sees, narrowed to the rights of its action.

mod allowance;
mod clock;
mod descriptors;
mod fault;
mod files;
mod http;
mod logs;
mod memory;
mod narrow;
mod net;
mod random;
mod seat;
mod timers;
mod wasi;
mod world;

pub(crate) use fault::HostFault;
pub(crate) use http::{MOST_OBJECTS as MOST_HTTP_OBJECTS, TooMany as TooManyHttpObjects};
pub(crate) use memory::StoreLimiter;
pub(crate) use wasi::{Sandbox, SandboxView, add_to_linker};
