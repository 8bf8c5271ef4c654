//! What a right names: paths, variables and network targets, by the rules of the host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest path of a guest, in bytes.
const LONGEST_PATH: usize = 4096;
/// The longest name of a variable, in bytes.
const LONGEST_VARIABLE: usize = 1024;
/// The longest name of a host, in bytes (RFC 1035).
const LONGEST_HOST: usize = 253;

/// Checks a directory, or a file, as the guest sees it.
///
/// # Errors
/// One line that says what is wrong with it.
pub(crate) fn path(text: &str) -> Result<(), String> {
    if text.is_empty() {
        Err("an empty path".into())
    } else if text.chars().any(char::is_control) {
        Err("a path has no control characters".into())
    } else if !text.starts_with('/') {
        Err(format!("`{text}` is not absolute: a guest has no directory that it starts from"))
    } else if text.split('/').any(|part| part == "..") {
        Err(format!("`{text}` has `..` in it: a right names one place"))
    } else if text.len() > LONGEST_PATH {
        Err(format!("a path has at most {LONGEST_PATH} bytes"))
    } else {
        Ok(())
    }
}

/// Checks the name of an environment variable.
///
/// # Errors
/// One line that says what is wrong with it.
pub(crate) fn variable(name: &str) -> Result<(), String> {
    if name.is_empty() {
        Err("a variable without a name".into())
    } else if name.chars().any(char::is_control) {
        Err("a variable's name has no control characters".into())
    } else if name.contains('=') {
        Err("a task declares a variable's name; its value is the operator's to give".into())
    } else if name.len() > LONGEST_VARIABLE {
        Err(format!("a variable's name has at most {LONGEST_VARIABLE} bytes"))
    } else {
        Ok(())
    }
}

/// Checks `HOST`, `HOST:PORT`, `[IPV6]:PORT`, `*` or `*:PORT`.
///
/// # Errors
/// One line that says what is wrong with it.
pub(crate) fn target(text: &str) -> Result<(), String> {
    if text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    if text.contains("://") {
        return Err("a right names a host, not a URL".into());
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (ip, tail) = rest.split_once(']').ok_or("`]` is missing after the IPv6 address")?;
            ip.parse::<Ipv6Addr>().map_err(|_| format!("`{ip}` is no IPv6 address"))?;
            match tail {
                "" => (None, None),
                _ => (None, Some(tail.strip_prefix(':').ok_or("after `]` comes `:` and the port")?)),
            }
        }
        None => match text.split_once(':') {
            Some((host, port)) => (Some(host), Some(port)),
            None => (Some(text), None),
        },
    };
    host.map_or(Ok(()), check_host)?;
    match port {
        Some(port) if port.starts_with('+') || !port.parse::<u16>().is_ok_and(|port| port > 0) => {
            Err(format!("`{port}` is no port: a number from 1 to 65535"))
        }
        _ => Ok(()),
    }
}

fn check_host(text: &str) -> Result<(), String> {
    if text == "*" || text.parse::<Ipv4Addr>().is_ok() {
        return Ok(());
    }
    if text.contains('*') {
        return Err("`*` stands for every host, not for a part of a name".into());
    }
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    // What looks like an address and is none must not be taken for a name: resolvers differ on it.
    let last = name.rsplit('.').next().unwrap_or_default();
    let numeric = last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit());
    if name.len() <= LONGEST_HOST && name.split('.').all(is_label) && !numeric {
        Ok(())
    } else if text.is_empty() {
        Err("the name of the host is missing".into())
    } else {
        Err(format!("`{text}` is neither a name nor an address"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The host reads the same lines: what compiles here is what it takes.
    const CASES: &str = include_str!("../../../tests/support/rights.txt");

    #[test]
    fn the_rules_are_the_hosts() {
        let mut cases = 0;
        for line in CASES.lines().filter(|line| !line.starts_with('#')) {
            let (expected, rest) = line.split_once(' ').expect("a verdict");
            let (kind, text) = rest.split_once(' ').unwrap_or((rest, ""));
            let judged = match kind {
                "path" => path(text),
                "env" => variable(text),
                _ => target(text),
            };
            assert_eq!(judged.is_ok(), expected == "good", "{line}: {judged:?}");
            cases += 1;
        }
        assert!(cases > 30);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(path("/a/../b").unwrap_err(), "`/a/../b` has `..` in it: a right names one place");
        assert_eq!(variable("A\tB").unwrap_err(), "a variable's name has no control characters");
        assert_eq!(target("http://x").unwrap_err(), "a right names a host, not a URL");
        assert_eq!(target("[::1").unwrap_err(), "`]` is missing after the IPv6 address");
        assert_eq!(target("[::1]80").unwrap_err(), "after `]` comes `:` and the port");
        assert_eq!(target("[1.2.3.4]").unwrap_err(), "`1.2.3.4` is no IPv6 address");
        assert_eq!(target(":80").unwrap_err(), "the name of the host is missing");
        assert_eq!(target("x:0").unwrap_err(), "`0` is no port: a number from 1 to 65535");
    }
}
