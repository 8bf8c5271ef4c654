//! The file system a guest sees: the directories its action has a right to, and nothing else.
//!
//! WASI's own functions do the work; each passes through here. A guest starts with its directories and, where the root is
//! not among them, with a *phantom root*: an empty directory in which everything is denied. Without it a path outside
//! would not reach the host at all: the guest's own library would know no directory for it. So the guest gets the error
//! it expects (`not-permitted`), and the denial is known with its path.
//!
//! | asked for | answer |
//! |---|---|
//! | anything below the phantom root, its listing too | `not-permitted`, and a denial |
//! | a change in a directory that may only be read | `not-permitted`, and a denial |
//! | a path that leads out, by `..` or by a link | `not-permitted`, and a denial |
//! | a pipe, a socket, a device | `not-permitted`, and a denial: opening or reading one may take forever |
//! | what the system itself forbids | the system's error |
//! | more open files, streams, or entries of listings than [`quota`] allows, or more open files than all sandboxes together may have | `quota` |
//!
//! A directory that is granted and there, but can't be opened, ends the guest by a [`HostFault`].

mod gate;
mod listing;
mod open;
mod p2;
mod p3;
mod path;
mod preopens;
mod quota;
mod times;
mod work;

use std::collections::HashMap;

use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtx, WasiFilesystemCtxView};
use wasmtime_wasi::{p2 as wasi2, p3 as wasi3};

use crate::rights::GuestPath;
use crate::run::ActionScope;
use crate::sandbox::descriptors::Budget;
use crate::sandbox::{HostFault, SandboxView};
use preopens::Preopen;
use quota::{Quota, Share};

/// The files of one sandbox.
#[derive(Default)]
pub(super) struct FileState {
    wasi: WasiFilesystemCtx,
    /// The directories the guest starts with, once it has asked for them.
    preopens: Option<Vec<Preopen>>,
    /// What is known of the guest's descriptors, by their place in the table.
    known: HashMap<u32, Known>,
    /// What the guest's listings take, by their place in the table.
    listings: HashMap<u32, Share>,
    quota: Quota,
}

/// What is known of a descriptor.
struct Known {
    /// Where the guest found it.
    path: GuestPath,
    phantom: bool,
}

/// Names [`FilesView`] as the data behind the imports.
pub(super) struct Files;

impl HasData for Files {
    type Data<'a> = FilesView<'a>;
}

/// The files of one sandbox, and all they need.
pub(super) struct FilesView<'a> {
    pub(super) state: &'a mut FileState,
    pub(super) table: &'a mut ResourceTable,
    pub(super) scope: Option<&'a ActionScope>,
}

/// Puts these functions in the place of WASI's own.
pub(super) fn add_to_linker<T: SandboxView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    fn files<T: SandboxView>(state: &mut T) -> FilesView<'_> {
        state.sandbox().files()
    }
    wasi2::bindings::filesystem::types::add_to_linker::<T, Files>(linker, files)?;
    wasi2::bindings::filesystem::preopens::add_to_linker::<T, Files>(linker, files)?;
    wasi3::bindings::filesystem::types::add_to_linker::<T, Files>(linker, files)?;
    wasi3::bindings::filesystem::preopens::add_to_linker::<T, Files>(linker, files)?;
    Ok(())
}

impl FilesView<'_> {
    fn wasi(&mut self) -> WasiFilesystemCtxView<'_> {
        WasiFilesystemCtxView { ctx: &mut self.state.wasi, table: self.table }
    }

    /// The directories the guest starts with. They are opened once, however often it asks.
    fn directories(&mut self) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
        let rights = self.scope.map(|scope| &**scope.rights());
        let preopens = match &self.state.preopens {
            Some(preopens) => preopens.clone(),
            None => {
                let opened = preopens::preopens(rights, &Budget::of_process()).map_err(HostFault::new)?;
                self.state.preopens.insert(opened).clone()
            }
        };
        let mut directories = Vec::with_capacity(preopens.len());
        for Preopen { dir, path, phantom } in preopens {
            let fd = self.table.push(Descriptor::Dir(dir))?;
            directories.push((fd_of(&fd), path.to_string()));
            self.state.known.insert(fd.rep(), Known { path, phantom });
        }
        Ok(directories)
    }

    fn close(&mut self, fd: Resource<Descriptor>) -> wasmtime::Result<()> {
        self.state.known.remove(&fd.rep());
        self.table.delete(fd)?;
        Ok(())
    }
}

/// The same descriptor once more.
fn fd_of(fd: &Resource<Descriptor>) -> Resource<Descriptor> {
    if fd.owned() { Resource::new_own(fd.rep()) } else { Resource::new_borrow(fd.rep()) }
}
