//! The WASI a guest sees: clocks, randomness, and what its action has a right to.

use std::sync::Arc;

use wasmtime::component::{Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::run::{ActionScope, LogStream, Seed};
use crate::sandbox::clock::VirtualClock;
use crate::sandbox::files::{self, FileState, FilesView};
use crate::sandbox::http::{self, Http};
use crate::sandbox::logs::LogPipe;
use crate::sandbox::net::{self, Network, Sockets};
use crate::sandbox::random::SeededBytes;
use crate::sandbox::seat::Seat;
use crate::sandbox::timers;

/// How many random bytes a guest may ask for at once.
const MOST_RANDOM: u64 = 1 << 20;

/// The world around one instance.
pub(crate) struct Sandbox {
    wasi: WasiCtx,
    /// The host resources that the guest has handles to.
    pub(crate) table: ResourceTable,
    files: FileState,
    /// The sandbox's own time, where clocks are fixed.
    clock: Option<VirtualClock>,
    /// The attempt that runs in it; `None` while a component describes itself, and between two.
    scope: Option<ActionScope>,
    /// The same, for those who outlive one attempt.
    seat: Seat,
    prints: Option<[LogPipe; 2]>,
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
    /// `max_handles` host resources. One that `stays` may take further attempts, with the same rights.
    pub(crate) fn new(scope: Option<ActionScope>, max_handles: usize, stays: bool) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(max_handles);
        let clock = scope.as_ref().and_then(ActionScope::seed).map(|_| VirtualClock::default());
        let seat = scope.clone().map(Seat::of).unwrap_or_default();
        let network = scope.as_ref().map(|scope| Arc::new(Network::new(seat.clone(), scope)));
        let sockets = Sockets::new(scope.as_ref().map(|scope| scope.rights().effective()));
        let http = Http::new(network.clone());
        let is_read = stays || scope.as_ref().is_some_and(ActionScope::is_watched);
        let prints =
            is_read.then(|| [LogStream::Stdout, LogStream::Stderr].map(|to| LogPipe::new(seat.clone(), to)));
        let wasi = context(scope.as_ref(), clock.as_ref(), network.as_ref(), prints.as_ref());
        Self { wasi, table, files: FileState::default(), clock, scope, seat, prints, network, sockets, http }
    }

    /// The attempt that runs in it.
    pub(crate) fn scope(&self) -> Option<&ActionScope> {
        self.scope.as_ref()
    }

    /// Lets a further attempt in.
    pub(crate) fn enter(&mut self, scope: ActionScope) {
        self.seat.take(scope.clone());
        self.scope = Some(scope);
    }

    /// Ends the attempt: what it has printed is told, and what the guest does from now on is nobody's.
    pub(crate) fn leave(&mut self) -> Option<ActionScope> {
        self.prints.iter().flatten().for_each(LogPipe::end);
        self.seat.leave();
        self.scope.take()
    }

    /// Its own time, where clocks are fixed.
    pub(super) fn clock(&self) -> Option<&VirtualClock> {
        self.clock.as_ref()
    }

    /// Its files.
    pub(super) fn files(&mut self) -> FilesView<'_> {
        FilesView { state: &mut self.files, table: &mut self.table, scope: self.scope.as_ref() }
    }

    /// What WASI's own functions work on.
    pub(crate) fn view(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// What the guest prints becomes log events of `scope`, or nothing.
fn context(
    scope: Option<&ActionScope>,
    clock: Option<&VirtualClock>,
    network: Option<&Arc<Network>>,
    prints: Option<&[LogPipe; 2]>,
) -> WasiCtx {
    let mut wasi = WasiCtx::builder();
    wasi.max_random_size(MOST_RANDOM).allow_tcp(false).allow_udp(false);
    if let Some(network) = network {
        network.guard(&mut wasi);
    }
    let Some(scope) = scope else { return wasi.build() };
    if let (Some(seed), Some(clock)) = (scope.seed(), clock) {
        fix(&mut wasi, seed, clock);
    }
    if let Some([stdout, stderr]) = prints {
        wasi.stdout(stdout.clone()).stderr(stderr.clone());
    }
    let rights = scope.rights();
    for (name, at) in rights.effective().variables() {
        wasi.env(name, &rights.granted().variables()[*at].value);
    }
    wasi.build()
}

/// Fixes all that would differ from run to run without the guest's doing.
fn fix(wasi: &mut WasiCtxBuilder, seed: &Seed, clock: &VirtualClock) {
    let bytes = |name: &str| SeededBytes::new(seed.bytes(), name);
    wasi.wall_clock(clock.clone())
        .monotonic_clock(clock.clone())
        .secure_random(bytes("random"))
        .insecure_random(bytes("insecure"))
        .insecure_random_seed(bytes("insecure-seed").first_u128());
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
