//! How much of the host's memory a guest may fill with requests, responses and header fields.
//!
//! Each of them takes up to some tens of kilobytes that the guest's own memory limit does not see. None comes into being
//! without fields that the guest makes, or a request that it sends: so those are what is counted.

use std::any::Any;

use wasmtime::component::{Accessor, Linker, Resource};
use wasmtime_wasi_http::p2::bindings::http::outgoing_handler::Host as _;
use wasmtime_wasi_http::p2::bindings::http::types::{self as p2, Host as _};
use wasmtime_wasi_http::p2::types::{
    HostFutureIncomingResponse, HostIncomingResponse, HostOutgoingRequest, HostOutgoingResponse,
};
use wasmtime_wasi_http::p3::bindings::http::client::HostWithStore;
use wasmtime_wasi_http::p3::bindings::http::types::{self as p3};
use wasmtime_wasi_http::{FieldMap, RequestOptions, WasiHttp};

use crate::sandbox::allowance::Allowance;
use crate::sandbox::http::{TYPES_OF_P2, TYPES_OF_P3, view};
use crate::sandbox::narrow::narrow as replace;
use crate::sandbox::{Sandbox, SandboxView};

/// How many requests, responses and sets of fields a sandbox may hold at once.
pub(crate) const MOST_OBJECTS: usize = 2048;

const HANDLER_OF_P2: &str = "wasi:http/outgoing-handler@0.2.12";
const CLIENT_OF_P3: &str = "wasi:http/client@0.3.0";

/// The guest holds too much.
#[derive(Debug, thiserror::Error)]
#[error("the guest holds more than {MOST_OBJECTS} requests, responses and fields of `wasi:http`")]
pub(crate) struct TooMany;

/// What is left of [`MOST_OBJECTS`].
#[derive(Debug)]
pub(super) struct Objects(Allowance);

impl Default for Objects {
    fn default() -> Self {
        Self(Allowance::of(MOST_OBJECTS))
    }
}

impl Sandbox {
    /// # Errors
    /// [`TooMany`], a trap: making fields cannot fail otherwise.
    fn take_http_object(&mut self) -> wasmtime::Result<()> {
        let (world, table) = self.with_table();
        if world.http.objects.0.take(table, is_object) { Ok(()) } else { Err(TooMany.into()) }
    }
}

fn is_object(entry: &dyn Any) -> bool {
    entry.is::<FieldMap>()
        || entry.is::<HostOutgoingRequest>()
        || entry.is::<HostOutgoingResponse>()
        || entry.is::<HostIncomingResponse>()
        || entry.is::<HostFutureIncomingResponse>()
        || entry.is::<p3::Request>()
        || entry.is::<p3::Response>()
}

pub(super) fn narrow<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    narrow_p2(linker)?;
    narrow_p3(linker)
}

fn narrow_p2<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    use p2::HostFields;
    replace(linker, TYPES_OF_P2, |instance| {
        instance.func_wrap("[constructor]fields", |mut store, (): ()| {
            store.data_mut().sandbox().take_http_object()?;
            Ok((HostFields::new(&mut view(store.data_mut()))?,))
        })
    })?;
    replace(linker, TYPES_OF_P2, |instance| {
        instance.func_wrap("[static]fields.from-list", |mut store, (list,): (Vec<(String, Vec<u8>)>,)| {
            store.data_mut().sandbox().take_http_object()?;
            let mut view = view(store.data_mut());
            Ok((match HostFields::from_list(&mut view, list) {
                Ok(fields) => Ok(fields),
                Err(error) => Err(view.convert_header_error(error)?),
            },))
        })
    })?;
    replace(linker, TYPES_OF_P2, |instance| {
        instance.func_wrap("[method]fields.clone", |mut store, (fields,): (Resource<FieldMap>,)| {
            store.data_mut().sandbox().take_http_object()?;
            Ok((HostFields::clone(&mut view(store.data_mut()), fields)?,))
        })
    })?;
    type Handle = (Resource<HostOutgoingRequest>, Option<Resource<RequestOptions>>);
    replace(linker, HANDLER_OF_P2, |instance| {
        instance.func_wrap("handle", |mut store, (request, options): Handle| {
            store.data_mut().sandbox().take_http_object()?;
            let mut view = view(store.data_mut());
            Ok((match view.handle(request, options) {
                Ok(response) => Ok(response),
                Err(error) => Err(view.convert_error_code(error)?),
            },))
        })
    })
}

fn narrow_p3<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    use p3::HostFields;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap("[constructor]fields", |mut store, (): ()| {
            store.data_mut().sandbox().take_http_object()?;
            Ok((HostFields::new(&mut view(store.data_mut()))?,))
        })
    })?;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap("[static]fields.from-list", |mut store, (list,): (Vec<(String, Vec<u8>)>,)| {
            store.data_mut().sandbox().take_http_object()?;
            Ok((match HostFields::from_list(&mut view(store.data_mut()), list) {
                Ok(fields) => Ok(fields),
                Err(error) => Err(error.downcast()?),
            },))
        })
    })?;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap("[method]fields.clone", |mut store, (fields,): (Resource<FieldMap>,)| {
            store.data_mut().sandbox().take_http_object()?;
            Ok((HostFields::clone(&mut view(store.data_mut()), fields)?,))
        })
    })?;
    replace(linker, CLIENT_OF_P3, |instance| {
        instance.func_wrap_concurrent("send", |store: &Accessor<T>, (request,): (Resource<p3::Request>,)| {
            Box::pin(async move {
                store.with(|mut store| store.data_mut().sandbox().take_http_object())?;
                let store = store.with_getter::<WasiHttp>(view);
                Ok((match <WasiHttp as HostWithStore<T>>::send(&store, request).await {
                    Ok(response) => Ok(response),
                    Err(error) => Err(error.downcast()?),
                },))
            })
        })
    })
}
