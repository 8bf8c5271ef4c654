//! WASI 0.3's file system, by rights.

use std::fs::FileTimes;
use std::iter;
use std::time::SystemTime;

use tokio::sync::oneshot;
use wasmtime::AsContextMut;
use wasmtime::component::{Access, Accessor, FutureReader, Resource, StreamReader};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::p3::bindings::filesystem::preopens;
use wasmtime_wasi::p3::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode, Filesize, Host,
    HostDescriptor, HostDescriptorWithStore, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p3::filesystem::{FilesystemError, FilesystemResult};

use crate::sandbox::SandboxView;
use crate::sandbox::files::gate::{Asked, Refusal, Touch};
use crate::sandbox::files::listing::{End, Ending, Listing};
use crate::sandbox::files::open::{Manner, touch_below};
use crate::sandbox::files::quota::Share;
use crate::sandbox::files::times::{at, file_times};
use crate::sandbox::files::work::in_turn;
use crate::sandbox::files::{Files, FilesView};

type Fd = Resource<Descriptor>;
type Wasi = WasiFilesystem;
type Ended = FutureReader<End>;

/// What WASI's own does not support either.
fn asks_for_sync(flags: DescriptorFlags) -> bool {
    let sync = DescriptorFlags::FILE_INTEGRITY_SYNC
        | DescriptorFlags::DATA_INTEGRITY_SYNC
        | DescriptorFlags::REQUESTED_WRITE_SYNC;
    flags & sync != DescriptorFlags::empty()
}

fn manner(follow: PathFlags, open: OpenFlags, flags: DescriptorFlags) -> Manner {
    Manner {
        follow: follow.contains(PathFlags::SYMLINK_FOLLOW),
        create: open.contains(OpenFlags::CREATE),
        exclusive: open.contains(OpenFlags::EXCLUSIVE),
        truncate: open.contains(OpenFlags::TRUNCATE),
        directory: open.contains(OpenFlags::DIRECTORY),
        read: flags.contains(DescriptorFlags::READ),
        write: flags.contains(DescriptorFlags::WRITE),
    }
}

fn wasi<U: SandboxView>(store: &Accessor<U, Files>) -> Accessor<U, Wasi> {
    store.with_getter::<Wasi>(U::filesystem)
}

/// Waits for a turn: unlike those of WASI 0.2, calls of one guest may be at work together, as many as it likes.
async fn turn<U: SandboxView>(store: &Accessor<U, Files>) -> Option<Share> {
    store.with(|mut access| access.get().state.quota.turns()).next().await
}

/// Has WASI do this `call` once it is the guest's turn.
async fn at_work<U: SandboxView, T: Send + 'static>(
    store: &Accessor<U, Files>,
    call: impl Future<Output = FilesystemResult<T>> + Send + 'static,
) -> FilesystemResult<T> {
    let done = in_turn(turn(store).await, call).await;
    done.unwrap_or_else(|ended| Err(FilesystemError::trap(ended)))
}

fn enter<U: SandboxView>(store: &Accessor<U, Files>, asked: &Asked) -> Result<(), Refusal> {
    store.with(|mut access| access.get().enter(asked))
}

fn leave<U: SandboxView, T>(
    store: &Accessor<U, Files>,
    asked: &Asked,
    done: FilesystemResult<T>,
) -> FilesystemResult<T> {
    store.with(|mut access| access.get().leave(asked, done))
}

/// Has WASI do a call about a path: what the guest may not ask is not done, and what WASI refuses is a denial too.
async fn at_path<U: SandboxView, T: Send + 'static>(
    store: &Accessor<U, Files>,
    asked: &Asked,
    call: impl Future<Output = FilesystemResult<T>> + Send + 'static,
) -> FilesystemResult<T> {
    enter(store, asked)?;
    let done = at_work(store, call).await;
    leave(store, asked, done)
}

/// Answers a call for a stream, or what is to be streamed, at once.
fn ended<U: SandboxView>(store: &mut Access<'_, U, Files>, end: Refusal) -> wasmtime::Result<Ended> {
    let code = FilesystemError::from(end).downcast()?;
    FutureReader::new(store, async move { wasmtime::error::Ok(Err(code)) })
}

