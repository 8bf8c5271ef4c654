//! Compiled components that are kept.
#![cfg(unix)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use flyte_host::run::Limits;
use flyte_host::{CompileCache, Host, HostBuilder, LoadEvent, PoolSize};
use flyte_host_artifacts::{LOGS, TYPES};
use futures::future::join_all;
use tempfile::TempDir;

/// A directory for a cache, and what hosts that use it tell of their loading.
struct Watched {
    dir: TempDir,
    told: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), told: Arc::default() }
    }

    fn cache(&self) -> CompileCache {
        CompileCache::open(self.dir.path().join("cache")).unwrap()
    }

    fn host(&self, component: &str) -> HostBuilder {
        let told = Arc::clone(&self.told);
        let tell = move |event: &LoadEvent<'_>| {
            let word = match event {
                LoadEvent::Compiled { .. } => "compiled".to_owned(),
                LoadEvent::Cached { .. } => "cached".to_owned(),
                LoadEvent::BadEntry { reason, .. } => format!("bad: {reason}"),
                LoadEvent::NotKept { reason, .. } => format!("not kept: {reason}"),
                // How busy the machine is does not matter.
                _ => return,
            };
            told.lock().unwrap().push(word);
        };
        let pool = PoolSize { instances: 4 };
        Host::builder().pool(pool).load(component).compile_cache(self.cache()).watch_loading(tell)
    }

    /// Builds a host with the component, runs one of its tasks, and gives what was told.
    async fn load(&self, builder: HostBuilder) -> Vec<String> {
        let host = builder.build().await.unwrap();
        let echoed = host.run("echo_string", r#"{"value":"a"}"#).await;
        assert_eq!(echoed.unwrap().as_str(), r#""a""#);
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    fn entries(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.cache().dir()).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_host_finds_what_the_first_one_compiled() {
    let watched = Watched::new();
    assert_eq!(watched.load(watched.host(TYPES)).await, ["compiled"]);
    assert_eq!(watched.load(watched.host(TYPES)).await, ["cached"]);
    // By its bytes, not by its name.
    let copy = watched.dir.path().join("copy.wasm");
    std::fs::copy(TYPES, &copy).unwrap();
    assert_eq!(watched.load(watched.host(copy.to_str().unwrap())).await, ["cached"]);
    // Code that counts instructions is other code.
    let metered = || watched.host(TYPES).limits(Limits { max_fuel: Some(u64::MAX), ..Limits::default() });
    assert_eq!(watched.load(metered()).await, ["compiled"]);
    assert_eq!(watched.load(metered()).await, ["cached"]);
    assert_eq!(watched.cache().contents().unwrap().components, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_hosts_at_once_one_compiles() {
    let watched = Watched::new();
    let hosts = join_all((0..8).map(|_| watched.host(LOGS).build())).await;
    assert!(hosts.iter().all(Result::is_ok));
    let mut told = watched.told.lock().unwrap().clone();
    told.sort_unstable();
    assert_eq!((told.len(), told.iter().filter(|word| *word == "compiled").count()), (8, 1), "{told:?}");
    assert_eq!(watched.entries().len(), 1, "something is left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_entry_is_told_and_compiled_anew() {
    let watched = Watched::new();
    watched.load(watched.host(TYPES)).await;
    let entry = watched.entries().remove(0);
    let mut bytes = std::fs::read(&entry).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&entry, bytes).unwrap();
    assert_eq!(watched.load(watched.host(TYPES)).await, ["bad: is damaged: its checksum is wrong", "compiled"]);
    assert_eq!(watched.load(watched.host(TYPES)).await, ["cached"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_told_once_and_runs() {
    let watched = Watched::new();
    let cache = watched.cache();
    // Not even the superuser can write where there is no directory any more.
    std::fs::remove_dir(cache.dir()).unwrap();
    let both = watched.host(TYPES).compile_cache(cache).load(LOGS);
    let told = watched.load(both).await;
    assert!(told[0] == "compiled" && told[1].starts_with("not kept: cannot write to the directory"), "{told:?}");
    assert_eq!(told[2..], ["compiled"]);
}
