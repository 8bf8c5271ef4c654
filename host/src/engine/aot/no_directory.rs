//! In place of a directory that only this user can reach, where the system has no permissions that would tell.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::engine::aot::{BadEntry, CacheError};

/// There is none.
#[derive(Debug)]
pub(super) struct PrivateDir(Infallible);

/// A file as the directory lists it.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) modified: SystemTime,
}

impl PrivateDir {
    pub(super) fn open(_: &Path) -> Result<Self, CacheError> {
        Err(CacheError::Unsupported)
    }

    pub(super) fn path(&self) -> &Path {
        match self.0 {}
    }

    pub(super) fn read(&self, _: &str) -> Result<Option<(File, u64)>, BadEntry> {
        match self.0 {}
    }

    pub(super) fn path_of(&self, _: &File, _: &str) -> PathBuf {
        match self.0 {}
    }

    pub(super) fn create(&self, _: &str) -> io::Result<File> {
        match self.0 {}
    }

    pub(super) fn lockable(&self, _: &str) -> io::Result<File> {
        match self.0 {}
    }

    pub(super) fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        match self.0 {}
    }

    pub(super) fn remove(&self, _: &str) -> io::Result<()> {
        match self.0 {}
    }

    pub(super) fn list(&self) -> io::Result<Vec<Listed>> {
        match self.0 {}
    }
}

/// Whether the file has a name still.
pub(super) fn has_name(_: &File) -> io::Result<bool> {
    Ok(true)
}
