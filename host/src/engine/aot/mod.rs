//! Compiled components, kept on disk from one process to the next.
//!
//! One file for each, in a directory that only this user can reach: the code as wasmtime maps it, and what tells that
//! it is this component's, compiled by this version with these settings, and whole. That is checked at each use,
//! before anything of the file is executed.

mod bad_entry;
mod bound;
mod cache;
mod entry;
mod key;

pub use crate::disk::CacheError;
pub use bad_entry::BadEntry;
pub use cache::{CacheContents, CompileCache};

pub(super) use crate::disk::Lock;
pub(super) use cache::compile_by;
pub(super) use key::Key;

#[cfg(test)]
#[cfg(unix)]
mod tests;
