//! Opening what a guest asks for, below a directory it has.

use std::fs::{File, FileTimes, FileType};
use std::io;
use std::path::Path;
use std::sync::Arc;

use cap_primitives::fs::{FollowSymlinks, OpenOptions, open, read_base_dir};
use wasmtime_wasi::filesystem::{Descriptor, Dir, File as OpenFile, FsPerms, OpenMode};

use crate::sandbox::descriptors;
use crate::sandbox::files::quota::Share;

/// How to open a file or a directory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    pub(super) follow: bool,
    pub(super) create: bool,
    pub(super) exclusive: bool,
    pub(super) truncate: bool,
    pub(super) directory: bool,
    pub(super) read: bool,
    pub(super) write: bool,
}

impl Manner {
    /// Whether anything may be changed through it, or by it.
    pub(super) fn writes(self) -> bool {
        self.write || self.create || self.truncate
    }

    /// Whether WASI knows this combination.
    pub(super) fn is_valid(self) -> bool {
        !(self.directory && (self.create || self.exclusive || self.truncate))
    }

    fn options(self) -> OpenOptions {
        let mut options = OpenOptions::new();
        if self.create {
            if self.exclusive {
                options.create_new(true)
            } else {
                options.create(true)
            };
        }
        // A file opened for nothing would not open at all.
        options.read(self.read || !self.write).write(self.writes()).truncate(self.truncate);
        let follow = if self.follow { FollowSymlinks::Yes } else { FollowSymlinks::No };
        // These two are made for the crate cap-fs-ext, which has nothing else that is needed here. Without the second,
        // opening a pipe waits for its other end, and takes a thread for as long.
        options._cap_fs_ext_follow(follow)._cap_fs_ext_nonblock(true);
        options
    }

    fn mode(self) -> OpenMode {
        let mut mode = OpenMode::empty();
        mode.set(OpenMode::READ, self.read || !self.write);
        mode.set(OpenMode::WRITE, self.writes());
        mode
    }
}

/// Why something was not opened.
#[derive(Debug)]
pub(super) enum NotOpened {
    /// The path leads out of the directory, or to what is neither a file nor a directory.
    Refused,
    /// The system's own reason.
    Failed(io::Error),
}

impl From<io::Error> for NotOpened {
    fn from(error: io::Error) -> Self {
        // The system's errors have its codes; a path that leads out is found out before the system is asked.
        if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
            Self::Refused
        } else {
            Self::Failed(error)
        }
    }
}

/// Opens `path` below `dir`. What is opened has the directory's permissions, and the `share` for as long as anything has
/// it.
///
/// The thread that opens it has the share and the turn: it goes on when nobody waits for it any more.
pub(super) async fn open_below(
    dir: Dir,
    path: String,
    manner: Manner,
    share: descriptors::Share,
    turn: Option<Share>,
) -> Result<Descriptor, NotOpened> {
    blocking(move || {
        let _turn = turn;
        let (opened, kind) = open_file(&dir.dir, Path::new(&path), manner)?;
        Ok(if kind.is_dir() {
            let opened = Dir::new(opened, dir.perms, manner.mode(), false);
            share.tie(&opened.dir);
            Descriptor::Dir(opened)
        } else {
            let opened = OpenFile::new(opened, dir.perms, manner.mode(), false);
            share.tie(&opened.file);
            Descriptor::File(opened)
        })
    })
    .await
}

/// Only files and directories: reading a pipe, a socket or a device may take forever, and no timer ends it.
fn open_file(dir: &File, path: &Path, manner: Manner) -> Result<(File, FileType), NotOpened> {
    let opened = open(dir, path, &manner.options())?;
    let kind = opened.metadata()?.file_type();
    if manner.directory && !kind.is_dir() {
        Err(NotOpened::Failed(io::ErrorKind::NotADirectory.into()))
    } else if kind.is_dir() || kind.is_file() {
        Ok((opened, kind))
    } else {
        Err(NotOpened::Refused)
    }
}

/// Sets the times of `path` below `dir`, and follows links. It is open for as long as that takes, on the thread that
/// does it, so that nothing is left where nobody waits for it any more.
pub(super) async fn touch_below(
    dir: Dir,
    path: String,
    times: FileTimes,
    turn: Option<Share>,
) -> Result<(), NotOpened> {
    if dir.perms == FsPerms::ReadOnly {
        return Err(NotOpened::Refused);
    }
    blocking(move || {
        let _turn = turn;
        let (opened, _) = open_to_touch(&dir.dir, Path::new(&path))?;
        Ok(opened.set_times(times)?)
    })
    .await
}

/// Opens it whichever way its own permissions allow.
fn open_to_touch(dir: &File, path: &Path) -> Result<(File, FileType), NotOpened> {
    let read = Manner { follow: true, read: true, ..Manner::default() };
    match open_file(dir, path, read) {
        Err(NotOpened::Failed(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_file(dir, path, Manner { read: false, write: true, ..read })
        }
        opened => opened,
    }
}

/// How many entries a directory has; at most `most` and one are counted.
pub(super) async fn entries_of(dir: Arc<File>, most: usize) -> io::Result<usize> {
    blocking(move || Ok(read_base_dir(&dir)?.take(most.saturating_add(1)).count())).await
}

/// Does `work` on a thread that may block. Once it has begun nothing stops it, so what it counts for goes with it.
async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<io::Error> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(ended) => Err(io::Error::other(ended).into()),
    }
}
