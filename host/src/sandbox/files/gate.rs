//! What each call passes before WASI sees it, and after: rights, quotas, and the denials they make.

use std::io;

use wasmtime::component::{Resource, ResourceTableError};
use wasmtime_wasi::filesystem::{Descriptor, Dir, FsPerms};
use wasmtime_wasi::p2::FsError;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode as ErrorCode2;
use wasmtime_wasi::p3::bindings::filesystem::types::ErrorCode as ErrorCode3;
use wasmtime_wasi::p3::filesystem::FilesystemError;

use crate::rights::{Capability, GuestPath, Withheld};
use crate::sandbox::descriptors;
use crate::sandbox::files::open::{Manner, NotOpened, open_below};
use crate::sandbox::files::path::joined;
use crate::sandbox::files::quota::{MOST_STREAMS, Share};
use crate::sandbox::files::{FilesView, Known};

/// What a call does to what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    Read,
    Write,
}

/// What a guest asks about: a descriptor, or a path below one.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    fd: u32,
    path: Option<String>,
    touch: Touch,
}

/// Why a call is answered here.
#[derive(Debug)]
pub(super) enum Refusal {
    NotPermitted,
    NotDirectory,
    Invalid,
    Unsupported,
    Overflow,
    Quota,
    Failed(io::Error),
    Trap(wasmtime::Error),
}

/// A file or directory that is about to be opened.
pub(super) struct Opening {
    asked: Asked,
    dir: Dir,
    manner: Manner,
    share: descriptors::Share,
}

/// A file or directory that was opened, or not.
pub(super) struct Opened {
    asked: Asked,
    result: Result<Descriptor, NotOpened>,
}

impl Asked {
    /// About the descriptor itself.
    pub(super) fn itself(fd: &Resource<Descriptor>, touch: Touch) -> Self {
        Self { fd: fd.rep(), path: None, touch }
    }

    /// About `path` below the descriptor.
    pub(super) fn below(fd: &Resource<Descriptor>, path: &str, touch: Touch) -> Self {
        Self { fd: fd.rep(), path: Some(path.to_owned()), touch }
    }
}

impl FilesView<'_> {
    /// Whether the guest may ask this at all.
    pub(super) fn enter(&mut self, asked: &Asked) -> Result<(), Refusal> {
        let phantom = self.state.known.get(&asked.fd).is_some_and(|known| known.phantom);
        let readable_only = || match self.table.get(&Resource::<Descriptor>::new_borrow(asked.fd)) {
            Ok(Descriptor::Dir(dir)) => dir.perms == FsPerms::ReadOnly,
            Ok(Descriptor::File(file)) => file.perms == FsPerms::ReadOnly,
            Err(_) => false,
        };
        if phantom || (asked.touch == Touch::Write && readable_only()) {
            self.deny(asked);
            return Err(Refusal::NotPermitted);
        }
        Ok(())
    }

    /// Takes note where WASI found that the guest may not do that.
    pub(super) fn leave<T, E: Forbids>(&self, asked: &Asked, done: Result<T, E>) -> Result<T, E> {
        if done.as_ref().is_err_and(Forbids::forbids) {
            self.deny(asked);
        }
        done
    }

    /// Prepares to open `path` below `fd`.
    pub(super) fn opening(
        &mut self,
        fd: &Resource<Descriptor>,
        path: &str,
        manner: Manner,
    ) -> Result<Opening, Refusal> {
        let asked = Asked::below(fd, path, if manner.writes() { Touch::Write } else { Touch::Read });
        self.enter(&asked)?;
        if !manner.is_valid() {
            return Err(Refusal::Invalid);
        }
        let dir = self.dir(fd)?;
        let share = self.state.quota.open().ok_or(Refusal::Quota)?;
        Ok(Opening { asked, dir, manner, share })
    }

    /// Gives what was opened to the guest.
    pub(super) fn opened(&mut self, opened: Opened) -> Result<Resource<Descriptor>, Refusal> {
        let descriptor = self.or_denied(&opened.asked, opened.result)?;
        let known = Known { path: self.told(&opened.asked), phantom: false };
        let fd = self.table.push(descriptor)?;
        self.state.known.insert(fd.rep(), known);
        Ok(fd)
    }

    /// What was opened; a refusal is a denial.
    pub(super) fn or_denied<T>(&self, asked: &Asked, opened: Result<T, NotOpened>) -> Result<T, Refusal> {
        opened.map_err(|error| match error {
            NotOpened::Failed(error) => Refusal::Failed(error),
            NotOpened::Refused => {
                self.deny(asked);
                Refusal::NotPermitted
            }
        })
    }

    pub(super) fn dir(&self, fd: &Resource<Descriptor>) -> Result<Dir, Refusal> {
        match self.table.get(fd)? {
            Descriptor::Dir(dir) => Ok(dir.clone()),
            Descriptor::File(_) => Err(Refusal::NotDirectory),
        }
    }

    /// Whether the guest may have one more stream in the table.
    pub(super) fn one_more_stream(&mut self) -> Result<(), Refusal> {
        use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};
        let streams =
            self.table.iter_mut().filter(|entry| entry.is::<DynInputStream>() || entry.is::<DynOutputStream>());
        if streams.count() < MOST_STREAMS { Ok(()) } else { Err(Refusal::Quota) }
    }

    /// Takes note that the guest asked for what it has no right to.
    pub(super) fn deny(&self, asked: &Asked) {
        self.deny_path(self.told(asked), asked.touch);
    }

    /// As [`FilesView::deny`], of a link's target in place of the link.
    pub(super) fn deny_target(&self, target: &str) {
        if let Ok(root) = GuestPath::parse("/") {
            self.deny_path(joined(&root, target), Touch::Read);
        }
    }

    fn deny_path(&self, path: GuestPath, touch: Touch) {
        let Some(scope) = self.scope else { return };
        let absent = self.is_absent(&path);
        let capability = match touch {
            Touch::Read => Capability::Read(path),
            Touch::Write => Capability::Write(path),
        };
        let mut denial = scope.rights().denial(capability);
        if denial.withheld == Withheld::default() {
            // By its name it is allowed: so it is a link that leads out, or no file, unless its directory was left out.
            denial.withheld.absent = absent;
            denial.withheld.never = !absent;
        }
        scope.denied(denial);
    }

    /// Whether none of the directories that the guest started with has this path.
    fn is_absent(&self, path: &GuestPath) -> bool {
        let preopens = self.state.preopens.iter().flatten();
        !preopens.filter(|preopen| !preopen.phantom).any(|preopen| preopen.path.covers(path))
    }

    /// What was asked for, in the guest's own words.
    fn told(&self, asked: &Asked) -> GuestPath {
        let base = self.state.known.get(&asked.fd).map(|known| known.path.clone());
        let base = base.or_else(|| GuestPath::parse("/").ok());
        let base = base.expect("the root is a path");
        match &asked.path {
            Some(path) => joined(&base, path),
            None => base,
        }
    }
}

