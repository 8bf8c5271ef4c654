//! Outgoing HTTP, in both versions of WASI, by the same rights as sockets.
//!
//! The host resolves a request's name itself, checks the addresses, and connects to a checked one: the name cannot lead
//! elsewhere in between. It follows no redirects and knows no proxies: what a server says, the guest may ask for, and is
//! checked anew. HTTP/1.1, over TLS for `https`.

mod body;
mod connection;
mod destination;
mod exchange;
mod objects;
mod reports;
mod texts;
mod tls;

use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::sync::Semaphore;
use wasmtime::component::Linker;
use wasmtime_wasi_http::p2::bindings::LinkOptions;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttp, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks};

use crate::sandbox::net::Network;
use crate::sandbox::world::World;
use crate::sandbox::{Sandbox, SandboxView};
use objects::Objects;
pub(crate) use objects::{MOST_OBJECTS, TooMany};

const TYPES_OF_P2: &str = "wasi:http/types@0.2.12";
const TYPES_OF_P3: &str = "wasi:http/types@0.3.0";

/// How many requests one sandbox may have at once, each with a connection of its own: from sending it until the
/// response's body is read to its end, or dropped. Others wait for a place, no longer than for a connection.
pub(crate) const MOST_REQUESTS: usize = 128;

/// How many more requests of one sandbox may wait for a place. While one waits, the host keeps its fields and texts.
const MOST_WAITING: usize = 384;

/// How large one set of header fields may grow that a guest makes, in bytes, as the host keeps it.
const LARGEST_FIELDS: usize = 64 << 10;

/// How much of a request's body is held at once, in bytes, on its way from the guest to the connection. There may be
/// two such chunks.
const CHUNK: usize = 16 << 10;

/// What one sandbox has of HTTP.
#[derive(Debug)]
pub(super) struct Http {
    ctx: WasiHttpCtx,
    hooks: Hooks,
    objects: Objects,
}

impl Http {
    /// HTTP over this network; over none, each request is denied.
    pub(super) fn new(network: Option<Arc<Network>>) -> Self {
        let mut ctx = WasiHttpCtx::new();
        ctx.set_field_size_limit(LARGEST_FIELDS);
        Self { ctx, hooks: Hooks { network, room: OnceLock::new() }, objects: Objects::default() }
    }
}

/// How requests are sent.
struct Hooks {
    network: Option<Arc<Network>>,
    room: OnceLock<Room>,
}

/// How many requests there may be; as many permits as there may be further ones.
struct Room {
    /// Those that are sent and have no response yet, or wait for their place.
    pending: Arc<Semaphore>,
    /// Those that have a connection.
    places: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            pending: Arc::new(Semaphore::new(MOST_REQUESTS + MOST_WAITING)),
            places: Arc::new(Semaphore::new(MOST_REQUESTS)),
        }
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("network", &self.network).finish_non_exhaustive()
    }
}

/// The work that is left of an exchange once there is a response.
type Rest = Box<dyn Future<Output = Result<(), Error>> + Send>;

type Sent = Box<dyn Future<Output = Result<(http::Response<WasiBody>, Rest), Error>> + Send>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _response_read: Rest,
    ) -> Sent {
        let Some(network) = self.network.clone() else {
            return Box::new(std::future::ready(Err(Error::HttpRequestDenied)));
        };
        let room = self.room.get_or_init(Room::default);
        // Taken before anything waits: a request on its way is in no table where it would be counted.
        let Ok(pending) = Arc::clone(&room.pending).try_acquire_owned() else {
            return Box::new(std::future::ready(Err(Error::ConnectionLimitReached)));
        };
        let exchange = exchange::exchange(network, Arc::clone(&room.places), request, options.unwrap_or_default());
        Box::new(async move {
            let _pending = pending;
            exchange.await
        })
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK
    }

    fn p3_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK
    }
}

impl Sandbox {
    /// What WASI's own functions on HTTP work on.
    fn http_view(&mut self) -> WasiHttpCtxView<'_> {
        let (World { http, .. }, table) = self.with_table();
        WasiHttpCtxView { hooks: &mut http.hooks, table, ctx: &mut http.ctx }
    }
}

fn view<T: SandboxView>(state: &mut T) -> WasiHttpCtxView<'_> {
    state.sandbox().http_view()
}

/// Adds the types of `wasi:http`, and the sending of requests.
pub(super) fn add_to_linker<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    use wasmtime_wasi_http::{p2::bindings::http as p2, p3::bindings::http as p3};
    let options = LinkOptions::default();
    p2::outgoing_handler::add_to_linker::<_, WasiHttp>(linker, view)?;
    p2::types::add_to_linker::<_, WasiHttp>(linker, &(&options).into(), view)?;
    p3::client::add_to_linker::<_, WasiHttp>(linker, view)?;
    p3::types::add_to_linker::<_, WasiHttp>(linker, view)?;
    objects::narrow(linker)?;
    texts::narrow(linker)?;
    reports::narrow(linker)
}
