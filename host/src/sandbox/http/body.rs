//! A response's body, chunk by chunk, with a limit on the silence between two.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Sleep;
use wasmtime_wasi_http::Error;

use crate::sandbox::http::exchange::error_of;

/// A body that is on its way.
#[derive(Debug)]
pub(super) struct TimedBody {
    incoming: Incoming,
    between: Duration,
    /// Since when the server is silent; a guest that does not read is no silent server.
    silence: Option<Pin<Box<Sleep>>>,
    _place: Arc<OwnedSemaphorePermit>,
}

impl TimedBody {
    pub(super) fn new(incoming: Incoming, between: Duration, place: Arc<OwnedSemaphorePermit>) -> Self {
        Self { incoming, between, silence: None, _place: place }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.incoming).poll_frame(context) {
            this.silence = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(error_of)));
        }
        let between = this.between;
        let silence = this.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep(between)));
        ready!(silence.as_mut().poll(context));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
