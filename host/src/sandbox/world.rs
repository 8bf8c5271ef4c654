//! What one guest sees of the world: clocks, randomness, its variables, and ways to files and the network.

use std::sync::Arc;

use wasmtime_wasi::{WasiCtx, WasiCtxBuilder};

use crate::run::{ActionScope, LogStream, Seed};
use crate::sandbox::clock::VirtualClock;
use crate::sandbox::files::FileState;
use crate::sandbox::http::Http;
use crate::sandbox::logs::LogPipe;
use crate::sandbox::net::{Network, Sockets};
use crate::sandbox::random::SeededBytes;
use crate::sandbox::seat::Seat;

/// How many random bytes a guest may ask for at once.
const MOST_RANDOM: u64 = 1 << 20;

/// The world around one instance, with the rights of the attempt it was made for.
pub(super) struct World {
    pub(super) wasi: WasiCtx,
    pub(super) files: FileState,
    /// Its own time, where clocks are fixed.
    pub(super) clock: Option<VirtualClock>,
    /// Who the instance works for.
    seat: Seat,
    prints: Option<[LogPipe; 2]>,
    /// What it may do in the network; `None` while a component describes itself.
    pub(super) network: Option<Arc<Network>>,
    pub(super) sockets: Sockets,
    pub(super) http: Http,
}

impl World {
    /// The world as an attempt may see it; without one, a world with nothing in it. Where the instance `stays`, others may
    /// read what it prints, even if nobody reads this attempt's.
    pub(super) fn new(scope: Option<&ActionScope>, stays: bool) -> Self {
        let clock = scope.and_then(ActionScope::seed).map(|_| VirtualClock::default());
        let seat = scope.cloned().map(Seat::of).unwrap_or_default();
        let network = scope.map(|scope| Arc::new(Network::new(seat.clone(), scope)));
        let is_read = stays || scope.is_some_and(ActionScope::is_watched);
        let prints =
            is_read.then(|| [LogStream::Stdout, LogStream::Stderr].map(|to| LogPipe::new(seat.clone(), to)));
        Self {
            wasi: context(scope, clock.as_ref(), network.as_ref(), prints.as_ref()),
            files: FileState::default(),
            clock,
            seat,
            prints,
            sockets: Sockets::new(scope.map(|scope| scope.rights().effective())),
            http: Http::new(network.clone()),
            network,
        }
    }

    /// Lets a further attempt in.
    pub(super) fn enter(&self, scope: ActionScope) {
        self.seat.take(scope);
    }

    /// Tells what the attempt has printed; what is printed from now on is nobody's.
    pub(super) fn leave(&self) {
        self.prints.iter().flatten().for_each(LogPipe::end);
        self.seat.leave();
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
