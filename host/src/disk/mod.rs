//! A directory on disk that only this user can reach, and locks in it that the system takes back from who dies.

#[cfg(unix)]
mod directory;
#[cfg(not(unix))]
#[path = "no_directory.rs"]
mod directory;
mod error;
mod lock;

pub use error::CacheError;

pub(crate) use directory::{Listed, PrivateDir};
pub(crate) use lock::{Lock, try_lock};

/// Why a file in the directory is not read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// What the system said.
    Read(std::io::Error),
    /// A directory, a pipe, a symbolic link …
    NoFile,
    /// Somebody else may have written it.
    Writable,
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Self::Read(error)
    }
}
