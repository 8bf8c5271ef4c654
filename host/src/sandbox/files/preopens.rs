//! The directories a guest starts with.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Component, Path};
use std::sync::{Arc, OnceLock};

use cap_primitives::fs::{FollowSymlinks, OpenOptions, open, stat};
use wasmtime_wasi::filesystem::{Dir, FsPerms, OpenMode};

use crate::rights::{ActionRights, FileRight, GuestPath};
use crate::sandbox::descriptors::{Budget, Holder};

/// A directory a guest starts with.
#[derive(Clone)]
pub(super) struct Preopen {
    pub(super) dir: Dir,
    pub(super) path: GuestPath,
    /// Whether it is the phantom root: nothing is below it, and whatever a guest asks for below it is denied.
    pub(super) phantom: bool,
}

/// A directory a guest starts with can't be opened, though nothing says that it is not there.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the granted directory `{path}`: {reason}")]
pub(super) struct NoPreopen {
    path: GuestPath,
    /// Told with the rest, as it means little alone.
    reason: io::Error,
}

/// The directories of a guest with these rights, opened, and a phantom root where the root is not among them.
///
/// A directory that does not exist is left out, so that the guest is denied what is below it: it is not made, not even
/// where writing is granted. The same goes for a link or a file in its place.
///
/// # Errors
/// [`NoPreopen`], where leaving one out would tell the guest that it has no right to it.
pub(super) fn preopens(rights: Option<&ActionRights>, budget: &Arc<Budget>) -> Result<Vec<Preopen>, NoPreopen> {
    let mut preopens: Vec<Preopen> = Vec::new();
    if let Some(rights) = rights {
        for right in rights.effective().files() {
            let opened = open_right(rights, right, budget);
            if let Some(dir) = opened.map_err(|reason| NoPreopen { path: right.guest.clone(), reason })? {
                preopens.push(Preopen { dir, path: right.guest.clone(), phantom: false });
            }
        }
    }
    if let Ok(root) = GuestPath::parse("/")
        && preopens.iter().all(|preopen| preopen.path != root)
    {
        let dir = phantom().map_err(|reason| NoPreopen { path: root.clone(), reason })?;
        preopens.push(Preopen { dir, path: root, phantom: true });
    }
    Ok(preopens)
}

/// `None`: it is not there.
fn open_right(rights: &ActionRights, right: &FileRight, budget: &Arc<Budget>) -> io::Result<Option<Dir>> {
    let granted = rights.granted().directories().get(right.directory);
    let granted = granted.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let Some(opened) = open_beneath(&granted.handle, &right.below, budget)? else { return Ok(None) };
    // There is no other way to share the handle.
    let mut dir = phantom()?;
    (dir.perms, dir.open_mode) = match right.write && granted.write {
        true => (FsPerms::ReadWrite, OpenMode::READ | OpenMode::WRITE),
        false => (FsPerms::ReadOnly, OpenMode::READ),
    };
    dir.dir = opened;
    Ok(Some(dir))
}

/// Opens the directory `below` beneath `granted`, name by name, and follows no link. The whole of what is granted is
/// open already; a part counts toward what all sandboxes may have, but not toward what the guest opens.
///
/// A link would not lead out of what is granted, but it may lead out of what the parent has: who may write in one part of
/// a granted directory could put a link to another part there, and have a child read it.
fn open_beneath(granted: &Arc<File>, below: &Path, budget: &Arc<Budget>) -> io::Result<Option<Arc<File>>> {
    if below.as_os_str().is_empty() {
        return Ok(Some(Arc::clone(granted)));
    }
    let share = budget.take(&Holder::default(), 1);
    let share = share.ok_or_else(|| io::Error::other("too many files are open"))?;
    let mut options = OpenOptions::new();
    options.read(true)._cap_fs_ext_follow(FollowSymlinks::No)._cap_fs_ext_nonblock(true);
    let mut dir = Arc::clone(granted);
    for name in below.components() {
        let Component::Normal(name) = name else { return Err(io::ErrorKind::InvalidInput.into()) };
        dir = match open(&dir, Path::new(name), &options) {
            Ok(opened) => Arc::new(opened),
            Err(error) if is_absent(&error) || is_no_directory(&dir, name) => return Ok(None),
            Err(error) => return Err(error),
        };
    }
    if !dir.metadata()?.is_dir() {
        return Ok(None);
    }
    share.tie(&dir);
    Ok(Some(dir))
}

