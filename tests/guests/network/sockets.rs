//! Sockets as the standard library has them, on WASI 0.2.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

pub(crate) fn tcp(target: &str) -> String {
    told((|| {
        let mut stream = TcpStream::connect(target)?;
        stream.write_all(b"ping")?;
        let mut answer = [0; 4];
        stream.read_exact(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    })())
}

pub(crate) fn udp(target: &str) -> String {
    told((|| {
        let socket = UdpSocket::bind("0.0.0.0:0")?;
        socket.send_to(b"ping", target)?;
        let mut answer = [0; 16];
        let (length, _) = socket.recv_from(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    })())
}

pub(crate) fn lookup(name: &str) -> String {
    told((name, 0).to_socket_addrs().map(|found| {
        let mut found: Vec<_> = found.map(|address| address.ip().to_string()).collect();
        found.sort();
        found.join(" ")
    }))
}

pub(crate) fn listen(address: &str) -> String {
    told(TcpListener::bind(address).map(|_| "listens".to_owned()))
}

pub(crate) fn bind_udp(address: &str) -> String {
    told(UdpSocket::bind(address).map(|_| "bound".to_owned()))
}

/// Opens sockets until there are no more, then drops one and opens one again.
pub(crate) fn hoard() -> String {
    let mut held = Vec::new();
    let error = loop {
        match UdpSocket::bind("0.0.0.0:0") {
            Ok(socket) => held.push(socket),
            Err(error) => break error,
        }
    };
    let count = held.len();
    held.pop();
    let again = UdpSocket::bind("0.0.0.0:0").is_ok();
    format!("{count} {} {again}", told(Err(error)))
}

fn told(result: io::Result<String>) -> String {
    result.unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => "PermissionDenied".to_owned(),
        kind => format!("{kind:?}: {error}"),
    })
}
