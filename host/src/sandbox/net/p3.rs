//! WASI 0.3: `ip-name-lookup`, the making of sockets, and datagrams.

use std::sync::Arc;

use tokio::sync::Semaphore;
use wasmtime::component::{Accessor, Linker, Resource};
use wasmtime_wasi::p3::bindings::sockets::ip_name_lookup::ErrorCode as LookupCode;
use wasmtime_wasi::p3::bindings::sockets::types::{
    ErrorCode, HostTcpSocket, HostUdpSocket, HostUdpSocketWithStore, IpAddress, IpAddressFamily, IpSocketAddress,
};
use wasmtime_wasi::p3::sockets::SocketResult;
use wasmtime_wasi::sockets::{TcpSocket, UdpSocket, WasiSockets, WasiSocketsCtxView, WasiSocketsView};

use crate::sandbox::narrow::narrow as replace;
use crate::sandbox::net::LookupError;
use crate::sandbox::net::lookup::{self, Lookup};
use crate::sandbox::net::sockets::NoSocket;
use crate::sandbox::{Sandbox, SandboxView};

const LOOKUP: &str = "wasi:sockets/ip-name-lookup@0.3.0";
const TYPES: &str = "wasi:sockets/types@0.3.0";

pub(super) fn narrow<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    replace(linker, LOOKUP, |instance| {
        instance.func_wrap_concurrent("resolve-addresses", |store: &Accessor<T>, (name,): (String,)| {
            Box::pin(async move { Ok((resolve(store, &name).await,)) })
        })
    })?;
    replace(linker, TYPES, |instance| {
        instance.func_wrap("[static]tcp-socket.create", |mut store, (family,): (IpAddressFamily,)| {
            Ok((tcp(store.data_mut().sandbox(), family)?,))
        })
    })?;
    replace(linker, TYPES, |instance| {
        instance.func_wrap_async("[static]udp-socket.create", |mut store, (family,): (IpAddressFamily,)| {
            Box::new(async move { Ok((udp(store.data_mut().sandbox(), family).await?,)) })
        })
    })?;
    replace(linker, TYPES, |instance| {
        instance.func_wrap_concurrent(
            "[method]udp-socket.send",
            |store: &Accessor<T>, (socket, data, to): (Resource<UdpSocket>, Vec<u8>, Option<IpSocketAddress>)| {
                Box::pin(async move { Ok((send(store, socket, data, to).await?,)) })
            },
        )
    })?;
    replace(linker, TYPES, |instance| {
        instance.func_wrap_concurrent(
            "[method]udp-socket.receive",
            |store: &Accessor<T>, (socket,): (Resource<UdpSocket>,)| {
                Box::pin(async move { Ok((receive(store, socket).await?,)) })
            },
        )
    })
}

async fn resolve<T: SandboxView>(store: &Accessor<T>, name: &str) -> Result<Vec<IpAddress>, LookupCode> {
    let network = store.with(|mut store| store.data_mut().sandbox().world().network.clone());
    let found = match lookup::start(network.as_deref(), name).map_err(code)? {
        Lookup::Known(known) => known,
        Lookup::Name(name) => {
            let network = network.ok_or(LookupCode::AccessDenied)?;
            let _waiting = network.calls().take().ok_or(LookupCode::TemporaryResolverFailure)?;
            lookup::finish(Arc::clone(&network), name).await.map_err(code)?
        }
    };
    Ok(found.map(Into::into).collect())
}

fn code(error: LookupError) -> LookupCode {
    match error {
        LookupError::Denied => LookupCode::AccessDenied,
        LookupError::Invalid => LookupCode::InvalidArgument,
        LookupError::NotFound => LookupCode::NameUnresolvable,
        LookupError::TooMany => LookupCode::TemporaryResolverFailure,
    }
}

fn tcp(sandbox: &mut Sandbox, family: IpAddressFamily) -> wasmtime::Result<Result<Resource<TcpSocket>, ErrorCode>> {
    match sandbox.take_tcp_of_p3() {
        Ok(()) => told(HostTcpSocket::create(&mut sandbox.sockets_view(), family)),
        Err(none) => Ok(Err(no_socket(none))),
    }
}

async fn udp(
    sandbox: &mut Sandbox,
    family: IpAddressFamily,
) -> wasmtime::Result<Result<Resource<UdpSocket>, ErrorCode>> {
    match sandbox.take_socket() {
        Ok(()) => told(HostUdpSocket::create(&mut sandbox.sockets_view(), family).await),
        Err(none) => Ok(Err(no_socket(none))),
    }
}

fn no_socket(none: NoSocket) -> ErrorCode {
    match none {
        NoSocket::Useless => ErrorCode::AccessDenied,
        NoSocket::TooMany => ErrorCode::OutOfMemory,
    }
}

/// How many calls one guest may have pending of each of these: those that hold a buffer of the host, or a name.
const MOST_CALLS: usize = 64;

/// The pending calls of one sandbox.
#[derive(Debug)]
pub(super) struct Calls {
    /// Any number may wait for their turn to receive: before it, they hold nothing.
    receiving: Semaphore,
    others: Semaphore,
}

impl Default for Calls {
    fn default() -> Self {
        Self { receiving: Semaphore::new(MOST_CALLS), others: Semaphore::new(MOST_CALLS) }
    }
}

impl Calls {
    fn take(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.others.try_acquire().ok()
    }
}

async fn send<T: SandboxView>(
    store: &Accessor<T>,
    socket: Resource<UdpSocket>,
    data: Vec<u8>,
    to: Option<IpSocketAddress>,
) -> wasmtime::Result<Result<(), ErrorCode>> {
    let network = store.with(|mut store| store.data_mut().sandbox().world().network.clone());
    let Some(network) = network else { return Ok(Err(ErrorCode::AccessDenied)) };
    let Some(_sending) = network.calls().take() else { return Ok(Err(ErrorCode::OutOfMemory)) };
    let store = store.with_getter::<WasiSockets>(view);
    told(<WasiSockets as HostUdpSocketWithStore<T>>::send(&store, socket, data, to).await)
}

async fn receive<T: SandboxView>(
    store: &Accessor<T>,
    socket: Resource<UdpSocket>,
) -> wasmtime::Result<Result<(Vec<u8>, IpSocketAddress), ErrorCode>> {
    let network = store.with(|mut store| store.data_mut().sandbox().world().network.clone());
    let Some(network) = network else { return Ok(Err(ErrorCode::AccessDenied)) };
    let _receiving = network.calls().receiving.acquire().await?;
    let store = store.with_getter::<WasiSockets>(view);
    told(<WasiSockets as HostUdpSocketWithStore<T>>::receive(&store, socket).await)
}

fn view<T: SandboxView>(state: &mut T) -> WasiSocketsCtxView<'_> {
    state.sockets()
}

/// What the guest is told; other errors trap.
fn told<R>(result: SocketResult<R>) -> wasmtime::Result<Result<R, ErrorCode>> {
    match result {
        Ok(result) => Ok(Ok(result)),
        Err(error) => Ok(Err(error.downcast()?)),
    }
}
