//! WASI 0.2: `ip-name-lookup`, and the making of sockets.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::vec;

use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress, IpAddressFamily};
use wasmtime_wasi::p2::bindings::sockets::{tcp_create_socket, udp_create_socket};
use wasmtime_wasi::p2::{DynPollable, Network as NetworkHandle, Pollable, TcpSocket, UdpSocket, subscribe};
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};

use crate::sandbox::narrow::narrow as replace;
use crate::sandbox::net::LookupError;
use crate::sandbox::net::lookup::{self, Lookup};
use crate::sandbox::net::sockets::NoSocket;
use crate::sandbox::{Sandbox, SandboxView};

const LOOKUP: &str = "wasi:sockets/ip-name-lookup@0.2.12";
const TCP: &str = "wasi:sockets/tcp-create-socket@0.2.12";
const UDP: &str = "wasi:sockets/udp-create-socket@0.2.12";

/// The addresses of one name, there or to come.
struct AddressStream(State);

enum State {
    Asking(AbortOnDropJoinHandle<Found>),
    Done(Found),
}

type Found = Result<vec::IntoIter<IpAddr>, LookupError>;

#[async_trait::async_trait]
impl Pollable for AddressStream {
    async fn ready(&mut self) {
        if let State::Asking(asking) = &mut self.0 {
            self.0 = State::Done(asking.await);
        }
    }
}

pub(super) fn narrow<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    replace(linker, LOOKUP, |instance| {
        instance.resource("resolve-address-stream", ResourceType::host::<AddressStream>(), |mut store, rep| {
            let stream: Resource<AddressStream> = Resource::new_own(rep);
            store.data_mut().sandbox().table.delete(stream)?;
            Ok(())
        })
    })?;
    replace(linker, LOOKUP, |instance| {
        instance.func_wrap("resolve-addresses", |mut store, (handle, name): (Resource<NetworkHandle>, String)| {
            Ok((resolve(store.data_mut().sandbox(), &handle, &name)?,))
        })
    })?;
    replace(linker, LOOKUP, |instance| {
        instance.func_wrap(
            "[method]resolve-address-stream.resolve-next-address",
            |mut store, (stream,): (Resource<AddressStream>,)| {
                Ok((next(store.data_mut().sandbox().table.get_mut(&stream)?),))
            },
        )
    })?;
    replace(linker, LOOKUP, |instance| {
        instance.func_wrap(
            "[method]resolve-address-stream.subscribe",
            |mut store, (stream,): (Resource<AddressStream>,)| {
                let pollable: Resource<DynPollable> = subscribe(&mut store.data_mut().sandbox().table, stream)?;
                Ok((pollable,))
            },
        )
    })?;
    replace(linker, TCP, |instance| {
        instance.func_wrap("create-tcp-socket", |mut store, (family,): (IpAddressFamily,)| {
            Ok((tcp(store.data_mut().sandbox(), family)?,))
        })
    })?;
    replace(linker, UDP, |instance| {
        instance.func_wrap_async("create-udp-socket", |mut store, (family,): (IpAddressFamily,)| {
            Box::new(async move { Ok((udp(store.data_mut().sandbox(), family).await?,)) })
        })
    })
}

fn resolve(
    sandbox: &mut Sandbox,
    handle: &Resource<NetworkHandle>,
    name: &str,
) -> wasmtime::Result<Result<Resource<AddressStream>, ErrorCode>> {
    sandbox.table.get(handle)?;
    let (world, table) = sandbox.with_table();
    let started = match lookup::start(world.network.as_deref(), name) {
        Ok(started) => started,
        Err(error) => return Ok(Err(code(error))),
    };
    if !world.sockets.lookups.take(table, |entry| entry.is::<AddressStream>()) {
        return Ok(Err(code(LookupError::TooMany)));
    }
    let state = match (started, &world.network) {
        (Lookup::Known(known), _) => State::Done(Ok(known)),
        (Lookup::Name(name), Some(network)) => State::Asking(spawn(lookup::finish(Arc::clone(network), name))),
        (Lookup::Name(_), None) => State::Done(Err(LookupError::Denied)),
    };
    Ok(Ok(table.push(AddressStream(state))?))
}

fn next(stream: &mut AddressStream) -> Result<Option<IpAddress>, ErrorCode> {
    if let State::Asking(asking) = &mut stream.0 {
        match Pin::new(asking).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(found) => stream.0 = State::Done(found),
            Poll::Pending => return Err(ErrorCode::WouldBlock),
        }
    }
    match &mut stream.0 {
        State::Done(Ok(addresses)) => Ok(addresses.next().map(Into::into)),
        State::Done(Err(error)) => Err(code(*error)),
        State::Asking(_) => Err(ErrorCode::WouldBlock),
    }
}

fn code(error: LookupError) -> ErrorCode {
    match error {
        LookupError::Denied => ErrorCode::AccessDenied,
        LookupError::Invalid => ErrorCode::InvalidArgument,
        LookupError::NotFound => ErrorCode::NameUnresolvable,
        LookupError::TooMany => ErrorCode::TemporaryResolverFailure,
    }
}

fn tcp(sandbox: &mut Sandbox, family: IpAddressFamily) -> wasmtime::Result<Result<Resource<TcpSocket>, ErrorCode>> {
    if let Err(none) = sandbox.take_socket() {
        return Ok(Err(no_socket(none)));
    }
    match tcp_create_socket::Host::create_tcp_socket(&mut sandbox.sockets_view(), family) {
        Ok(socket) => Ok(Ok(socket)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}

async fn udp(
    sandbox: &mut Sandbox,
    family: IpAddressFamily,
) -> wasmtime::Result<Result<Resource<UdpSocket>, ErrorCode>> {
    if let Err(none) = sandbox.take_socket() {
        return Ok(Err(no_socket(none)));
    }
    match udp_create_socket::Host::create_udp_socket(&mut sandbox.sockets_view(), family).await {
        Ok(socket) => Ok(Ok(socket)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}

fn no_socket(none: NoSocket) -> ErrorCode {
    match none {
        NoSocket::Useless => ErrorCode::AccessDenied,
        NoSocket::TooMany => ErrorCode::NewSocketLimit,
    }
}