/// Ties a stream's share to its end.
fn tied<U: SandboxView + 'static>(
    store: &mut Access<'_, U, Files>,
    share: Share,
    end: Ended,
) -> wasmtime::Result<Ended> {
    let (sender, receiver) = oneshot::channel();
    end.pipe(store.as_context_mut(), Ending { end: Some(sender), share: Some(share) })?;
    FutureReader::new(store, receiver)
}

/// Whether the guest may write to `fd`, and have a stream more.
fn may_write(view: &mut FilesView<'_>, fd: &Fd) -> Result<Share, Refusal> {
    view.enter(&Asked::itself(fd, Touch::Write))?;
    view.state.quota.stream().ok_or(Refusal::Quota)
}

fn times(accessed: NewTimestamp, modified: NewTimestamp) -> Result<FileTimes, Refusal> {
    let time = |new| match new {
        NewTimestamp::NoChange => Ok(None),
        NewTimestamp::Now => Ok(Some(SystemTime::now())),
        NewTimestamp::Timestamp(new) => at(new.seconds, new.nanoseconds).map(Some).ok_or(Refusal::Overflow),
    };
    Ok(file_times(time(accessed)?, time(modified)?))
}

impl preopens::Host for FilesView<'_> {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Fd, String)>> {
        self.directories()
    }
}

impl Host for FilesView<'_> {
    fn convert_error_code(&mut self, error: FilesystemError) -> wasmtime::Result<ErrorCode> {
        error.downcast()
    }
}

impl HostDescriptor for FilesView<'_> {
    fn drop(&mut self, fd: Fd) -> wasmtime::Result<()> {
        self.close(fd)
    }
}

