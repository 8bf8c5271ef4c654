//! In place of a directory that only this user can reach, where the system has no permissions that would tell.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::disk::{CacheError, Unreadable};

/// There is none.
#[derive(Debug)]
pub(crate) struct PrivateDir(Infallible);

/// A file as the directory lists it.
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) modified: SystemTime,
}

impl PrivateDir {
    pub(crate) fn open(_: &Path) -> Result<Self, CacheError> {
        Err(CacheError::Unsupported)
    }

    pub(crate) fn path(&self) -> &Path {
        match self.0 {}
    }

    pub(crate) fn read(&self, _: &str) -> Result<Option<(File, u64)>, Unreadable> {
        match self.0 {}
    }

    pub(crate) fn path_of(&self, _: &File, _: &str) -> PathBuf {
        match self.0 {}
    }

    pub(crate) fn create(&self, _: &str) -> io::Result<File> {
        match self.0 {}
    }

    pub(crate) fn lockable(&self, _: &str) -> io::Result<File> {
        match self.0 {}
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        match self.0 {}
    }

    pub(crate) fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        match self.0 {}
    }

    pub(crate) fn remove(&self, _: &str) -> io::Result<()> {
        match self.0 {}
    }

    pub(crate) fn list(&self) -> io::Result<Vec<Listed>> {
        match self.0 {}
    }
}

/// Whether the file has a name still.
pub(crate) fn has_name(_: &File) -> io::Result<bool> {
    Ok(true)
}
