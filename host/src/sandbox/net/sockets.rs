//! How many sockets a guest may have: each is a descriptor of the host's process.

use std::any::Any;

use wasmtime_wasi::sockets::WasiSocketsCtxView;
use wasmtime_wasi::{WasiCtxView, p2, sockets};

use crate::rights::Rights;
use crate::sandbox::Sandbox;
use crate::sandbox::allowance::Allowance;
use crate::sandbox::net::policy;
use crate::sandbox::world::World;

/// How many sockets a sandbox may hold at once.
pub(crate) const MOST_SOCKETS: usize = 256;

/// How many it may hold where it has no right to the network at all: some, so that the guest is refused where it
/// connects, and the denial tells whom it wanted to reach.
pub(crate) const MOST_USELESS_SOCKETS: usize = 4;

/// How many TCP sockets of WASI 0.3 an attempt may make in all: there a guest can drop a socket and keep its streams,
/// and with them the descriptor, where nobody can count them.
pub(crate) const MOST_TCP_OF_P3: usize = 1024;

/// How many lookups of WASI 0.2 a guest may hold at once.
const MOST_LOOKUPS: usize = 64;

/// What is left of these.
#[derive(Debug)]
pub(crate) struct Sockets {
    live: Allowance,
    tcp_of_p3: usize,
    pub(super) lookups: Allowance,
    /// Whether the guest has nobody to connect to.
    useless: bool,
}

/// Why there is no further socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoSocket {
    /// There is nobody it could connect to.
    Useless,
    /// There are too many.
    TooMany,
}

impl Sockets {
    /// The sockets of a sandbox with these rights.
    pub(crate) fn new(rights: Option<&Rights>) -> Self {
        let useless = rights.is_none_or(|rights| rights.targets().is_empty());
        let most = if useless { MOST_USELESS_SOCKETS } else { MOST_SOCKETS };
        Self { live: Allowance::of(most), tcp_of_p3: MOST_TCP_OF_P3, lookups: Allowance::of(MOST_LOOKUPS), useless }
    }
}

impl Sandbox {
    /// Counts one more socket.
    ///
    /// # Errors
    /// [`NoSocket`]. That there is nobody to connect to is told as a denial.
    pub(super) fn take_socket(&mut self) -> Result<(), NoSocket> {
        let (World { network, sockets, .. }, table) = self.with_table();
        let Some(network) = network else { return Err(NoSocket::Useless) };
        if sockets.live.take(table, is_socket) {
            return Ok(());
        }
        if !sockets.useless {
            return Err(NoSocket::TooMany);
        }
        network.denied(policy::anywhere(&network.rights()));
        Err(NoSocket::Useless)
    }

    /// Counts one more TCP socket of WASI 0.3.
    ///
    /// # Errors
    /// [`NoSocket`].
    pub(super) fn take_tcp_of_p3(&mut self) -> Result<(), NoSocket> {
        self.take_socket()?;
        let left = &mut self.world().sockets.tcp_of_p3;
        *left = left.checked_sub(1).ok_or(NoSocket::TooMany)?;
        Ok(())
    }

    /// What WASI's own functions on sockets work on.
    pub(super) fn sockets_view(&mut self) -> WasiSocketsCtxView<'_> {
        let WasiCtxView { ctx, table } = self.view();
        WasiSocketsCtxView { ctx: ctx.sockets(), table }
    }
}

fn is_socket(entry: &dyn Any) -> bool {
    entry.is::<p2::TcpSocket>()
        || entry.is::<p2::UdpSocket>()
        || entry.is::<sockets::TcpSocket>()
        || entry.is::<sockets::UdpSocket>()
}
