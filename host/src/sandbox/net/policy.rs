//! What an attempt may do in the network, by its rights alone. Nothing here sends or resolves anything.

use std::net::{IpAddr, SocketAddr};

use crate::rights::{ActionRights, Capability, Denial, NetHost, NetTarget, Withheld, is_public};

/// Whether the attempt may send to `address`, which it found under `names`.
///
/// # Errors
/// The denial.
pub(crate) fn may_reach(rights: &ActionRights, address: SocketAddr, names: &[&str]) -> Result<(), Denial> {
    let (ip, port) = (address.ip().to_canonical(), address.port());
    if rights.effective().allows_address(ip, port, names) {
        return Ok(());
    }
    let capability = capability(NetHost::Ip(ip), port);
    let leads_inside = names.iter().any(|name| names_host(rights, name, port)) && !is_public(ip);
    Err(if leads_inside { private(capability) } else { rights.denial(capability) })
}

/// Whether the attempt may send a request to `host`. Where that is a name, what it leads to is still to be checked.
///
/// # Errors
/// The denial.
pub(crate) fn may_ask(rights: &ActionRights, host: &NetHost, port: u16) -> Result<(), Denial> {
    let allowed = match host {
        NetHost::Ip(ip) => rights.effective().allows_address(*ip, port, &[]),
        NetHost::Name(name) => names_host(rights, name, port),
        NetHost::Any | NetHost::Public => false,
    };
    if allowed { Ok(()) } else { Err(rights.denial(capability(host.clone(), port))) }
}

/// Whether the attempt may ask what `host` resolves to.
///
/// # Errors
/// The denial.
pub(crate) fn may_resolve(rights: &ActionRights, host: &NetHost) -> Result<(), Denial> {
    let allowed = match host {
        NetHost::Ip(ip) => rights.effective().allows_name(&ip.to_string()),
        NetHost::Name(name) => rights.effective().allows_name(name),
        NetHost::Any | NetHost::Public => false,
    };
    if allowed { Ok(()) } else { Err(rights.denial(capability(host.clone(), 0))) }
}

/// Whether the attempt may have a UDP socket bound to `address`: only to what the system chooses, as sending needs
/// that much; and only where there is someone it may send to.
///
/// # Errors
/// The denial.
pub(crate) fn may_bind_udp(rights: &ActionRights, address: SocketAddr) -> Result<(), Denial> {
    match is_left_open(address) {
        true if rights.effective().targets().is_empty() => Err(anywhere(rights)),
        true => Ok(()),
        false => Err(never(address)),
    }
}

/// The denial of any use of the network.
pub(crate) fn anywhere(rights: &ActionRights) -> Denial {
    rights.denial(capability(NetHost::Any, 0))
}

/// The denial of what no guest may do: take connections, or choose where it is reached.
pub(crate) fn never(address: SocketAddr) -> Denial {
    Denial {
        capability: capability(NetHost::Ip(address.ip().to_canonical()), address.port()),
        withheld: Withheld { never: true, ..Withheld::default() },
    }
}

/// The denial of a name that is granted, but leads to nothing but addresses that are not public.
pub(crate) fn leads_inside(host: &NetHost, port: u16) -> Denial {
    private(capability(host.clone(), port))
}

/// Whether the system is to choose the address and the port.
pub(crate) fn is_left_open(address: SocketAddr) -> bool {
    address.port() == 0 && address.ip().is_unspecified()
}

/// Whether some right means this name, at this port.
fn names_host(rights: &ActionRights, name: &str, port: u16) -> bool {
    let means = |target: &NetTarget| target.allows_name(name) && target.port.is_none_or(|own| own == port);
    rights.effective().targets().iter().any(means)
}

fn private(capability: Capability) -> Denial {
    Denial { capability, withheld: Withheld { private_address: true, ..Withheld::default() } }
}

/// Port 0 stands for any.
fn capability(host: NetHost, port: u16) -> Capability {
    Capability::Net(NetTarget { host, port: (port != 0).then_some(port) })
}

/// The host that a guest wrote, where it is one: a name or an address without a port, and nothing that resolvers read
/// in ways of their own.
pub(crate) fn host_of(text: &str) -> Option<NetHost> {
    match NetTarget::parse(text).ok()? {
        NetTarget { host: host @ (NetHost::Name(_) | NetHost::Ip(_)), port: None } => Some(host),
        _ => None,
    }
}

/// The addresses of `name`, of those it resolved to, that a request may go to.
pub(crate) fn reachable(rights: &ActionRights, name: &str, port: u16, found: &[IpAddr]) -> Vec<SocketAddr> {
    let allowed = found.iter().filter(|ip| rights.effective().allows_address(**ip, port, &[name]));
    allowed.map(|ip| SocketAddr::new(*ip, port)).collect()
}
