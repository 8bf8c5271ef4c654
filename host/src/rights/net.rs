//! Network targets: whom a task may connect to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::rights::CapabilityError;

/// The longest name of a host, in bytes (RFC 1035).
const LONGEST_NAME: usize = 253;

/// One party, or many, that may be connected to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NetTarget {
    /// Who.
    pub host: NetHost,
    /// At which port; `None`: at any.
    pub port: Option<u16>,
}

/// The parties a [`NetTarget`] means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NetHost {
    /// Anyone at all. Only a declaration says so; a grant of `*` means [`NetHost::Public`].
    Any,
    /// Any public address, and any name that leads to one.
    Public,
    /// A name, in lower case: every public address it resolves to. `localhost` means the loopback addresses too, and so
    /// is no part of [`NetHost::Public`].
    Name(String),
    /// One address, public or not.
    Ip(IpAddr),
}

impl NetTarget {
    /// Reads `HOST`, `HOST:PORT`, `[IPV6]:PORT`, `*` or `*:PORT`. `*` becomes [`NetHost::Any`].
    ///
    /// # Errors
    /// [`CapabilityError::Net`].
    pub fn parse(text: &str) -> Result<Self, CapabilityError> {
        let wrong = || CapabilityError::Net(text.chars().take(300).collect());
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self { host: NetHost::Ip(canonical(ip)), port: None });
        }
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (ip, tail) = rest.split_once(']').ok_or_else(wrong)?;
                let ip: Ipv6Addr = ip.parse().map_err(|_| wrong())?;
                let port = match tail {
                    "" => None,
                    _ => Some(tail.strip_prefix(':').ok_or_else(wrong)?),
                };
                (NetHost::Ip(canonical(ip.into())), port)
            }
            None => {
                let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
                (host_of(host).ok_or_else(wrong)?, port)
            }
        };
        let port = match port {
            None => None,
            Some(port) if port.starts_with('+') => return Err(wrong()),
            Some(port) => Some(port.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)?),
        };
        Ok(Self { host, port })
    }

    /// What both allow; `None` where that is nothing.
    pub fn meet(&self, other: &Self) -> Option<Self> {
        let port = match (self.port, other.port) {
            (Some(a), Some(b)) if a != b => return None,
            (a, b) => a.or(b),
        };
        let host = match (&self.host, &other.host) {
            (a, b) if a == b => a,
            (NetHost::Any, b) => b,
            (a, NetHost::Any) => a,
            (NetHost::Public, host @ NetHost::Name(name)) | (host @ NetHost::Name(name), NetHost::Public)
                if !is_local(name) =>
            {
                host
            }
            (NetHost::Public, ip @ NetHost::Ip(address)) | (ip @ NetHost::Ip(address), NetHost::Public)
                if is_public(*address) =>
            {
                ip
            }
            _ => return None,
        };
        Some(Self { host: host.clone(), port })
    }

    /// Whether this name may be resolved.
    pub fn allows_name(&self, name: &str) -> bool {
        match &self.host {
            NetHost::Any | NetHost::Public => true,
            NetHost::Name(own) => own.eq_ignore_ascii_case(name.trim_end_matches('.')),
            NetHost::Ip(ip) => name.parse::<IpAddr>().is_ok_and(|name| canonical(name) == *ip),
        }
    }

    /// Whether this address may be connected to, given the names it was found under by those who ask.
    pub fn allows_address(&self, ip: IpAddr, port: u16, names: &[&str]) -> bool {
        let ip = canonical(ip);
        self.port.is_none_or(|own| own == port)
            && match &self.host {
                NetHost::Any => true,
                NetHost::Public => is_public(ip),
                NetHost::Ip(own) => *own == ip,
                NetHost::Name(own) => {
                    names.iter().any(|name| self.allows_name(name))
                        && (is_public(ip) || (own == "localhost" && ip.is_loopback()))
                }
            }
    }
}

fn host_of(text: &str) -> Option<NetHost> {
    if text == "*" {
        return Some(NetHost::Any);
    }
    if let Ok(ip) = text.parse::<Ipv4Addr>() {
        return Some(NetHost::Ip(ip.into()));
    }
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    // What looks like an address and is none (`1.2.3`, `0x7f.1`) must not be taken for a name: resolvers differ on it.
    let last = name.rsplit('.').next().unwrap_or_default();
    let numeric = last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit());
    (name.len() <= LONGEST_NAME && name.split('.').all(is_label) && !numeric).then_some(NetHost::Name(name))
}

