//! Recorded runs as files: what failed in one place is run again in another, by itself.
//!
//! A file has what its run's actions got and gave, and the components that they ran. [`export`] writes one from an
//! [`Archive`](crate::history::Archive), and [`ReplayFile`] reads it. To replay an action is to make its last attempt again:
//! what it invokes is answered from the file, failures too, and no other task is run.
//!
//! # The file
//!
//! Numbers are little-endian.
//!
//! | | |
//! |---|---|
//! | `flytehst` | 8 bytes that say whose it is |
//! | version | 4 bytes: 1 |
//! | sections | each: a tag of 4 bytes, its length in 8, its SHA-256 in 32, its bytes |
//! | `done` | the last section's tag, and the SHA-256 of all before it |
//!
//! The sections are `mani`, a JSON object that describes the run, with each action after its parent; `vals`, the different
//! inputs and outputs one after the other; and a `comp` for each component, in the order in which the manifest has them.
//! Values with granted secrets in them were never recorded, so they are not in the file.

mod action;
mod error;
mod export;
mod file;
mod manifest;
mod tree;
mod unfinished;
mod values;

pub use action::{Replay, ReplayFile};
pub use error::ReplayError;
pub use export::export;
