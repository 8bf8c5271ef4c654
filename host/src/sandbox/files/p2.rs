//! WASI 0.2's file system, by rights.

use std::fs::FileTimes;
use std::time::SystemTime;

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor;
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream, ErrorCode,
    Filesize, Host, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue, NewTimestamp, OpenFlags,
    PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

use crate::sandbox::files::FilesView;
use crate::sandbox::files::gate::{Asked, Refusal, Touch};
use crate::sandbox::files::open::{Manner, entries_of, touch_below};
use crate::sandbox::files::quota::MOST_ENTRIES;
use crate::sandbox::files::times::{at, file_times};

type Fd = Resource<Descriptor>;

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
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        Host::convert_error_code(&mut self.wasi(), error)
    }

    fn filesystem_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        Host::filesystem_error_code(&mut self.wasi(), error)
    }
}

impl HostDescriptor for FilesView<'_> {
    fn read_via_stream(&mut self, fd: Fd, offset: Filesize) -> FsResult<Resource<DynInputStream>> {
        self.one_more_stream()?;
        HostDescriptor::read_via_stream(&mut self.wasi(), fd, offset)
    }

    fn write_via_stream(&mut self, fd: Fd, offset: Filesize) -> FsResult<Resource<DynOutputStream>> {
        self.enter(&Asked::itself(&fd, Touch::Write))?;
        self.one_more_stream()?;
        HostDescriptor::write_via_stream(&mut self.wasi(), fd, offset)
    }

    fn append_via_stream(&mut self, fd: Fd) -> FsResult<Resource<DynOutputStream>> {
        self.enter(&Asked::itself(&fd, Touch::Write))?;
        self.one_more_stream()?;
        HostDescriptor::append_via_stream(&mut self.wasi(), fd)
    }

    async fn advise(&mut self, fd: Fd, offset: Filesize, len: Filesize, advice: Advice) -> FsResult<()> {
        HostDescriptor::advise(&mut self.wasi(), fd, offset, len, advice).await
    }

    async fn sync_data(&mut self, fd: Fd) -> FsResult<()> {
        HostDescriptor::sync_data(&mut self.wasi(), fd).await
    }

    async fn get_flags(&mut self, fd: Fd) -> FsResult<DescriptorFlags> {
        HostDescriptor::get_flags(&mut self.wasi(), fd).await
    }

    async fn get_type(&mut self, fd: Fd) -> FsResult<DescriptorType> {
        HostDescriptor::get_type(&mut self.wasi(), fd).await
    }

    async fn set_size(&mut self, fd: Fd, size: Filesize) -> FsResult<()> {
        self.enter(&Asked::itself(&fd, Touch::Write))?;
        HostDescriptor::set_size(&mut self.wasi(), fd, size).await
    }

    async fn set_times(&mut self, fd: Fd, accessed: NewTimestamp, modified: NewTimestamp) -> FsResult<()> {
        self.enter(&Asked::itself(&fd, Touch::Write))?;
        HostDescriptor::set_times(&mut self.wasi(), fd, accessed, modified).await
    }

    async fn read(&mut self, fd: Fd, len: Filesize, offset: Filesize) -> FsResult<(Vec<u8>, bool)> {
        HostDescriptor::read(&mut self.wasi(), fd, len, offset).await
    }

    async fn write(&mut self, fd: Fd, bytes: Vec<u8>, offset: Filesize) -> FsResult<Filesize> {
        self.enter(&Asked::itself(&fd, Touch::Write))?;
        HostDescriptor::write(&mut self.wasi(), fd, bytes, offset).await
    }

    async fn read_directory(&mut self, fd: Fd) -> FsResult<Resource<DirectoryEntryStream>> {
        self.enter(&Asked::itself(&fd, Touch::Read))?;
        // WASI reads the whole listing at once and holds it: so first it is counted.
        let dir = self.dir(&fd)?.dir;
        let entries = entries_of(dir, MOST_ENTRIES).await.map_err(Refusal::Failed)?;
        let share = self.state.quota.entries().take(entries + 1).ok_or(Refusal::Quota)?;
        let listing = HostDescriptor::read_directory(&mut self.wasi(), fd).await?;
        self.state.listings.insert(listing.rep(), share);
        Ok(listing)
    }

    async fn sync(&mut self, fd: Fd) -> FsResult<()> {
        HostDescriptor::sync(&mut self.wasi(), fd).await
    }

    async fn create_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        self.enter(&asked)?;
        let done = HostDescriptor::create_directory_at(&mut self.wasi(), fd, path).await;
        self.leave(&asked, done)
    }

    async fn stat(&mut self, fd: Fd) -> FsResult<DescriptorStat> {
        HostDescriptor::stat(&mut self.wasi(), fd).await
    }

    async fn stat_at(&mut self, fd: Fd, follow: PathFlags, path: String) -> FsResult<DescriptorStat> {
        let asked = Asked::below(&fd, &path, Touch::Read);
        self.enter(&asked)?;
        let done = HostDescriptor::stat_at(&mut self.wasi(), fd, follow, path).await;
        self.leave(&asked, done)
    }

    async fn set_times_at(
        &mut self,
        fd: Fd,
        follow: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        self.enter(&asked)?;
        if !follow.contains(PathFlags::SYMLINK_FOLLOW) {
            let done = HostDescriptor::set_times_at(&mut self.wasi(), fd, follow, path, accessed, modified).await;
            return self.leave(&asked, done);
        }
        // WASI's own opens the file, and waits where that is a pipe.
        let done = touch_below(self.dir(&fd)?, path, times(accessed, modified)?, None).await;
        Ok(self.or_denied(&asked, done)?)
    }

    async fn link_at(&mut self, fd: Fd, follow: PathFlags, old: String, to: Fd, new: String) -> FsResult<()> {
        let (from_asked, to_asked) = (Asked::below(&fd, &old, Touch::Write), Asked::below(&to, &new, Touch::Write));
        self.enter(&from_asked)?;
        self.enter(&to_asked)?;
        let done = HostDescriptor::link_at(&mut self.wasi(), fd, follow, old, to, new).await;
        self.leave(&from_asked, done)
    }

    async fn open_at(
        &mut self,
        fd: Fd,
        follow: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Fd> {
        let opening = self.opening(&fd, &path, manner(follow, open, flags))?;
        if asks_for_sync(flags) {
            Err(Refusal::Unsupported)?;
        }
        let opened = opening.open(None).await;
        Ok(self.opened(opened)?)
    }

    async fn readlink_at(&mut self, fd: Fd, path: String) -> FsResult<String> {
        let asked = Asked::below(&fd, &path, Touch::Read);
        self.enter(&asked)?;
        let done = HostDescriptor::readlink_at(&mut self.wasi(), fd, path).await;
        self.leave(&asked, done)
    }

    async fn remove_directory_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        self.enter(&asked)?;
        let done = HostDescriptor::remove_directory_at(&mut self.wasi(), fd, path).await;
        self.leave(&asked, done)
    }

    async fn rename_at(&mut self, fd: Fd, old: String, to: Fd, new: String) -> FsResult<()> {
        let (from_asked, to_asked) = (Asked::below(&fd, &old, Touch::Write), Asked::below(&to, &new, Touch::Write));
        self.enter(&from_asked)?;
        self.enter(&to_asked)?;
        let done = HostDescriptor::rename_at(&mut self.wasi(), fd, old, to, new).await;
        self.leave(&from_asked, done)
    }

    async fn symlink_at(&mut self, fd: Fd, target: String, path: String) -> FsResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        self.enter(&asked)?;
        if target.starts_with('/') {
            self.deny_target(&target);
            Err(Refusal::NotPermitted)?;
        }
        let done = HostDescriptor::symlink_at(&mut self.wasi(), fd, target, path).await;
        self.leave(&asked, done)
    }

    async fn unlink_file_at(&mut self, fd: Fd, path: String) -> FsResult<()> {
        let asked = Asked::below(&fd, &path, Touch::Write);
        self.enter(&asked)?;
        let done = HostDescriptor::unlink_file_at(&mut self.wasi(), fd, path).await;
        self.leave(&asked, done)
    }

    async fn is_same_object(&mut self, a: Fd, b: Fd) -> wasmtime::Result<bool> {
        HostDescriptor::is_same_object(&mut self.wasi(), a, b).await
    }

    async fn metadata_hash(&mut self, fd: Fd) -> FsResult<MetadataHashValue> {
        HostDescriptor::metadata_hash(&mut self.wasi(), fd).await
    }

    async fn metadata_hash_at(&mut self, fd: Fd, follow: PathFlags, path: String) -> FsResult<MetadataHashValue> {
        let asked = Asked::below(&fd, &path, Touch::Read);
        self.enter(&asked)?;
        let done = HostDescriptor::metadata_hash_at(&mut self.wasi(), fd, follow, path).await;
        self.leave(&asked, done)
    }

    fn drop(&mut self, fd: Fd) -> wasmtime::Result<()> {
        self.close(fd)
    }
}

impl HostDirectoryEntryStream for FilesView<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        HostDirectoryEntryStream::read_directory_entry(&mut self.wasi(), stream).await
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.state.listings.remove(&stream.rep());
        HostDirectoryEntryStream::drop(&mut self.wasi(), stream)
    }
}
