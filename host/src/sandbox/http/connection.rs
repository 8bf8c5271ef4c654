//! A connection to a checked address.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use wasmtime_wasi_http::Error;

use crate::rights::NetHost;
use crate::sandbox::http::destination::Destination;
use crate::sandbox::http::tls;
use crate::sandbox::net::{Network, Unreachable};

/// Bytes both ways, in clear or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Connects to the first of the destination's allowed addresses that answers.
///
/// # Errors
/// What WASI has for it.
pub(super) async fn connect(network: &Network, to: &Destination) -> Result<Box<dyn Stream>, Error> {
    let addresses = network.addresses(&to.host, to.port).await.map_err(|unreachable| match unreachable {
        Unreachable::Denied => Error::HttpRequestDenied,
        Unreachable::Inside => Error::DestinationIpProhibited,
        Unreachable::NotFound => Error::DestinationNotFound,
    })?;
    let stream = first(&addresses).await.map_err(|error| refusal(&error))?;
    // Requests are written whole; to wait for more is only to wait.
    stream.set_nodelay(true).map_err(Error::Connect)?;
    match &to.host {
        host if to.tls => Ok(Box::new(tls::secure(stream, host).await?)),
        NetHost::Name(_) | NetHost::Ip(_) => Ok(Box::new(stream)),
        NetHost::Any | NetHost::Public => Err(Error::HttpRequestDenied),
    }
}

async fn first(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn refusal(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut => Error::ConnectionTimeout,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Error::DestinationUnavailable,
        io::ErrorKind::AddrNotAvailable => Error::DestinationUnavailable,
        _ => Error::ConnectionRefused,
    }
}
