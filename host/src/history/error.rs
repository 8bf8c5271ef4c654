//! Why there is no history.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rustix::io::Errno;

use crate::disk::CacheError;

/// Why a home directory, or the history in it, can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The directory can't be used at all.
    #[error(transparent)]
    Directory(#[from] CacheError),
    /// Something else is in it.
    #[error("{} is no home of flyte-host: {reason}", path.display())]
    Foreign {
        /// The directory, or the file in it.
        path: PathBuf,
        /// What it has.
        reason: String,
    },
    /// Nothing is in it yet: somebody is about to write the first of it, or has left it so.
    #[error("{} has no history", path.display())]
    Empty {
        /// The database.
        path: PathBuf,
    },
    /// A later version of flyte-host wrote it.
    #[error("{} was written by a newer flyte-host: its version is {found}, and this one knows {known}", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest that is known here.
        known: i64,
    },
    /// The database is damaged.
    #[error("{} is damaged: {reason}", path.display())]
    Corrupt {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// Another process keeps it locked.
    #[error("{} is locked by another process", path.display())]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// It can't be read or written: the disk is full, or can only be read …
    #[error("cannot use {}: {reason}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// A file beside the database can't be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There can be no more threads.
    #[error("cannot start a thread")]
    Thread(#[source] io::Error),
    /// What is stored is nothing that this version writes.
    #[error("{} holds what cannot be read: {what}", path.display())]
    Unreadable {
        /// The database.
        path: PathBuf,
        /// What.
        what: String,
    },
}

impl HistoryError {
    /// What SQLite said of the database at `path`.
    pub(crate) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let reason = match &source {
            rusqlite::Error::SqliteFailure(_, Some(reason)) => reason.clone(),
            other => other.to_string(),
        };
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                Self::Foreign { path, reason: "the file is no SQLite database".to_owned() }
            }
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { path, reason },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            _ => Self::Database { path, reason },
        }
    }

    /// Whether it is because the process, or the system, had too many files open at that time.
    pub(crate) fn is_short_of_files(&self) -> bool {
        let is_it = |source: &io::Error| matches!(Errno::from_io_error(source), Some(Errno::MFILE | Errno::NFILE));
        match self {
            Self::Directory(CacheError::Open { source, .. } | CacheError::List { source, .. }) => is_it(source),
            Self::File { source, .. } => is_it(source),
            // SQLite says no more than that it can't open one.
            Self::Database { path, .. } => File::open(path).is_err_and(|source| is_it(&source)),
            _ => false,
        }
    }

    /// It and its causes, in one line.
    pub fn told(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text += &format!(": {error}");
            cause = error.source();
        }
        text
    }
}
