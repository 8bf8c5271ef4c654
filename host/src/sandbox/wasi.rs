//! The WASI a guest sees: what its action has a right to.

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtxView, WasiView};

use crate::run::ActionScope;
use crate::sandbox::files::{self, FilesView};
use crate::sandbox::world::World;
use crate::sandbox::{http, net, timers};

/// One instance's place: what it has of the host, and who it works for.
pub(crate) struct Sandbox {
    /// The host resources that the guest has handles to.
    pub(crate) table: ResourceTable,
    /// The attempt that runs in it; `None` while a component describes itself, and between two.
    scope: Option<ActionScope>,
    /// What the guest sees, once it has looked: most tasks only compute, and it is a tenth of what a sandbox costs.
    world: Option<Box<World>>,
}

/// Whatever holds a [`Sandbox`].
pub(crate) trait SandboxView: WasiView {
    /// The sandbox.
    fn sandbox(&mut self) -> &mut Sandbox;
}

impl Sandbox {
    /// The sandbox of an attempt, with the rights of its action; without one, a sandbox with no rights. It holds at most
    /// `max_handles` host resources. One that `stays` may take further attempts, with the same rights.
    pub(crate) fn new(scope: Option<ActionScope>, max_handles: usize, stays: bool) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(max_handles);
        // Those who come later, or what goes on between two, find the world that the first one has a right to.
        let world = stays.then(|| Box::new(World::new(scope.as_ref(), stays)));
        Self { table, scope, world }
    }

    /// The attempt that runs in it.
    pub(crate) fn scope(&self) -> Option<&ActionScope> {
        self.scope.as_ref()
    }

    /// Lets a further attempt in.
    pub(crate) fn enter(&mut self, scope: ActionScope) {
        if let Some(world) = &self.world {
            world.enter(scope.clone());
        }
        self.scope = Some(scope);
    }

    /// Ends the attempt: what it has printed is told, and what the guest does from now on is nobody's.
    pub(crate) fn leave(&mut self) -> Option<ActionScope> {
        if let Some(world) = &self.world {
            world.leave();
        }
        self.scope.take()
    }

    /// The world around it.
    pub(super) fn world(&mut self) -> &mut World {
        self.with_table().0
    }

    /// The world around it, and what the guest holds of it.
    pub(super) fn with_table(&mut self) -> (&mut World, &mut ResourceTable) {
        (world_of(&mut self.world, self.scope.as_ref()), &mut self.table)
    }

    /// Its files.
    pub(super) fn files(&mut self) -> FilesView<'_> {
        let Self { table, scope, world } = self;
        FilesView { state: &mut world_of(world, scope.as_ref()).files, table, scope: scope.as_ref() }
    }

    /// What WASI's own functions work on.
    pub(crate) fn view(&mut self) -> WasiCtxView<'_> {
        let (world, table) = self.with_table();
        WasiCtxView { ctx: &mut world.wasi, table }
    }
}

/// The world, made where there is none yet.
fn world_of<'w>(world: &'w mut Option<Box<World>>, scope: Option<&ActionScope>) -> &'w mut World {
    world.get_or_insert_with(|| Box::new(World::new(scope, false)))
}

/// Adds all of WASI that guests may import.
pub(crate) fn add_to_linker<T: SandboxView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    // What follows stands in the place of WASI's own.
    linker.allow_shadowing(true);
    files::add_to_linker(linker)?;
    timers::add_to_linker(linker)?;
    linker.allow_shadowing(false);
    net::narrow(linker)?;
    http::add_to_linker(linker)
}
