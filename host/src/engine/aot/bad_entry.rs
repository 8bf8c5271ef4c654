//! Why a kept file is not used.

use std::io;

use crate::disk::Unreadable;

/// Why a file of a [`CompileCache`](crate::CompileCache) is not used. Reads on after the file's name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadEntry {
    /// It can't be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A directory, a pipe, a symbolic link …
    #[error("is no regular file")]
    NoFile,
    /// Somebody else may have written it.
    #[error("can be written by others than this user")]
    Writable,
    /// It breaks off, or has more than it was written with.
    #[error("has another size than it was written with")]
    Size,
    /// It is something else, or in a format of another version of this host.
    #[error("is no compiled component that this version knows")]
    Format,
    /// It is another component's, or was compiled by another version of the engine or with other settings.
    #[error("belongs to another component, or to an engine of another version or with other settings")]
    Foreign,
    /// Its bytes have changed.
    #[error("is damaged: its checksum is wrong")]
    Checksum,
    /// It is whole, and wasmtime does not take it.
    #[error("is refused by the engine: {0}")]
    Engine(String),
}

impl From<Unreadable> for BadEntry {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Read(error) => Self::Read(error),
            Unreadable::NoFile => Self::NoFile,
            Unreadable::Writable => Self::Writable,
        }
    }
}
