//! Sockets of WASI 0.3.

use std::net::{Ipv4Addr, SocketAddrV4};

use crate::wasi::sockets::ip_name_lookup::resolve_addresses;
use crate::wasi::sockets::types::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, TcpSocket, UdpSocket,
};
use crate::wit_stream;

pub(crate) async fn tcp(target: &str) -> String {
    let result = async {
        let socket = TcpSocket::create(IpAddressFamily::Ipv4)?;
        socket.connect(address(target)).await?;
        let (mut write, read) = wit_stream::new();
        let sent = socket.send(read);
        write.write_all(b"ping".to_vec()).await;
        let (mut answer, _) = socket.receive();
        let mut text = Vec::new();
        while text.len() < 4 {
            match answer.next().await {
                Some(byte) => text.push(byte),
                None => break,
            }
        }
        drop((write, sent));
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    told(result.await)
}

pub(crate) async fn udp(target: &str) -> String {
    let result = async {
        let socket = UdpSocket::create(IpAddressFamily::Ipv4)?;
        socket.send(b"ping".to_vec(), Some(address(target))).await?;
        let (answer, _) = socket.receive().await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    told(result.await)
}

pub(crate) async fn lookup(name: String) -> String {
    match resolve_addresses(name).await {
        Ok(found) => {
            let v4 = found.iter().filter_map(|ip| match ip {
                IpAddress::Ipv4((a, b, c, d)) => Some(Ipv4Addr::new(*a, *b, *c, *d).to_string()),
                IpAddress::Ipv6(_) => None,
            });
            v4.collect::<Vec<_>>().join(" ")
        }
        Err(error) => format!("{error:?}"),
    }
}

pub(crate) fn listen() -> String {
    let listens = TcpSocket::create(IpAddressFamily::Ipv4).and_then(|socket| socket.listen());
    told(listens.map(|_| "listens".to_owned()))
}

fn address(text: &str) -> IpSocketAddress {
    let address: SocketAddrV4 = text.parse().unwrap_or(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0));
    let [a, b, c, d] = address.ip().octets();
    IpSocketAddress::Ipv4(Ipv4SocketAddress { port: address.port(), address: (a, b, c, d) })
}

fn told(result: Result<String, ErrorCode>) -> String {
    result.unwrap_or_else(|error| format!("{error:?}"))
}