/// What has a name that the system does not know does not exist either.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename)
}

fn is_no_directory(dir: &File, name: &OsStr) -> bool {
    stat(dir, Path::new(name), FollowSymlinks::No).is_ok_and(|found| !found.is_dir())
}

/// An empty directory that has no name any more: nothing can ever be in it. All guests share it.
fn phantom() -> io::Result<Dir> {
    static PHANTOM: OnceLock<Dir> = OnceLock::new();
    if let Some(dir) = PHANTOM.get() {
        return Ok(dir.clone());
    }
    // What fails now may do later.
    let made = make_phantom()?;
    Ok(PHANTOM.get_or_init(|| made).clone())
}

fn make_phantom() -> io::Result<Dir> {
    for _ in 0..16 {
        let path = std::env::temp_dir().join(format!("flyte-host-root-{:032x}", fastrand::u128(..)));
        match std::fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made?,
        }
        let opened = File::open(&path);
        std::fs::remove_dir(&path)?;
        return Ok(Dir::new(opened?, FsPerms::ReadOnly, OpenMode::READ, false));
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::{Capability, Grants, Right};

    fn path(text: &str) -> GuestPath {
        GuestPath::parse(text).unwrap()
    }

    fn rights(dir: &Path, declared: &str) -> ActionRights {
        let granted = Grants::new().write(dir, path("/data")).open().unwrap();
        ActionRights::of_root(
            granted,
            &[Right { capability: Capability::write(declared).unwrap(), optional: true }],
        )
    }

    fn paths(rights: Option<&ActionRights>) -> Vec<(String, bool)> {
        preopens(rights, &Budget::of(9))
            .unwrap()
            .into_iter()
            .map(|preopen| (preopen.path.to_string(), preopen.phantom))
            .collect()
    }

    #[test]
    fn without_rights_there_is_an_empty_root() {
        assert_eq!(paths(None), [("/".to_owned(), true)]);
        let phantom = preopens(None, &Budget::of(9)).unwrap().remove(0).dir;
        let entries = cap_primitives::fs::read_base_dir(&phantom.dir).unwrap();
        assert_eq!(entries.count(), 0);
        assert_eq!(phantom.perms, FsPerms::ReadOnly);
    }

    #[test]
    fn a_part_of_a_grant_is_opened_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("in")).unwrap();
        let found = paths(Some(&rights(dir.path(), "/data/in")));
        assert_eq!(found, [("/data/in".to_owned(), false), ("/".to_owned(), true)]);
        assert_eq!(paths(Some(&rights(dir.path(), "/data/out"))), [("/".to_owned(), true)], "it does not exist");
        assert!(!dir.path().join("out").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_no_part_of_a_grant() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a")).unwrap();
        std::fs::create_dir_all(dir.path().join("b")).unwrap();
        std::os::unix::fs::symlink("../b", dir.path().join("a/x")).unwrap();
        assert_eq!(paths(Some(&rights(dir.path(), "/data/a/x"))), [("/".to_owned(), true)]);
    }

    #[test]
    fn a_whole_grant_takes_no_descriptor_more() {
        let dir = tempfile::tempdir().unwrap();
        let rights = rights(dir.path(), "/data");
        let opened = preopens(Some(&rights), &Budget::of(0)).unwrap().remove(0).dir;
        assert!(Arc::ptr_eq(&opened.dir, &rights.granted().directories()[0].handle));
        assert_eq!(opened.perms, FsPerms::ReadWrite);
        assert_eq!(phantom().unwrap().perms, FsPerms::ReadOnly, "a guest's own is another");
    }

    #[test]
    fn what_cannot_be_opened_now_is_not_left_out() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("in")).unwrap();
        let error = preopens(Some(&rights(dir.path(), "/data/in")), &Budget::of(0)).err().unwrap();
        assert_eq!(error.to_string(), "cannot open the granted directory `/data/in`: too many files are open");
    }

    #[test]
    fn what_can_be_no_directory_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        for name in ["file", "file/in", &"x".repeat(1000)] {
            let rights = rights(dir.path(), &format!("/data/{name}"));
            assert_eq!(paths(Some(&rights)), [("/".to_owned(), true)], "{name}");
        }
    }
}
