//! A guest's standard output and error, line by line into events.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::run::{ActionScope, LogStream};
use crate::sandbox::seat::Seat;

/// The longest line kept whole, in bytes; a longer one is told in pieces.
const LONGEST_LINE: usize = 64 << 10;

/// How much a guest may write at once, in bytes.
const WRITE_BUDGET: usize = 64 << 10;

/// One of a guest's two output streams. All clones are the same stream.
#[derive(Clone)]
pub(super) struct LogPipe(Arc<Mutex<Lines>>);

struct Lines {
    seat: Seat,
    stream: LogStream,
    /// The line that has not ended yet.
    partial: Vec<u8>,
}

impl LogPipe {
    pub(super) fn new(seat: Seat, stream: LogStream) -> Self {
        Self(Arc::new(Mutex::new(Lines { seat, stream, partial: Vec::new() })))
    }

    fn write(&self, bytes: &[u8]) {
        self.lock().push(bytes);
    }

    /// Tells the last line: one without an end is a line too.
    pub(super) fn end(&self) {
        let mut lines = self.lock();
        if let Some(scope) = lines.seat.scope().filter(|_| !lines.partial.is_empty()) {
            lines.tell(&scope);
        }
        lines.partial = Vec::new();
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn push(&mut self, mut bytes: &[u8]) {
        let Some(scope) = self.seat.scope().filter(ActionScope::is_watched) else { return };
        while let Some(end) = bytes.iter().position(|&b| b == b'\n') {
            self.partial.extend_from_slice(&bytes[..end]);
            self.tell(&scope);
            bytes = &bytes[end + 1..];
        }
        self.partial.extend_from_slice(bytes);
        if self.partial.len() >= LONGEST_LINE {
            let whole = scope.whole(&self.partial);
            let rest = self.partial.split_off(whole);
            if whole > 0 {
                self.tell(&scope);
            }
            self.partial = rest;
        }
    }

    fn tell(&mut self, scope: &ActionScope) {
        let line = String::from_utf8_lossy(&self.partial).trim_end_matches('\r').to_owned();
        self.partial.clear();
        scope.log(self.stream, line);
    }
}

impl IsTerminal for LogPipe {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogPipe {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for LogPipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl OutputStream for LogPipe {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        LogPipe::write(self, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BUDGET)
    }
}

#[async_trait::async_trait]
impl Pollable for LogPipe {
    async fn ready(&mut self) {}
}
