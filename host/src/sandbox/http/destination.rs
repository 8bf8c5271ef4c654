//! Whom a request is for.

use http::Uri;
use http::uri::Scheme;
use wasmtime_wasi_http::Error;

use crate::rights::NetHost;
use crate::sandbox::net::policy::host_of;

/// The server a request is for, as the guest wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) host: NetHost,
    pub(super) port: u16,
    pub(super) tls: bool,
}

impl Destination {
    /// Reads a request's URI.
    ///
    /// # Errors
    /// [`Error::HttpRequestUriInvalid`] also for an authority with a user's name in it, which servers and people read
    /// differently, and for names in other letters than ASCII's.
    pub(super) fn of(uri: &Uri) -> Result<Self, Error> {
        let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(Error::HttpProtocolError),
        };
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host) {
            Some("") => Some(if tls { 443 } else { 80 }),
            Some(port) => port.strip_prefix(':').and_then(|port| port.parse().ok()).filter(|port| *port != 0),
            None => None,
        };
        let host = host_of(host).ok_or(Error::HttpRequestUriInvalid)?;
        Ok(Self { host, port: port.ok_or(Error::HttpRequestUriInvalid)?, tls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str) -> Result<String, String> {
        let destination = Destination::of(&uri.parse().unwrap()).map_err(|error| error.to_string())?;
        let Destination { host, port, tls } = destination;
        Ok(format!("{host} {port} {}", if tls { "tls" } else { "plain" }))
    }

    #[test]
    fn hosts_and_ports_are_read() {
        assert_eq!(read("http://Example.com/a"), Ok("example.com 80 plain".to_owned()));
        assert_eq!(read("https://example.com"), Ok("example.com 443 tls".to_owned()));
        assert_eq!(read("https://example.com:8443/"), Ok("example.com 8443 tls".to_owned()));
        assert_eq!(read("http://[::1]:8080/"), Ok("[::1] 8080 plain".to_owned()));
        assert_eq!(read("http://[::ffff:10.0.0.1]/"), Ok("10.0.0.1 80 plain".to_owned()));
        assert_eq!(read("http://127.0.0.1/"), Ok("127.0.0.1 80 plain".to_owned()));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for uri in [
            "http://example.com@10.0.0.1/",
            "http://user:pass@example.com/",
            "http://example.com:0/",
            "http://example.com:99999/",
            "http://example.com:/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://*/",
            "ftp://example.com/",
        ] {
            assert!(read(uri).is_err(), "{uri}");
        }
    }
}
