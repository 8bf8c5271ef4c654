//! Compiled components, kept on disk from one process to the next.
//!
//! One file for each, in a directory that only this user can reach: the code as wasmtime maps it, and what tells that
//! it is this component's, compiled by this version with these settings, and whole. That is checked at each use,
//! before anything of the file is executed.

mod bad_entry;
mod bound;
mod cache;
mod cache_error;
#[cfg(unix)]
mod directory;
#[cfg(not(unix))]
#[path = "no_directory.rs"]
mod directory;
mod entry;
mod key;
mod lock;

pub use bad_entry::BadEntry;
pub use cache::{CacheContents, CompileCache};
pub use cache_error::CacheError;

pub(super) use cache::compile_by;
pub(super) use key::Key;
pub(super) use lock::Lock;

#[cfg(test)]
#[cfg(unix)]
mod tests;
