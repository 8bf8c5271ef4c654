//! A directory that only this user can reach, held open: what becomes of its name later does not matter.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, openat, renameat, statat, unlinkat};

use crate::disk::{CacheError, Unreadable};

/// Never through a link at the end of a path, and not to be inherited by processes that are started.
const CAREFUL: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC);

#[derive(Debug)]
pub(crate) struct PrivateDir {
    handle: OwnedFd,
    path: PathBuf,
}

/// A file as the directory lists it.
pub(crate) struct Listed {
    pub(crate) name: String,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) modified: SystemTime,
}

impl PrivateDir {
    /// Opens the directory; it and those above it are made, for this user only, where they are missing.
    pub(crate) fn open(path: &Path) -> Result<Self, CacheError> {
        // Without a slash at its end, which would lead through a link.
        let path: PathBuf = path.components().collect();
        let failed = |source: io::Error| CacheError::Open { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(failed)?;
        if path.symlink_metadata().map_err(failed)?.is_symlink() {
            return Err(CacheError::Link { path });
        }
        let handle = openat(CWD, &path, OFlags::RDONLY | OFlags::DIRECTORY | CAREFUL, Mode::empty());
        let handle = handle.map_err(|errno| failed(errno.into()))?;
        let found = File::from(handle);
        let metadata = found.metadata().map_err(failed)?;
        let mode = metadata.mode() & 0o777;
        if metadata.uid() != this_user() {
            return Err(CacheError::Owner { path });
        }
        if mode & 0o077 != 0 {
            return Err(CacheError::Mode { path, mode });
        }
        Ok(Self { handle: found.into(), path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a regular file that only this user can have written, and tells its size; `None` where there is none of this
    /// name. A pipe or a device is not waited for.
    pub(crate) fn read(&self, name: &str) -> Result<Option<(File, u64)>, Unreadable> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | CAREFUL;
        let file = match openat(&self.handle, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            // A link, or a socket.
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => return Err(Unreadable::NoFile),
            Err(errno) => return Err(Unreadable::Read(errno.into())),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(Unreadable::NoFile);
        }
        if metadata.uid() != this_user() || metadata.mode() & 0o022 != 0 {
            return Err(Unreadable::Writable);
        }
        Ok(Some((file, metadata.len())))
    }

    /// A path by which wasmtime comes to this very file, where the system has one; else the path of its name.
    pub(crate) fn path_of(&self, file: &File, name: &str) -> PathBuf {
        use std::os::fd::AsRawFd as _;
        let open = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        if cfg!(target_os = "linux") && open.exists() { open } else { self.path.join(name) }
    }

    /// Makes a new file, to be written.
    pub(crate) fn create(&self, name: &str) -> io::Result<File> {
        self.open_file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)
    }

    /// Opens a file to be locked, which is made where it is missing.
    pub(crate) fn lockable(&self, name: &str) -> io::Result<File> {
        let file = self.open_file(name, OFlags::RDWR | OFlags::CREATE | OFlags::NONBLOCK)?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("the lock is no regular file")) }
    }

    fn open_file(&self, name: &str, flags: OFlags) -> io::Result<File> {
        Ok(openat(&self.handle, name, flags | CAREFUL, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Waits until the names in it are on the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.handle)?)
    }

    /// Gives a file another name, in the place of whatever has it.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(renameat(&self.handle, from, &self.handle, to)?)
    }

    /// Removes what has this name: a file, a link itself, or a directory that is empty. It is well where there is nothing.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        let removed = match unlinkat(&self.handle, name, AtFlags::empty()) {
            Err(rustix::io::Errno::ISDIR | rustix::io::Errno::PERM) => {
                unlinkat(&self.handle, name, AtFlags::REMOVEDIR)
            }
            other => other,
        };
        match removed {
            Err(errno) if errno != rustix::io::Errno::NOENT => Err(errno.into()),
            _ => Ok(()),
        }
    }

    /// The regular files in it whose names are text.
    pub(crate) fn list(&self) -> io::Result<Vec<Listed>> {
        let mut files = Vec::new();
        for entry in Dir::read_from(&self.handle)? {
            let entry = entry?;
            let Some(name) = OsStr::from_bytes(entry.file_name().to_bytes()).to_str() else { continue };
            // It may be gone by now.
            let Ok(stat) = statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile {
                let size = u64::try_from(stat.st_size).unwrap_or_default();
                files.push(Listed { name: name.to_owned(), size, modified: modified(&stat) });
            }
        }
        Ok(files)
    }
}

fn modified(stat: &Stat) -> SystemTime {
    let seconds = u64::try_from(stat.st_mtime).unwrap_or_default();
    let nanos = u32::try_from(stat.st_mtime_nsec).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos)
}

fn this_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Whether the file has a name still.
pub(crate) fn has_name(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() > 0)
}
