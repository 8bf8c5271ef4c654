//! The WASI a guest sees: clocks, randomness, and what its action has a right to.

use std::sync::Arc;

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::run::{ActionScope, LogStream};
use crate::sandbox::http::{self, Http};
use crate::sandbox::logs::LogPipe;
use crate::sandbox::net::{self, Network, Sockets};

/// How many random bytes a guest may ask for at once.
const MOST_RANDOM: u64 = 1 << 20;

/// The world around one instance.
pub(crate) struct Sandbox {
    wasi: WasiCtx,
    /// The host resources that the guest has handles to.
    pub(crate) table: ResourceTable,
    /// The attempt that runs in it; `None` while a component describes itself.
    scope: Option<ActionScope>,
    /// What it may do in the network; `None` while a component describes itself.
    pub(super) network: Option<Arc<Network>>,
    pub(super) sockets: Sockets,
    pub(super) http: Http,
}

/// Whatever holds a [`Sandbox`].
pub(crate) trait SandboxView: WasiView {
    /// The sandbox.
    fn sandbox(&mut self) -> &mut Sandbox;
}

impl Sandbox {
    /// The sandbox of an attempt, with the rights of its action; without one, a sandbox with no rights. It holds at most
    /// `max_handles` host resources.
    pub(crate) fn new(scope: Option<ActionScope>, max_handles: usize) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(max_handles);
        let network = scope.clone().map(Network::new).map(Arc::new);
        let sockets = Sockets::new(scope.as_ref().map(|scope| scope.rights().effective()));
        let http = Http::new(network.clone());
        Self { wasi: context(scope.as_ref(), network.as_ref()), table, scope, network, sockets, http }
    }

    /// The attempt that runs in it.
    pub(crate) fn scope(&self) -> Option<&ActionScope> {
        self.scope.as_ref()
    }

    /// What WASI's own functions work on.
    pub(crate) fn view(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// What the guest prints becomes log events of `scope`, or nothing.
fn context(scope: Option<&ActionScope>, network: Option<&Arc<Network>>) -> WasiCtx {
    let mut wasi = WasiCtx::builder();
    wasi.max_random_size(MOST_RANDOM).allow_tcp(false).allow_udp(false);
    if let Some(network) = network {
        network.guard(&mut wasi);
    }
    let Some(scope) = scope else { return wasi.build() };
    if scope.is_watched() {
        wasi.stdout(LogPipe::new(scope.clone(), LogStream::Stdout));
        wasi.stderr(LogPipe::new(scope.clone(), LogStream::Stderr));
    }
    let rights = scope.rights();
    for (name, at) in rights.effective().variables() {
        wasi.env(name, &rights.granted().variables()[*at].value);
    }
    wasi.build()
}

/// Adds all of WASI that guests may import.
pub(crate) fn add_to_linker<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi::p3::add_to_linker(linker)?;
    net::narrow(linker)?;
    http::add_to_linker(linker)
}
