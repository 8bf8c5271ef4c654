//! Every address range that a sandbox must not reach is tried here, against the policy alone: no packet leaves.

use std::net::SocketAddr;
use std::sync::Arc;

use super::policy::*;
use crate::rights::{ActionRights, Capability, Denial, Grants, NetHost, NetTarget, Right};

fn rights(declared: &[&str], granted: &[&str]) -> ActionRights {
    let right = |text: &&str| Right { capability: Capability::net(text).unwrap(), optional: true };
    let grants = granted.iter().fold(Grants::new(), |grants, text| grants.net(NetTarget::parse(text).unwrap()));
    ActionRights::of_root(grants.open().unwrap(), &declared.iter().map(right).collect::<Vec<_>>())
}

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn told(result: Result<(), Denial>) -> String {
    result.unwrap_err().to_string()
}

const INSIDE: [&str; 22] = [
    "0.0.0.0:80",
    "10.0.0.1:80",
    "100.100.100.200:80",
    "127.0.0.1:80",
    "127.1.2.3:80",
    "169.254.169.254:80",
    "172.16.0.1:80",
    "192.168.0.1:80",
    "198.18.0.1:80",
    "224.0.0.251:5353",
    "240.0.0.1:80",
    "255.255.255.255:9",
    "[::]:80",
    "[::1]:80",
    "[::ffff:127.0.0.1]:80",
    "[::ffff:169.254.169.254]:80",
    "[64:ff9b::7f00:1]:80",
    "[2002:7f00:1::]:80",
    "[fd00:ec2::254]:80",
    "[fe80::1]:80",
    "[ff02::fb]:5353",
    "[fec0::1]:80",
];

#[test]
fn neither_everyone_nor_a_name_means_the_machines_inside() {
    for grants in [&["*"][..], &["example.com"], &["*", "example.com"]] {
        let rights = rights(&["*"], grants);
        for address in INSIDE.map(at) {
            assert!(may_reach(&rights, address, &[]).is_err(), "{address}");
            assert!(may_reach(&rights, address, &["example.com"]).is_err(), "{address}");
            assert!(may_ask(&rights, &NetHost::Ip(address.ip()), address.port()).is_err(), "{address}");
        }
    }
}

#[test]
fn localhost_means_loopback_and_nothing_else() {
    let rights = rights(&["localhost:80"], &["localhost"]);
    let loopback = ["127.0.0.1:80", "127.1.2.3:80", "[::1]:80", "[::ffff:127.0.0.1]:80"].map(at);
    for address in INSIDE.map(at) {
        let allowed = may_reach(&rights, address, &["localhost"]).is_ok();
        assert_eq!(allowed, loopback.contains(&address), "{address}");
        assert!(may_reach(&rights, address, &[]).is_err(), "{address}, never resolved");
    }
}

#[test]
fn who_declares_localhost_gets_nothing_of_it_from_a_grant_of_everyone() {
    let local = [Right { capability: Capability::net("localhost").unwrap(), optional: true }];
    let root = rights(&["localhost"], &["*"]);
    let child = ActionRights::of_child(&Arc::new(rights(&["*"], &["*"])), "a0", &local);
    for rights in [root, child] {
        assert!(rights.effective().is_empty());
        assert!(may_reach(&rights, at("127.0.0.1:80"), &["localhost"]).is_err());
        assert!(may_ask(&rights, &host_of("localhost").unwrap(), 80).is_err());
        assert!(may_resolve(&rights, &host_of("localhost").unwrap()).is_err());
    }
}

#[test]
fn an_address_is_granted_by_itself_in_each_of_its_forms() {
    let rights = rights(&["*"], &["10.0.0.7:5432"]);
    assert!(may_reach(&rights, at("10.0.0.7:5432"), &[]).is_ok());
    assert!(may_reach(&rights, at("[::ffff:10.0.0.7]:5432"), &[]).is_ok());
    assert!(may_ask(&rights, &host_of("10.0.0.7").unwrap(), 5432).is_ok());
    assert!(may_resolve(&rights, &host_of("10.0.0.7").unwrap()).is_ok());
    assert_eq!(told(may_reach(&rights, at("10.0.0.7:5433"), &[])), "net 10.0.0.7:5433: it is not granted");
    assert_eq!(told(may_reach(&rights, at("10.0.0.8:5432"), &[])), "net 10.0.0.8:5432: it is not granted");
    assert!(may_resolve(&rights, &host_of("db.internal").unwrap()).is_err());
}

#[test]
fn a_denial_tells_that_a_granted_name_leads_inside() {
    let rights = rights(&["example.com"], &["example.com"]);
    let inside = "the granted name leads to an address that is not public";
    assert_eq!(told(may_reach(&rights, at("10.0.0.1:80"), &["example.com"])), format!("net 10.0.0.1:80: {inside}"));
    assert_eq!(
        told(may_reach(&rights, at("10.0.0.1:80"), &["other.com"])),
        "net 10.0.0.1:80: the task does not declare it, and it is not granted"
    );
    assert!(may_ask(&rights, &host_of("Example.COM.").unwrap(), 80).is_ok());
    assert!(reachable(&rights, "example.com", 80, &["10.0.0.1".parse().unwrap()]).is_empty());
    let both = ["127.0.0.1".parse().unwrap(), "93.184.215.14".parse().unwrap()];
    assert_eq!(reachable(&rights, "example.com", 80, &both), [at("93.184.215.14:80")]);
    assert_eq!(
        leads_inside(&host_of("example.com").unwrap(), 80).to_string(),
        format!("net example.com:80: {inside}")
    );
}

#[test]
fn a_name_is_granted_with_its_port() {
    let rights = rights(&["*"], &["example.com:443"]);
    assert!(may_ask(&rights, &host_of("example.com").unwrap(), 443).is_ok());
    assert_eq!(
        told(may_ask(&rights, &host_of("example.com").unwrap(), 80)),
        "net example.com:80: it is not granted"
    );
    assert!(may_ask(&rights, &host_of("www.example.com").unwrap(), 443).is_err());
}

#[test]
fn only_what_the_system_chooses_may_be_bound_and_only_to_send() {
    let some = rights(&["*"], &["example.com"]);
    assert!(may_bind_udp(&some, at("0.0.0.0:0")).is_ok());
    assert!(may_bind_udp(&some, at("[::]:0")).is_ok());
    for address in ["0.0.0.0:53", "127.0.0.1:0", "[::1]:0", "[::]:53"] {
        assert!(told(may_bind_udp(&some, at(address))).ends_with("no guest may do that"), "{address}");
    }
    assert_eq!(
        told(may_bind_udp(&rights(&[], &[]), at("0.0.0.0:0"))),
        "net *: the task does not declare it, and it is not granted"
    );
}

#[test]
fn what_resolvers_read_in_ways_of_their_own_is_no_host() {
    let odd = [
        "",
        "*",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "127.1",
        "1.2.3.4.",
        "example.com:80",
        "a b",
        "a\u{1b}[2J",
        "user@example.com",
        "ex\u{e4}mple.com",
        "127.0.0.1%2f",
        "[::1]:80",
        "a..b",
        ".",
        "::1%1",
    ];
    for text in odd {
        assert_eq!(host_of(text), None, "{text:?}");
    }
    assert_eq!(host_of("Example.com."), Some(NetHost::Name("example.com".to_owned())));
    assert_eq!(host_of("[::ffff:127.0.0.1]"), Some(NetHost::Ip("127.0.0.1".parse().unwrap())));
}