impl<U: SandboxView + 'static> HostDescriptorWithStore<U> for Files {
    fn read_via_stream(
        mut store: Access<'_, U, Self>,
        fd: Fd,
        offset: Filesize,
    ) -> wasmtime::Result<(StreamReader<u8>, Ended)> {
        let Some(share) = store.get().state.quota.stream() else {
            return Ok((StreamReader::new(&mut store, iter::empty())?, ended(&mut store, Refusal::Quota)?));
        };
        let wasi = Access::<U, Wasi>::new(store.as_context_mut(), U::filesystem);
        let (stream, end) = <Wasi as HostDescriptorWithStore<U>>::read_via_stream(wasi, fd, offset)?;
        Ok((stream, tied(&mut store, share, end)?))
    }

    fn write_via_stream(
        mut store: Access<'_, U, Self>,
        fd: Fd,
        mut data: StreamReader<u8>,
        offset: Filesize,
    ) -> wasmtime::Result<Ended> {
        match may_write(&mut store.get(), &fd) {
            Ok(share) => {
                let wasi = Access::<U, Wasi>::new(store.as_context_mut(), U::filesystem);
                let end = <Wasi as HostDescriptorWithStore<U>>::write_via_stream(wasi, fd, data, offset)?;
                tied(&mut store, share, end)
            }
            Err(refusal) => {
                data.close(&mut store)?;
                ended(&mut store, refusal)
            }
        }
    }

    fn append_via_stream(
        mut store: Access<'_, U, Self>,
        fd: Fd,
        mut data: StreamReader<u8>,
    ) -> wasmtime::Result<Ended> {
        match may_write(&mut store.get(), &fd) {
            Ok(share) => {
                let wasi = Access::<U, Wasi>::new(store.as_context_mut(), U::filesystem);
                let end = <Wasi as HostDescriptorWithStore<U>>::append_via_stream(wasi, fd, data)?;
                tied(&mut store, share, end)
            }
            Err(refusal) => {
                data.close(&mut store)?;
                ended(&mut store, refusal)
            }
        }
    }

    async fn advise(
        store: &Accessor<U, Self>,
        fd: Fd,
        offset: Filesize,
        length: Filesize,
        advice: Advice,
    ) -> FilesystemResult<()> {
        let wasi = wasi(store);
        at_work(store, async move { Wasi::advise(&wasi, fd, offset, length, advice).await }).await
    }

    async fn sync_data(store: &Accessor<U, Self>, fd: Fd) -> FilesystemResult<()> {
        let wasi = wasi(store);
        at_work(store, async move { Wasi::sync_data(&wasi, fd).await }).await
    }

    async fn get_flags(store: &Accessor<U, Self>, fd: Fd) -> FilesystemResult<DescriptorFlags> {
        let wasi = wasi(store);
        at_work(store, async move { Wasi::get_flags(&wasi, fd).await }).await
    }

    async fn get_type(store: &Accessor<U, Self>, fd: Fd) -> FilesystemResult<DescriptorType> {
        let wasi = wasi(store);
        at_work(store, async move { Wasi::get_type(&wasi, fd).await }).await
    }

    async fn set_size(store: &Accessor<U, Self>, fd: Fd, size: Filesize) -> FilesystemResult<()> {
        enter(store, &Asked::itself(&fd, Touch::Write))?;
        let wasi = wasi(store);
        at_work(store, async move { Wasi::set_size(&wasi, fd, size).await }).await
    }

    async fn set_times(
        store: &Accessor<U, Self>,
        fd: Fd,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FilesystemResult<()> {
        enter(store, &Asked::itself(&fd, Touch::Write))?;
        let wasi = wasi(store);
        at_work(store, async move { Wasi::set_times(&wasi, fd, accessed, modified).await }).await
    }

    fn read_directory(
        mut store: Access<'_, U, Self>,
        fd: Fd,
    ) -> wasmtime::Result<(StreamReader<DirectoryEntry>, Ended)> {
        let mut view = store.get();
        let listing = view.enter(&Asked::itself(&fd, Touch::Read)).and_then(|()| {
            let share = view.state.quota.stream().ok_or(Refusal::Quota)?;
            Ok((view.dir(&fd)?.dir, share, view.state.quota.turns(), view.state.quota.entries()))
        });
        match listing {
            Ok((dir, share, turns, entries)) => {
                let (sender, receiver) = oneshot::channel();
                let stream = StreamReader::new(&mut store, Listing::new(dir, turns, entries, sender))?;
                let end = FutureReader::new(&mut store, receiver)?;
                Ok((stream, tied(&mut store, share, end)?))
            }
            Err(refusal) => Ok((StreamReader::new(&mut store, iter::empty())?, ended(&mut store, refusal)?)),
        }
    }

    async fn sync(store: &Accessor<U, Self>, fd: Fd) -> FilesystemResult<()> {
        let wasi = wasi(store);
        at_work(store, async move { Wasi::sync(&wasi, fd).await }).await
    }

    async fn create_directory_at(store: &Accessor<U, Self>, fd: Fd, path: String) -> FilesystemResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        let wasi = wasi(store);
        at_path(store, &asked, async move { Wasi::create_directory_at(&wasi, fd, path).await }).await
    }

    async fn stat(store: &Accessor<U, Self>, fd: Fd) -> FilesystemResult<DescriptorStat> {
        let wasi = wasi(store);
        at_work(store, async move { Wasi::stat(&wasi, fd).await }).await
    }

    async fn stat_at(
        store: &Accessor<U, Self>,
        fd: Fd,
        follow: PathFlags,
        path: String,
    ) -> FilesystemResult<DescriptorStat> {
        let asked = Asked::below(&fd, &path, Touch::Read);
        let wasi = wasi(store);
        at_path(store, &asked, async move { Wasi::stat_at(&wasi, fd, follow, path).await }).await
    }

    async fn set_times_at(
        store: &Accessor<U, Self>,
        fd: Fd,
        follow: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FilesystemResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        enter(store, &asked)?;
        if !follow.contains(PathFlags::SYMLINK_FOLLOW) {
            let wasi = wasi(store);
            let done =
                at_work(
                    store,
                    async move { Wasi::set_times_at(&wasi, fd, follow, path, accessed, modified).await },
                )
                .await;
            return leave(store, &asked, done);
        }
        // WASI's own opens the file, and waits where that is a pipe.
        let times = times(accessed, modified)?;
        let dir = store.with(|mut access| access.get().dir(&fd))?;
        let done = touch_below(dir, path, times, turn(store).await).await;
        Ok(store.with(|mut access| access.get().or_denied(&asked, done))?)
    }

    async fn link_at(
        store: &Accessor<U, Self>,
        fd: Fd,
        follow: PathFlags,
        old: String,
        to: Fd,
        new: String,
    ) -> FilesystemResult<()> {
        let asked = Asked::below(&fd, &old, Touch::Write);
        enter(store, &asked)?;
        enter(store, &Asked::below(&to, &new, Touch::Write))?;
        let wasi = wasi(store);
        let done = at_work(store, async move { Wasi::link_at(&wasi, fd, follow, old, to, new).await }).await;
        leave(store, &asked, done)
    }

    async fn open_at(
        store: &Accessor<U, Self>,
        fd: Fd,
        follow: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> FilesystemResult<Fd> {
        let manner = manner(follow, open, flags);
        let opening = store.with(|mut access| access.get().opening(&fd, &path, manner))?;
        if asks_for_sync(flags) {
            Err(Refusal::Unsupported)?;
        }
        let opened = opening.open(turn(store).await).await;
        Ok(store.with(|mut access| access.get().opened(opened))?)
    }

    async fn readlink_at(store: &Accessor<U, Self>, fd: Fd, path: String) -> FilesystemResult<String> {
        let asked = Asked::below(&fd, &path, Touch::Read);
        let wasi = wasi(store);
        at_path(store, &asked, async move { Wasi::readlink_at(&wasi, fd, path).await }).await
    }

    async fn remove_directory_at(store: &Accessor<U, Self>, fd: Fd, path: String) -> FilesystemResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        let wasi = wasi(store);
        at_path(store, &asked, async move { Wasi::remove_directory_at(&wasi, fd, path).await }).await
    }

    async fn rename_at(
        store: &Accessor<U, Self>,
        fd: Fd,
        old: String,
        to: Fd,
        new: String,
    ) -> FilesystemResult<()> {
        let asked = Asked::below(&fd, &old, Touch::Write);
        enter(store, &asked)?;
        enter(store, &Asked::below(&to, &new, Touch::Write))?;
        let wasi = wasi(store);
        let done = at_work(store, async move { Wasi::rename_at(&wasi, fd, old, to, new).await }).await;
        leave(store, &asked, done)
    }

    async fn symlink_at(store: &Accessor<U, Self>, fd: Fd, target: String, path: String) -> FilesystemResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        enter(store, &asked)?;
        if target.starts_with('/') {
            store.with(|mut access| access.get().deny_target(&target));
            Err(Refusal::NotPermitted)?;
        }
        let wasi = wasi(store);
        let done = at_work(store, async move { Wasi::symlink_at(&wasi, fd, target, path).await }).await;
        leave(store, &asked, done)
    }

    async fn unlink_file_at(store: &Accessor<U, Self>, fd: Fd, path: String) -> FilesystemResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        let wasi = wasi(store);
        at_path(store, &asked, async move { Wasi::unlink_file_at(&wasi, fd, path).await }).await
    }

    async fn is_same_object(store: &Accessor<U, Self>, a: Fd, b: Fd) -> wasmtime::Result<bool> {
        let wasi = wasi(store);
        in_turn(turn(store).await, async move { Wasi::is_same_object(&wasi, a, b).await }).await?
    }

    async fn metadata_hash(store: &Accessor<U, Self>, fd: Fd) -> FilesystemResult<MetadataHashValue> {
        let wasi = wasi(store);
        at_work(store, async move { Wasi::metadata_hash(&wasi, fd).await }).await
    }

    async fn metadata_hash_at(
        store: &Accessor<U, Self>,
        fd: Fd,
        follow: PathFlags,
        path: String,
    ) -> FilesystemResult<MetadataHashValue> {
        let asked = Asked::below(&fd, &path, Touch::Read);
        let wasi = wasi(store);
        at_path(store, &asked, async move { Wasi::metadata_hash_at(&wasi, fd, follow, path).await }).await
    }
}
