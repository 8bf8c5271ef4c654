//! Compiled code that waits in the cache, and is not what the host put there.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use flyte_host::{CompileCache, Host, LoadEvent, PoolSize};
use tempfile::TempDir;

use crate::bytes::scattered;
use crate::frame;
use crate::house::{patient, told};

/// A cache that has the code of one small component.
struct Poisoned {
    above: TempDir,
    cache: CompileCache,
    component: Vec<u8>,
    entry: PathBuf,
    good: Vec<u8>,
}

impl Poisoned {
    async fn new() -> Self {
        let above = tempfile::tempdir().unwrap();
        let cache = CompileCache::open(above.path().join("cache")).unwrap();
        let component = frame::component("calm", "");
        assert_eq!(load(&cache, &component, false).await, ["compiled"]);
        assert_eq!(load(&cache, &component, false).await, ["cached"]);
        let entry = only_file(&cache);
        let good = fs::read(&entry).unwrap();
        Self { above, cache, component, entry, good }
    }

    /// Whatever is there in place of the code is seen, and is the host's own again after that.
    async fn is_healed(&self) {
        assert_eq!(load(&self.cache, &self.component, false).await, ["bad", "compiled"]);
        assert_eq!(only_file(&self.cache), self.entry);
    }

    async fn is_healed_of(&self, bytes: &[u8]) {
        fs::write(&self.entry, bytes).unwrap();
        self.is_healed().await;
    }

    /// Puts something else in the place of the file.
    async fn is_healed_of_place(&self, place: impl FnOnce(&Path)) {
        fs::remove_file(&self.entry).unwrap();
        place(&self.entry);
        self.is_healed().await;
    }
}

fn only_file(cache: &CompileCache) -> PathBuf {
    let mut files = fs::read_dir(cache.dir()).unwrap();
    let only = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    only
}

/// Loads the component, runs its task, and gives what was told of the cache.
async fn load(cache: &CompileCache, component: &[u8], metered: bool) -> Vec<&'static str> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let tell = move |event: &LoadEvent<'_>| {
        let word = match event {
            LoadEvent::Compiled { .. } => "compiled",
            LoadEvent::Cached { .. } => "cached",
            LoadEvent::BadEntry { .. } => "bad",
            LoadEvent::NotKept { .. } => "not kept",
            _ => return,
        };
        sink.lock().unwrap().push(word);
    };
    let mut limits = patient();
    limits.max_fuel = metered.then_some(u64::MAX);
    let builder = Host::builder().pool(PoolSize { instances: 2 }).limits(limits).compile_cache(cache.clone());
    let host = builder.watch_loading(tell).load_bytes("calm.wasm", component).build().await;
    let host = host.unwrap_or_else(|error| panic!("{}", told(&error)));
    host.run("calm", "{}").await.unwrap();
    std::mem::take(&mut *seen.lock().unwrap())
}

attacks! {
    flipped_bits_in_compiled_code: "compiled components on the disk with a bit changed here and there, in a hundred ways"
        => "a checksum over the code, and a key, are checked at each use; what is bad is compiled anew", {
        let poisoned = Poisoned::new().await;
        let mut next = scattered(11);
        let length = poisoned.good.len();
        // What follows the code is in the last bytes.
        for at in (0..80).map(|_| next(length)).chain((length - 80..length).step_by(4)).collect::<Vec<_>>() {
            let mut bytes = poisoned.good.clone();
            bytes[at] ^= 1 << next(8);
            poisoned.is_healed_of(&bytes).await;
        }
    }

    truncated_compiled_code: "compiled components on the disk that break off, or are something else"
        => "the size, the format and a checksum are checked at each use", {
        let poisoned = Poisoned::new().await;
        let good = &poisoned.good;
        for length in (0..good.len()).step_by(good.len() / 20) {
            poisoned.is_healed_of(&good[..length]).await;
        }
        poisoned.is_healed_of(&[&good[..], good].concat()[1..]).await;
        poisoned.is_healed_of(&vec![0; good.len()]).await;
        poisoned.is_healed_of(&poisoned.component).await;
        poisoned.is_healed_of(&fs::read(std::env::current_exe().unwrap()).unwrap()[..100_000]).await;
    }

    swapped_compiled_code: "the compiled code of another component, or for other settings, under a component's name"
        => "each entry has the key that it was written for: component, version, settings", {
        let poisoned = Poisoned::new().await;
        let other = CompileCache::open(poisoned.above.path().join("other")).unwrap();
        load(&other, &frame::component("calm", "(func $more)"), false).await;
        poisoned.is_healed_of(&fs::read(only_file(&other)).unwrap()).await;
        other.clear().unwrap();
        load(&other, &poisoned.component, true).await;
        poisoned.is_healed_of(&fs::read(only_file(&other)).unwrap()).await;
    }

    planted_in_the_cache: "a link, a pipe, a directory, or a file that others can write, in place of compiled code"
        => "only regular files that this user alone can write are used, and no link is followed", {
        let poisoned = Poisoned::new().await;
        let elsewhere = poisoned.above.path().join("elsewhere");
        fs::write(&elsewhere, &poisoned.good).unwrap();
        poisoned.is_healed_of_place(|entry| symlink(&elsewhere, entry).unwrap()).await;
        poisoned.is_healed_of_place(|entry| symlink("/dev/zero", entry).unwrap()).await;
        poisoned.is_healed_of_place(|entry| fs::create_dir(entry).unwrap()).await;
        let pipe = |entry: &Path| assert!(Command::new("mkfifo").arg(entry).status().unwrap().success());
        poisoned.is_healed_of_place(pipe).await;
        fs::set_permissions(&poisoned.entry, fs::Permissions::from_mode(0o666)).unwrap();
        poisoned.is_healed().await;
        assert_eq!(fs::read(&elsewhere).unwrap(), poisoned.good);
        let dir = poisoned.cache.dir();
        fs::set_permissions(dir, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(CompileCache::open(dir).is_err());
    }
}
