//! The directories a guest starts with.

use std::fs::File;
use std::io;
use std::path::{Component, Path};
use std::sync::LazyLock;

use cap_primitives::fs::{FollowSymlinks, OpenOptions, open};
use wasmtime_wasi::filesystem::{Dir, FsPerms, OpenMode};

use crate::rights::{ActionRights, FileRight, GuestPath};

/// A directory a guest starts with.
#[derive(Clone)]
pub(super) struct Preopen {
    pub(super) dir: Dir,
    pub(super) path: GuestPath,
    /// Whether it is the phantom root: nothing is below it, and whatever a guest asks for below it is denied.
    pub(super) phantom: bool,
}

/// The directories of a guest with these rights, opened, and a phantom root where the root is not among them.
///
/// A directory that can't be opened is left out, so that the guest is denied what is below it: one that does not exist
/// is not made, not even where writing is granted.
pub(super) fn preopens(rights: Option<&ActionRights>) -> Vec<Preopen> {
    let mut preopens: Vec<Preopen> = Vec::new();
    if let Some(rights) = rights {
        for right in rights.effective().files() {
            if let Ok(dir) = open_right(rights, right) {
                preopens.push(Preopen { dir, path: right.guest.clone(), phantom: false });
            }
        }
    }
    if let Ok(root) = GuestPath::parse("/")
        && preopens.iter().all(|preopen| preopen.path != root)
        && let Some(dir) = PHANTOM.clone()
    {
        preopens.push(Preopen { dir, path: root, phantom: true });
    }
    preopens
}

fn open_right(rights: &ActionRights, right: &FileRight) -> io::Result<Dir> {
    let granted = rights.granted().directories().get(right.directory);
    let granted = granted.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let dir = open_beneath(&granted.handle, &right.below)?;
    let (perms, mode) = match right.write && granted.write {
        true => (FsPerms::ReadWrite, OpenMode::READ | OpenMode::WRITE),
        false => (FsPerms::ReadOnly, OpenMode::READ),
    };
    Ok(Dir::new(dir, perms, mode, false))
}

/// Opens the directory `below` beneath `granted`, name by name, and follows no link.
///
/// A link would not lead out of what is granted, but it may lead out of what the parent has: who may write in one part of
/// a granted directory could put a link to another part there, and have a child read it.
fn open_beneath(granted: &File, below: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true)._cap_fs_ext_follow(FollowSymlinks::No)._cap_fs_ext_nonblock(true);
    let mut dir = granted.try_clone()?;
    for name in below.components() {
        let Component::Normal(name) = name else { return Err(io::ErrorKind::InvalidInput.into()) };
        dir = open(&dir, Path::new(name), &options)?;
    }
    if dir.metadata()?.is_dir() { Ok(dir) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

/// An empty directory that has no name any more: nothing can ever be in it.
static PHANTOM: LazyLock<Option<Dir>> = LazyLock::new(|| phantom().ok());

fn phantom() -> io::Result<Dir> {
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
        preopens(rights).into_iter().map(|preopen| (preopen.path.to_string(), preopen.phantom)).collect()
    }

    #[test]
    fn without_rights_there_is_an_empty_root() {
        assert_eq!(paths(None), [("/".to_owned(), true)]);
        let phantom = preopens(None).remove(0).dir;
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
}
