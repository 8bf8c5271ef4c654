//! Makes components from source: so far from Rust crates.

mod cargo;
mod error;
mod target;

pub use cargo::{BuiltComponent, build_crate};
pub use error::BuildError;
