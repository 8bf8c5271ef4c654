//! Compiled components that are kept.
#![cfg(unix)]

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flyte_host::run::Limits;
use flyte_host::{CompileCache, Host, HostBuilder, LoadEvent, PoolSize, RunRequest};
use flyte_host_artifacts::{LOGS, TYPES};
use futures::future::join_all;
use tempfile::TempDir;

fn word(what: &str, quick: bool) -> String {
    if quick { format!("{what} quickly") } else { what.to_owned() }
}

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
                LoadEvent::Compiled { quick, .. } => word("compiled", *quick),
                LoadEvent::Cached { quick, .. } => word("cached", *quick),
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

    /// Loads the component as a command does.
    async fn quickly(&self) -> Vec<String> {
        self.load(self.host(TYPES).compile_quickly()).await
    }

    /// Takes the right to optimise the component, as another process might. Its file stays, as that of one that died.
    async fn optimise_elsewhere(&self) -> File {
        self.load(self.host(TYPES)).await;
        let lock = self.entries().remove(0).with_extension("lock");
        self.cache().clear().unwrap();
        let file = File::options().append(true).create_new(true).open(lock).unwrap();
        file.lock().unwrap();
        file
    }

    /// Waits for who optimises in this process, until there is one entry and nothing else.
    async fn is_optimised(&self) {
        let since = Instant::now();
        let is_done = || {
            let contents = self.cache().contents().unwrap();
            (contents.components, contents.quick, self.entries().len()) == (1, 0, 1)
        };
        while !is_done() {
            // It is optimised at the lowest priority: on a busy machine, late.
            assert!(since.elapsed() < Duration::from_secs(900), "{:?}", self.entries());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
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
async fn quick_code_is_used_until_it_is_optimised() {
    let watched = Watched::new();
    let elsewhere = watched.optimise_elsewhere().await;
    assert_eq!(watched.quickly().await, ["compiled quickly"]);
    assert_eq!(watched.quickly().await, ["cached quickly"]);
    assert_eq!(watched.cache().contents().unwrap().quick, 1);
    // The other one dies.
    drop(elsewhere);
    assert_eq!(watched.quickly().await, ["cached quickly"]);
    watched.is_optimised().await;
    assert_eq!(watched.quickly().await, ["cached"]);
    assert_eq!(watched.load(watched.host(TYPES)).await, ["cached"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_may_take_its_time_has_no_use_for_quick_code() {
    let watched = Watched::new();
    let elsewhere = watched.optimise_elsewhere().await;
    assert_eq!(watched.quickly().await, ["compiled quickly"]);
    drop(elsewhere);
    assert_eq!(watched.load(watched.host(TYPES)).await, ["compiled"]);
    assert_eq!(watched.quickly().await, ["cached"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_too_often_is_waited_for() {
    let watched = Watched::new();
    let mut elsewhere = watched.optimise_elsewhere().await;
    assert_eq!(watched.quickly().await, ["compiled quickly"]);
    // A byte for each attempt.
    elsewhere.write_all(b"...").unwrap();
    drop(elsewhere);
    let host = watched.host(TYPES).compile_quickly().build().await.unwrap();
    host.optimised().await;
    let contents = watched.cache().contents().unwrap();
    assert_eq!((contents.components, contents.quick), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_code_is_seen_whether_it_is_quick_or_optimised() {
    let watched = Watched::new();
    let damage = || {
        let mut entries = watched.entries();
        entries.retain(|entry| entry.extension().is_some_and(|kind| kind == "compiled"));
        let mut bytes = std::fs::read(&entries[0]).unwrap();
        bytes[1000] ^= 1;
        std::fs::write(&entries[0], bytes).unwrap();
    };
    let is_seen = ["bad: is damaged: its checksum is wrong", "compiled quickly"];
    let elsewhere = watched.optimise_elsewhere().await;
    watched.quickly().await;
    damage();
    assert_eq!(watched.quickly().await, is_seen);
    drop(elsewhere);
    watched.quickly().await;
    watched.is_optimised().await;
    damage();
    assert_eq!(watched.quickly().await, is_seen);
    watched.is_optimised().await;
    assert_eq!(watched.quickly().await, ["cached"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_hosts_at_once_one_compiles_quickly_and_one_optimises() {
    let watched = Watched::new();
    let hosts = join_all((0..8).map(|_| watched.host(TYPES).compile_quickly().build())).await;
    assert!(hosts.iter().all(Result::is_ok));
    let told = watched.told.lock().unwrap().clone();
    assert_eq!((told.len(), told.iter().filter(|word| word.starts_with("compiled")).count()), (8, 1), "{told:?}");
    watched.is_optimised().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_code_counts_the_same_instructions() {
    let watched = Watched::new();
    let metered = || watched.host(TYPES).limits(Limits { max_fuel: Some(u64::MAX), ..Limits::default() });
    let quick = metered().compile_quickly().build().await.unwrap();
    let optimised = metered().build().await.unwrap();
    let (mut enough, mut too_little) = (1 << 32, 0);
    let suffices = async |host: &Host, fuel| {
        let limits = Limits { max_fuel: Some(fuel), ..Limits::default() };
        let request = RunRequest::new("echo_string", r#"{"value":"a"}"#).limits(limits);
        host.start(request).outcome().await.result.is_ok()
    };
    while enough - too_little > 1 {
        let between = u64::midpoint(enough, too_little);
        *if suffices(&optimised, between).await { &mut enough } else { &mut too_little } = between;
    }
    assert!(suffices(&quick, enough).await && !suffices(&quick, too_little).await);
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