/// An IPv4 address that came in IPv6 clothes is the IPv4 address.
fn canonical(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

/// Whether a name means this machine, by itself: `localhost` and all names below it (RFC 6761).
fn is_local(name: &str) -> bool {
    name.rsplit('.').next() == Some("localhost")
}

/// What clouds answer at that is no special address by IANA's registries: Azure's WireServer.
const METADATA: [Ipv4Addr; 1] = [Ipv4Addr::new(168, 63, 129, 16)];

/// Whether an address is one of the public internet's: not loopback, private, link-local (where clouds keep their
/// metadata), shared, reserved, documentation, multicast or unspecified, and not an IPv4 address of that kind in an IPv6
/// one. After IANA's registries of special-purpose addresses (RFC 6890), and without the metadata services of clouds at
/// other addresses.
///
/// The public addresses that this machine itself has are public: what listens at all of its addresses is reached there
/// as it is from anywhere else.
pub fn is_public(ip: IpAddr) -> bool {
    match canonical(ip) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a >= 224
        || METADATA.contains(&ip)
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    // Only 2000::/3 is given out; of it, some is not the internet, and some carries IPv4 addresses.
    let global = (s[0] & 0xe000) == 0x2000;
    let documentation = (s[0] == 0x2001 && s[1] == 0x0db8) || s[0] == 0x3fff;
    let protocols = s[0] == 0x2001 && s[1] < 0x0200;
    let embedded = match s {
        [0x2002, high, low, ..] => Some((high, low)),
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => return is_public_v4(v4_of(high, low)),
        _ => None,
    };
    global && !documentation && !protocols && embedded.is_none_or(|(high, low)| is_public_v4(v4_of(high, low)))
}

fn v4_of(high: u16, low: u16) -> Ipv4Addr {
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

impl fmt::Display for NetHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any | Self::Public => f.write_str("*"),
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(ip)) => write!(f, "{ip}"),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

impl fmt::Display for NetTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => write!(f, "{}", self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> NetTarget {
        NetTarget::parse(text).unwrap()
    }

    fn granted(text: &str) -> NetTarget {
        let target = target(text);
        NetTarget { host: if target.host == NetHost::Any { NetHost::Public } else { target.host }, ..target }
    }

    #[test]
    fn targets_are_read_as_they_are_shown() {
        for text in ["example.com", "example.com:443", "10.0.0.7:5432", "[::1]:80", "[2001:db8::1]", "*", "*:443"] {
            assert_eq!(target(text).to_string(), text);
        }
        assert_eq!(target("API.Example.com.").to_string(), "api.example.com");
        assert_eq!(target("::1").to_string(), "[::1]");
        assert_eq!(target("[::ffff:127.0.0.1]:1").to_string(), "127.0.0.1:1");
        for wrong in
            ["", ":80", "a b", "http://x", "x:0", "x:99999", "x:+1", "[::1", "1.2.3", "0x7f.1", "*.com", "a..b"]
        {
            assert!(NetTarget::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_two_allow_is_the_narrower() {
        let meet = |a: NetTarget, b: NetTarget| a.meet(&b).map(|both| both.to_string());
        assert_eq!(meet(target("*"), granted("10.0.0.7:80")).as_deref(), Some("10.0.0.7:80"));
        assert_eq!(meet(target("*:443"), granted("example.com")).as_deref(), Some("example.com:443"));
        assert_eq!(meet(target("example.com:80"), granted("example.com:443")), None);
        assert_eq!(meet(target("example.com"), granted("example.org")), None);
        assert_eq!(meet(target("8.8.8.8"), granted("*")).as_deref(), Some("8.8.8.8"));
        assert_eq!(meet(target("127.0.0.1"), granted("*")), None, "a private address has to be granted by itself");
    }

    #[test]
    fn everyone_public_is_not_this_machine() {
        for local in ["localhost", "LocalHost.", "localhost:80", "db.localhost"].map(target) {
            assert_eq!(granted("*").meet(&local), None, "{local}");
            assert_eq!(local.meet(&granted("*:80")), None, "{local}");
            assert_eq!(target("*").meet(&local).as_ref(), Some(&local), "{local}");
        }
        assert!(granted("*").meet(&target("localhost.example.com")).is_some());
    }

    #[test]
    fn a_name_that_leads_to_a_private_address_leads_nowhere() {
        let private = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "fe80::1"];
        for ip in private.map(|ip| ip.parse::<IpAddr>().unwrap()) {
            assert!(!granted("example.com").allows_address(ip, 80, &["example.com"]), "{ip}");
            assert!(!granted("*").allows_address(ip, 80, &["example.com"]), "{ip}");
        }
        let public = "93.184.215.14".parse().unwrap();
        assert!(granted("example.com:80").allows_address(public, 80, &["example.com"]));
        assert!(!granted("example.com:80").allows_address(public, 81, &["example.com"]));
        assert!(!granted("example.com:80").allows_address(public, 80, &["other.com"]));
        assert!(!granted("example.com:80").allows_address(public, 80, &[]));
        assert!(granted("localhost:80").allows_address("127.0.0.1".parse().unwrap(), 80, &["localhost"]));
        assert!(granted("127.0.0.1:80").allows_address("::ffff:127.0.0.1".parse().unwrap(), 80, &[]));
    }

    #[test]
    fn special_addresses_are_not_public() {
        let special = [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.9.9.9",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:192.168.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::168.63.129.16",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::127.0.0.1",
            "::a00:1",
        ];
        for ip in special {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
