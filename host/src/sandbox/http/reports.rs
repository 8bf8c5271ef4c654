//! What a guest tells of how a body went: an error, which may have a text of any length.
//!
//! The host keeps it until someone wants to know, beyond the guest's own memory limit; and a guest that is on both sides
//! of a body never asks. So each such future is passed on through one that drops long texts.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;
use wasmtime::component::{
    Access, FutureConsumer, FutureReader, Lift, Linker, Lower, Resource, Source, StreamReader,
};
use wasmtime::{AsContextMut, StoreContextMut};
use wasmtime_wasi_http::p3::bindings::http::types::{
    self as p3, ErrorCode, HostRequestWithStore, HostResponseWithStore,
};
use wasmtime_wasi_http::{FieldMap, WasiHttp};

use crate::sandbox::SandboxView;
use crate::sandbox::http::{TYPES_OF_P3, view};
use crate::sandbox::narrow::narrow as replace;

/// The longest text of an error that is kept, in bytes.
const LONGEST_TEXT: usize = 1 << 10;

/// How a body was read.
type Read = Result<(), ErrorCode>;

/// How a body ended.
type Trailers = Result<Option<Resource<FieldMap>>, ErrorCode>;

pub(super) fn narrow<T: SandboxView>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    type Parts = (
        Resource<FieldMap>,
        Option<StreamReader<u8>>,
        FutureReader<Trailers>,
        Option<Resource<p3::RequestOptions>>,
    );
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap("[static]request.new", |mut store, (headers, contents, trailers, options): Parts| {
            let trailers = relayed(&mut store, trailers, Ok(None), |state, trailers| match trailers {
                Ok(Some(fields)) => Ok(state.sandbox().table.delete(fields).map(drop)?),
                Ok(None) | Err(_) => Ok(()),
            })?;
            let access = Access::<T, WasiHttp>::new(store, view);
            Ok((<WasiHttp as HostRequestWithStore<T>>::new(access, headers, contents, trailers, options)?,))
        })
    })?;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap(
            "[static]request.consume-body",
            |mut store, (request, read): (Resource<p3::Request>, FutureReader<Read>)| {
                let read = relayed(&mut store, read, Ok(()), |_, _| Ok(()))?;
                let access = Access::<T, WasiHttp>::new(store, view);
                Ok((<WasiHttp as HostRequestWithStore<T>>::consume_body(access, request, read)?,))
            },
        )
    })?;
    replace(linker, TYPES_OF_P3, |instance| {
        instance.func_wrap(
            "[static]response.consume-body",
            |mut store, (response, read): (Resource<p3::Response>, FutureReader<Read>)| {
                let read = relayed(&mut store, read, Ok(()), |_, _| Ok(()))?;
                let access = Access::<T, WasiHttp>::new(store, view);
                Ok((<WasiHttp as HostResponseWithStore<T>>::consume_body(access, response, read)?,))
            },
        )
    })
}

/// The same future, with short texts. It is `absent` where the guest's ends without a value; a value that nobody wants
/// any more goes to `unwanted`.
fn relayed<S, V>(
    mut store: S,
    from: FutureReader<Result<V, ErrorCode>>,
    absent: Result<V, ErrorCode>,
    unwanted: fn(&mut S::Data, Result<V, ErrorCode>) -> wasmtime::Result<()>,
) -> wasmtime::Result<FutureReader<Result<V, ErrorCode>>>
where
    S: AsContextMut<Data: 'static>,
    V: Lift + Lower + Send + Sync + 'static,
    Result<V, ErrorCode>: Lift + Lower,
{
    let (want, wanted) = oneshot::channel();
    let (to, value) = oneshot::channel();
    from.pipe(&mut store, Relay { wanted: Some(wanted), to: Some(to), unwanted })?;
    FutureReader::new(store, async move {
        // Until then the value stays with the guest.
        let _ = want.send(());
        Ok::<_, wasmtime::Error>(value.await.unwrap_or(absent))
    })
}

/// The side that takes the guest's value.
struct Relay<D, V> {
    wanted: Option<oneshot::Receiver<()>>,
    to: Option<oneshot::Sender<Result<V, ErrorCode>>>,
    unwanted: fn(&mut D, Result<V, ErrorCode>) -> wasmtime::Result<()>,
}

impl<D, V> FutureConsumer<D> for Relay<D, V>
where
    D: 'static,
    V: Send + 'static,
    Result<V, ErrorCode>: Lift,
{
    type Item = Result<V, ErrorCode>;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'_, D>,
        mut source: Source<'_, Self::Item>,
        finish: bool,
    ) -> Poll<wasmtime::Result<()>> {
        if let Some(wanted) = &mut self.wanted {
            // Where the other side is gone, the value is taken all the same, and dropped.
            match Pin::new(wanted).poll(context) {
                Poll::Pending if finish => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
                Poll::Ready(_) => {}
            }
            self.wanted = None;
        }
        let mut value = None;
        source.read(&mut store, &mut value)?;
        let (Some(value), Some(to)) = (value, self.to.take()) else { return Poll::Ready(Ok(())) };
        Poll::Ready(match to.send(value.map_err(brief)) {
            Ok(()) => Ok(()),
            Err(value) => (self.unwanted)(store.data_mut(), value),
        })
    }
}

/// The error, where it is a short one.
fn brief(error: ErrorCode) -> ErrorCode {
    let text = match &error {
        ErrorCode::DnsError(about) => &about.rcode,
        ErrorCode::TlsAlertReceived(about) => &about.alert_message,
        ErrorCode::HttpRequestHeaderSize(Some(about))
        | ErrorCode::HttpRequestTrailerSize(about)
        | ErrorCode::HttpResponseHeaderSize(about)
        | ErrorCode::HttpResponseTrailerSize(about) => &about.field_name,
        ErrorCode::HttpResponseTransferCoding(text)
        | ErrorCode::HttpResponseContentCoding(text)
        | ErrorCode::InternalError(text) => text,
        _ => &None,
    };
    let is_long = text.as_ref().is_some_and(|text| text.len() > LONGEST_TEXT);
    if is_long { ErrorCode::InternalError(None) } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_dropped() {
        let internal = |length: usize| brief(ErrorCode::InternalError(Some("x".repeat(length))));
        assert!(matches!(internal(LONGEST_TEXT), ErrorCode::InternalError(Some(_))));
        assert!(matches!(internal(LONGEST_TEXT + 1), ErrorCode::InternalError(None)));
        let coding = ErrorCode::HttpResponseContentCoding(Some("x".repeat(LONGEST_TEXT + 1)));
        assert!(matches!(brief(coding), ErrorCode::InternalError(None)));
        assert!(matches!(brief(ErrorCode::LoopDetected), ErrorCode::LoopDetected));
    }
}