impl Opening {
    /// Opens it; it is the guest's `turn`, where calls take turns.
    pub(super) async fn open(self, turn: Option<Share>) -> Opened {
        let Self { asked, dir, manner, share } = self;
        let path = asked.path.clone().unwrap_or_default();
        Opened { result: open_below(dir, path, manner, share, turn).await, asked }
    }
}

/// WASI's errors, as far as rights are concerned.
pub(super) trait Forbids {
    /// Whether it says that the guest may not do that.
    fn forbids(&self) -> bool;
}

impl Forbids for FsError {
    fn forbids(&self) -> bool {
        self.downcast_ref().is_some_and(|code| matches!(code, ErrorCode2::NotPermitted | ErrorCode2::ReadOnly))
    }
}

impl Forbids for FilesystemError {
    fn forbids(&self) -> bool {
        self.downcast_ref().is_some_and(|code| matches!(code, ErrorCode3::NotPermitted | ErrorCode3::ReadOnly))
    }
}

impl From<ResourceTableError> for Refusal {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}

impl From<Refusal> for FsError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotPermitted => ErrorCode2::NotPermitted.into(),
            Refusal::NotDirectory => ErrorCode2::NotDirectory.into(),
            Refusal::Invalid => ErrorCode2::Invalid.into(),
            Refusal::Unsupported => ErrorCode2::Unsupported.into(),
            Refusal::Overflow => ErrorCode2::Overflow.into(),
            Refusal::Quota => ErrorCode2::Quota.into(),
            Refusal::Failed(error) => {
                not_a_directory(&error, ErrorCode2::NotDirectory, ErrorCode2::from(&error)).into()
            }
            Refusal::Trap(error) => Self::trap(error),
        }
    }
}

impl From<Refusal> for FilesystemError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotPermitted => ErrorCode3::NotPermitted.into(),
            Refusal::NotDirectory => ErrorCode3::NotDirectory.into(),
            Refusal::Invalid => ErrorCode3::Invalid.into(),
            Refusal::Unsupported => ErrorCode3::Unsupported.into(),
            Refusal::Overflow => ErrorCode3::Overflow.into(),
            Refusal::Quota => ErrorCode3::Quota.into(),
            Refusal::Failed(error) => {
                not_a_directory(&error, ErrorCode3::NotDirectory, ErrorCode3::from(&error)).into()
            }
            Refusal::Trap(error) => Self::trap(error),
        }
    }
}

/// WASI's own conversion knows the system's codes and few of the kinds.
fn not_a_directory<C>(error: &io::Error, code: C, otherwise: C) -> C {
    if error.kind() == io::ErrorKind::NotADirectory { code } else { otherwise }
}
