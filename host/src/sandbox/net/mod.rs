//! The network as a guest may use it: name lookup and sockets, in both versions of WASI, by the rights of its action.
//!
//! A name is resolved only where a right means it, as a query can carry data out. An address is reached only where a
//! right means it, or means a name under which this very sandbox has found it; a name never leads to an address that is
//! not public. No guest listens.

mod lookup;
mod p2;
mod p3;
pub(super) mod policy;
#[cfg(test)]
mod policy_tests;
mod resolver;
mod sockets;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use wasmtime::component::Linker;
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

use crate::rights::{ActionRights, Denial, NetHost};
use crate::run::ActionScope;
use crate::sandbox::SandboxView;
use crate::sandbox::seat::Seat;

pub(super) use lookup::LookupError;
use resolver::Resolver;
pub(super) use sockets::Sockets;

/// How many pairs of a name and an address one sandbox remembers; then the oldest are forgotten, and have to be
/// resolved anew.
const MOST_NAMES: usize = 1024;

/// One sandbox's network. All who use it share it.
pub(super) struct Network {
    seat: Seat,
    /// Those of the first attempt; all have the same, and were given them by different parents.
    rights: Arc<ActionRights>,
    /// Which addresses the guest found, and under which names.
    found: Mutex<Vec<(IpAddr, Arc<str>)>>,
    resolver: OnceLock<Resolver>,
    calls: OnceLock<p3::Calls>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("seat", &self.seat).finish_non_exhaustive()
    }
}

impl Network {
    /// The network of an attempt.
    pub(super) fn new(seat: Seat, scope: &ActionScope) -> Self {
        let (rights, found) = (Arc::clone(scope.rights()), Mutex::default());
        Self { seat, rights, found, resolver: OnceLock::new(), calls: OnceLock::new() }
    }

    /// Makes WASI's sockets ask for each address.
    pub(super) fn guard(self: &Arc<Self>, wasi: &mut WasiCtxBuilder) {
        let network = Arc::clone(self);
        wasi.allow_tcp(true).allow_udp(true).socket_addr_check(move |address, used| {
            let allowed = network.allows(address, used);
            Box::pin(std::future::ready(allowed))
        });
    }

    /// What the attempt may do.
    pub(super) fn rights(&self) -> Arc<ActionRights> {
        let scope = self.seat.scope();
        Arc::clone(scope.as_ref().map_or(&self.rights, ActionScope::rights))
    }

    /// Takes note of a denial.
    pub(super) fn denied(&self, denial: Denial) {
        if let Some(scope) = self.seat.scope() {
            scope.denied(denial);
        }
    }

    /// Passes on what the policy says, and takes note of a denial.
    pub(super) fn note(&self, verdict: Result<(), Denial>) -> bool {
        verdict.map_err(|denial| self.denied(denial)).is_ok()
    }

    fn allows(&self, address: SocketAddr, used: SocketAddrUse) -> bool {
        match used {
            SocketAddrUse::TcpConnect | SocketAddrUse::UdpSend => self.note(self.may_reach(address)),
            // What comes in unasked is dropped, and is nothing that the guest did.
            SocketAddrUse::UdpReceive => self.may_reach(address).is_ok(),
            // Asked for before each connection too: to refuse it here would hide whom the guest wanted to reach.
            SocketAddrUse::TcpBind if policy::is_left_open(address) => true,
            SocketAddrUse::TcpBind => self.note(Err(policy::never(address))),
            // The port is one that the system chose, a different one each time.
            SocketAddrUse::TcpListen => self.note(Err(policy::never(SocketAddr::new(address.ip(), 0)))),
            SocketAddrUse::TcpAccept => false,
            SocketAddrUse::UdpBind => self.note(policy::may_bind_udp(&self.rights(), address)),
        }
    }

    fn may_reach(&self, address: SocketAddr) -> Result<(), Denial> {
        let ip = address.ip().to_canonical();
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let names: Vec<&str> = found.iter().filter(|(known, _)| *known == ip).map(|(_, name)| &**name).collect();
        policy::may_reach(&self.rights(), address, &names)
    }

    /// Remembers what a name resolved to.
    fn remember(&self, name: &str, addresses: &[IpAddr]) {
        let name: Arc<str> = name.into();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for ip in addresses {
            let pair = (ip.to_canonical(), Arc::clone(&name));
            found.retain(|known| *known != pair);
            found.push(pair);
        }
        let too_many = found.len().saturating_sub(MOST_NAMES);
        found.drain(..too_many);
    }

    /// Whether a request may go to `host`; takes note of a denial. What a name leads to is still to be checked.
    pub(super) fn may_ask(&self, host: &NetHost, port: u16) -> bool {
        self.note(policy::may_ask(&self.rights(), host, port))
    }

    /// The addresses of `host` that a request to `port` may go to; those of a name as they are now.
    ///
    /// # Errors
    /// Why there are none.
    pub(super) async fn addresses(&self, host: &NetHost, port: u16) -> Result<Vec<SocketAddr>, Unreachable> {
        if !self.may_ask(host, port) {
            return Err(Unreachable::Denied);
        }
        let name = match host {
            NetHost::Ip(ip) => return Ok(vec![SocketAddr::new(*ip, port)]),
            NetHost::Name(name) => name,
            NetHost::Any | NetHost::Public => return Err(Unreachable::Denied),
        };
        let found = self.resolve(name).await.ok_or(Unreachable::NotFound)?;
        let reachable = policy::reachable(&self.rights(), name, port, &found);
        if reachable.is_empty() {
            self.denied(policy::leads_inside(host, port));
            return Err(Unreachable::Inside);
        }
        Ok(reachable)
    }

    /// What a name resolves to; nothing where nobody is there who could have asked.
    async fn resolve(&self, name: &str) -> Option<Vec<IpAddr>> {
        let run = Arc::clone(self.seat.scope()?.lookups());
        self.resolver.get_or_init(Resolver::default).resolve(name, run).await
    }

    fn calls(&self) -> &p3::Calls {
        self.calls.get_or_init(p3::Calls::default)
    }
}

/// Why a host can't be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreachable {
    /// No right means it.
    Denied,
    /// Its name does not resolve.
    NotFound,
    /// Its name leads to nothing but addresses that are not public.
    Inside,
}

/// Puts these functions in the place of WASI's own.
pub(super) fn narrow<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    p2::narrow(linker)?;
    p3::narrow(linker)
}
