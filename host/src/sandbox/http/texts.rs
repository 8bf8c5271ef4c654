//! How long the texts of a request may be.
//!
//! The host keeps them with the request, beyond the guest's own memory limit, and a guest needs no rights to make
//! requests. A scheme has a limit of its own, and fields have theirs.

use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::p2::bindings::http::types as p2;
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;
use wasmtime_wasi_http::p3::bindings::http::types as p3;

use crate::sandbox::SandboxView;
use crate::sandbox::http::{TYPES_OF_P2, TYPES_OF_P3, view};
use crate::sandbox::narrow::narrow as replace;

/// The longest method, in bytes; the longest that is registered has 17.
const LONGEST_METHOD: usize = 64;

/// The longest authority, in bytes: the longest name, a port, and some room.
const LONGEST_AUTHORITY: usize = 512;

/// The longest path with its query, in bytes. Most servers take 8 KiB.
const LONGEST_PATH: usize = 16 << 10;

/// Makes the setters refuse what is too long, in the way they refuse what is malformed.
pub(super) fn narrow<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    narrow_p2(linker)?;
    narrow_p3(linker)
}

fn fits(text: Option<&str>, longest: usize) -> bool {
    text.is_none_or(|text| text.len() <= longest)
}

fn narrow_p2<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    use p2::HostOutgoingRequest as _;
    type Request = Resource<HostOutgoingRequest>;
    replace(linker, TYPES_OF_P2, |instance| {
        instance.func_wrap(
            "[method]outgoing-request.set-method",
            |mut store, (request, method): (Request, p2::Method)| {
                let long = matches!(&method, p2::Method::Other(text) if text.len() > LONGEST_METHOD);
                Ok((if long { Err(()) } else { view(store.data_mut()).set_method(request, method)? },))
            },
        )
    })?;
    replace(linker, TYPES_OF_P2, |instance| {
        instance.func_wrap(
            "[method]outgoing-request.set-authority",
            |mut store, (request, authority): (Request, Option<String>)| {
                let fits = fits(authority.as_deref(), LONGEST_AUTHORITY);
                Ok((if fits { view(store.data_mut()).set_authority(request, authority)? } else { Err(()) },))
            },
        )
    })?;
    replace(linker, TYPES_OF_P2, |instance| {
        instance.func_wrap(
            "[method]outgoing-request.set-path-with-query",
            |mut store, (request, path): (Request, Option<String>)| {
                let fits = fits(path.as_deref(), LONGEST_PATH);
                Ok((if fits { view(store.data_mut()).set_path_with_query(request, path)? } else { Err(()) },))
            },
        )
    })
}

fn narrow_p3<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    use p3::HostRequest as _;
    type Request = Resource<p3::Request>;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap("[method]request.set-method", |mut store, (request, method): (Request, p3::Method)| {
            let long = matches!(&method, p3::Method::Other(text) if text.len() > LONGEST_METHOD);
            Ok((if long { Err(()) } else { view(store.data_mut()).set_method(request, method)? },))
        })
    })?;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap(
            "[method]request.set-authority",
            |mut store, (request, authority): (Request, Option<String>)| {
                let fits = fits(authority.as_deref(), LONGEST_AUTHORITY);
                Ok((if fits { view(store.data_mut()).set_authority(request, authority)? } else { Err(()) },))
            },
        )
    })?;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap(
            "[method]request.set-path-with-query",
            |mut store, (request, path): (Request, Option<String>)| {
                let fits = fits(path.as_deref(), LONGEST_PATH);
                Ok((if fits { view(store.data_mut()).set_path_with_query(request, path)? } else { Err(()) },))
            },
        )
    })
}
