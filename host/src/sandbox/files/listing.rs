//! Streams of WASI 0.3: listings of directories, and shares that end with a stream.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cap_primitives::fs::{DirEntry, FileType, read_base_dir};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, FutureConsumer, Source, StreamProducer, StreamResult, VecBuffer};
use wasmtime_wasi::p3::bindings::filesystem::types::{DescriptorType, DirectoryEntry, ErrorCode};

use crate::sandbox::files::quota::{Entries, Share, Turns};

/// Entries that are counted at once.
const BATCH: usize = 1024;
/// Entries that a guest is given at once where it does not say how many it takes.
const GIVEN: usize = 64;

/// How a stream ended.
pub(super) type End = Result<(), ErrorCode>;

/// Lists a directory. WASI's own producer keeps a thread until the guest has read the last entry; this one reads the
/// whole listing first, as WASI 0.2 does.
pub(super) struct Listing {
    state: State,
    end: Option<oneshot::Sender<End>>,
}

enum State {
    Reading(JoinHandle<Read>),
    Read(std::vec::IntoIter<DirectoryEntry>, Vec<Share>),
}

/// A whole listing, and what it takes of the quota.
type Read = Result<(Vec<DirectoryEntry>, Vec<Share>), ErrorCode>;

impl Listing {
    pub(super) fn new(dir: Arc<File>, turns: Turns, entries: Entries, end: oneshot::Sender<End>) -> Self {
        let reading = tokio::spawn(async move {
            let turn = turns.next().await;
            // The thread goes on where the listing is dropped, and so does its turn.
            let read = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                list(&dir, &entries)
            });
            read.await.unwrap_or_else(|ended| Err(io::Error::other(ended).into()))
        });
        Self { state: State::Reading(reading), end: Some(end) }
    }

    fn end(&mut self, end: End) {
        if let Some(sender) = self.end.take() {
            // The guest may not care how it ended.
            let _ = sender.send(end);
        }
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        if let State::Reading(reading) = &self.state {
            reading.abort();
        }
        self.end(Ok(()));
    }
}

fn list(dir: &File, quota: &Entries) -> Read {
    let (mut entries, mut shares) = (Vec::new(), Vec::new());
    for entry in read_base_dir(dir)? {
        if entries.len() % BATCH == 0 {
            shares.push(quota.take(BATCH).ok_or(ErrorCode::Quota)?);
        }
        entries.push(described(&entry?)?);
    }
    Ok((entries, shares))
}

fn described(entry: &DirEntry) -> Result<DirectoryEntry, ErrorCode> {
    let name = entry.file_name().into_string().map_err(|_| ErrorCode::IllegalByteSequence)?;
    Ok(DirectoryEntry { type_: type_of(entry.file_type()?), name })
}

fn type_of(kind: FileType) -> DescriptorType {
    if kind.is_dir() {
        DescriptorType::Directory
    } else if kind.is_symlink() {
        DescriptorType::SymbolicLink
    } else if kind.is_file() {
        DescriptorType::RegularFile
    } else {
        DescriptorType::Other(None)
    }
}

impl<D> StreamProducer<D> for Listing {
    type Item = DirectoryEntry;
    type Buffer = VecBuffer<DirectoryEntry>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, Self::Item, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let wanted = destination.remaining(&mut store).unwrap_or(GIVEN);
        if wanted == 0 {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        if let State::Reading(reading) = &mut self.state {
            let read = match Pin::new(reading).poll(context) {
                Poll::Pending if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
                read => ready!(read),
            };
            match read.unwrap_or_else(|ended| Err(io::Error::other(ended).into())) {
                Ok((entries, shares)) => self.state = State::Read(entries.into_iter(), shares),
                Err(error) => {
                    self.end(Err(error));
                    return Poll::Ready(Ok(StreamResult::Dropped));
                }
            }
        }
        let State::Read(entries, _shares) = &mut self.state else { return Poll::Pending };
        let given: Vec<_> = entries.take(wanted).collect();
        let last = entries.len() == 0;
        destination.set_buffer(given.into());
        if last {
            self.end(Ok(()));
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

/// Passes on how a stream ended; its share ends with it.
pub(super) struct Ending {
    pub(super) end: Option<oneshot::Sender<End>>,
    pub(super) share: Option<Share>,
}

impl<D: 'static> FutureConsumer<D> for Ending {
    type Item = End;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<D>,
        mut source: Source<'_, End>,
        _: bool,
    ) -> Poll<wasmtime::Result<()>> {
        let mut end = None;
        source.read(store, &mut end)?;
        self.share = None;
        if let (Some(sender), Some(end)) = (self.end.take(), end) {
            let _ = sender.send(end);
        }
        Poll::Ready(Ok(()))
    }
}
