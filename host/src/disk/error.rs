//! Why nothing can be kept in a directory.

use std::io;
use std::path::PathBuf;

/// Why a directory can't be used to keep compiled components, or what is built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// It can't be made or opened.
    #[error("cannot open the directory {}", path.display())]
    Open {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is a symbolic link, which may lead anywhere.
    #[error("{} is a symbolic link", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// It is another user's.
    #[error("{} belongs to another user", path.display())]
    Owner {
        /// The directory.
        path: PathBuf,
    },
    /// Other users can read or change what is in it.
    #[error("other users can reach {} (mode {mode:03o}, and 700 is needed)", path.display())]
    Mode {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It can't be listed.
    #[error("cannot list the directory {}", path.display())]
    List {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file in it can't be written: the disk is full, or can only be read …
    #[error("cannot write to the directory {}", path.display())]
    Write {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file in it can't be removed.
    #[error("cannot remove {}", path.display())]
    Remove {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// This system has no permissions by which a directory could be private.
    #[error("compiled components cannot be kept in private on this system")]
    Unsupported,
}
