//! Entries that are good, and all kinds that are not.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, OptLevel};

use super::*;

/// A cache with one component in it.
struct Kept {
    _above: TempDir,
    dir: PathBuf,
    cache: CompileCache,
    engine: Engine,
    key: Key,
}

/// A component that differs by its number.
fn component(engine: &Engine, number: u32) -> Component {
    let text = format!(
        r#"(component (core module $m (func (export "f") (result i32) i32.const {number}))
            (core instance $i (instantiate $m)) (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
    );
    Component::new(engine, text).unwrap()
}

fn key(engine: &Engine, number: u8) -> Key {
    Key::new(engine, &[number; 32])
}

impl Kept {
    fn new() -> Self {
        let above = tempfile::tempdir().unwrap();
        let dir = above.path().join("cache");
        let cache = CompileCache::open(&dir).unwrap();
        let engine = Engine::default();
        let key = key(&engine, 1);
        let kept = Self { _above: above, dir, cache, engine, key };
        kept.put();
        kept
    }

    fn put(&self) {
        self.cache.put(&self.key, &component(&self.engine, 1)).unwrap();
    }

    fn entry(&self) -> PathBuf {
        self.cache.path_of(&self.key)
    }

    fn get(&self) -> Result<bool, BadEntry> {
        self.cache.get(&self.engine, &self.key).map(|found| found.is_some())
    }

    /// A bad entry is told of once, is gone then, and is replaced.
    #[track_caller]
    fn is_bad_once(&self) -> BadEntry {
        let reason = self.get().unwrap_err();
        assert!(!self.get().unwrap(), "it is there still");
        self.put();
        assert!(self.get().unwrap(), "it is not replaced");
        reason
    }

    fn files(&self) -> Vec<String> {
        let files = fs::read_dir(&self.dir).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }
}

#[test]
fn what_was_put_is_found_until_it_is_cleared() {
    let kept = Kept::new();
    assert!(kept.get().unwrap());
    assert!(kept.cache.get(&kept.engine, &key(&kept.engine, 2)).unwrap().is_none());
    let contents = kept.cache.contents().unwrap();
    assert_eq!((contents.components, contents.bytes), (1, kept.entry().metadata().unwrap().len()));
    assert_eq!(kept.entry().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(kept.cache.clear().unwrap(), contents);
    assert!(!kept.get().unwrap());
    assert!(kept.files().is_empty());
}

#[test]
fn a_bit_that_flips_is_seen_wherever_it_is() {
    let kept = Kept::new();
    let good = fs::read(kept.entry()).unwrap();
    let code = good.len() - 68;
    // Every byte of what follows the code, and bytes all over the code.
    for at in (0..code).step_by(code / 500).chain(code..good.len()) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(kept.entry(), bad).unwrap();
        let reason = kept.get().expect_err("a byte differs");
        match at {
            _ if at < code => assert!(matches!(reason, BadEntry::Checksum), "{at}: {reason}"),
            _ => assert!(!matches!(reason, BadEntry::Engine(_)), "{at}: {reason}"),
        }
        assert!(!kept.entry().exists());
    }
    fs::write(kept.entry(), good).unwrap();
    assert!(kept.get().unwrap());
}

#[test]
fn a_file_that_breaks_off_or_goes_on_is_seen() {
    let kept = Kept::new();
    let good = fs::read(kept.entry()).unwrap();
    for length in [0, 1, 67, 68, 69, good.len() / 2, good.len() - 68, good.len() - 1] {
        fs::write(kept.entry(), &good[..length]).unwrap();
        kept.is_bad_once();
    }
    fs::write(kept.entry(), [&good[..], b"\0"].concat()).unwrap();
    assert!(matches!(kept.is_bad_once(), BadEntry::Format));
    // What comes after a file that grew in its middle is in its place.
    fs::write(kept.entry(), [&good[..4096], &good[..]].concat()).unwrap();
    assert!(matches!(kept.is_bad_once(), BadEntry::Size));
    fs::write(kept.entry(), vec![0; good.len()]).unwrap();
    assert!(matches!(kept.is_bad_once(), BadEntry::Format));
}

#[test]
fn an_entry_of_another_component_or_of_other_settings_is_seen() {
    let kept = Kept::new();
    let other = key(&kept.engine, 2);
    kept.cache.put(&other, &component(&kept.engine, 2)).unwrap();
    fs::rename(kept.cache.path_of(&other), kept.entry()).unwrap();
    assert!(matches!(kept.is_bad_once(), BadEntry::Foreign));

    let metered = Engine::new(Config::new().consume_fuel(true)).unwrap();
    let foreign = key(&metered, 1);
    kept.cache.put(&foreign, &component(&metered, 1)).unwrap();
    fs::rename(kept.cache.path_of(&foreign), kept.entry()).unwrap();
    assert!(matches!(kept.is_bad_once(), BadEntry::Foreign));
}

#[test]
fn the_engine_looks_at_the_settings_too() {
    let kept = Kept::new();
    // As one would be that was put under a wrong key.
    let metered = Engine::new(Config::new().consume_fuel(true)).unwrap();
    kept.cache.put(&kept.key, &component(&metered, 1)).unwrap();
    assert!(matches!(kept.is_bad_once(), BadEntry::Engine(_)));
}

#[test]
fn what_is_no_file_of_this_users_own_is_not_touched_by_reading() {
    let kept = Kept::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let good = elsewhere.path().join("good");
    fs::copy(kept.entry(), &good).unwrap();
    let replaced = |place: &dyn Fn(&Path)| {
        fs::remove_file(kept.entry()).unwrap();
        place(&kept.entry());
        kept.is_bad_once()
    };
    assert!(matches!(replaced(&|entry| symlink(&good, entry).unwrap()), BadEntry::NoFile));
    assert!(good.exists(), "a link was followed");
    assert!(matches!(replaced(&|entry| symlink("nowhere", entry).unwrap()), BadEntry::NoFile));
    assert!(matches!(replaced(&|entry| fs::create_dir(entry).unwrap()), BadEntry::NoFile));
    // Nobody ever writes to it: whoever waited for that would wait forever.
    let fifo = |entry: &Path| assert!(Command::new("mkfifo").arg(entry).status().unwrap().success());
    assert!(matches!(replaced(&fifo), BadEntry::NoFile));
    let socket = |entry: &Path| drop(std::os::unix::net::UnixListener::bind(entry).unwrap());
    assert!(matches!(replaced(&socket), BadEntry::NoFile));

    fs::set_permissions(kept.entry(), fs::Permissions::from_mode(0o620)).unwrap();
    assert!(matches!(kept.is_bad_once(), BadEntry::Writable));
}

#[test]
fn a_directory_with_something_in_it_stays_and_is_told_to_be_in_the_way_once() {
    let kept = Kept::new();
    fs::remove_file(kept.entry()).unwrap();
    fs::create_dir(kept.entry()).unwrap();
    fs::write(kept.entry().join("mine"), "").unwrap();
    let component = component(&kept.engine, 1);
    assert!(matches!(kept.get(), Err(BadEntry::NoFile)));
    assert!(matches!(kept.cache.put(&kept.key, &component), Err(CacheError::Write { .. })));
    assert!(kept.cache.put(&kept.key, &component).is_ok(), "it was told twice");
    assert!(kept.entry().join("mine").exists());
    assert_eq!(kept.files().len(), 1, "something is left behind");
}

#[test]
fn a_directory_that_is_not_private_is_refused() {
    let above = tempfile::tempdir().unwrap();
    let made = above.path().join("a/b/c");
    assert!(CompileCache::open(&made).is_ok());
    assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    for mode in [0o777, 0o755, 0o750, 0o701] {
        fs::set_permissions(&made, fs::Permissions::from_mode(mode)).unwrap();
        let Err(CacheError::Mode { mode: told, .. }) = CompileCache::open(&made) else { panic!("{mode:o}") };
        assert_eq!(told, mode);
    }
    fs::set_permissions(&made, fs::Permissions::from_mode(0o700)).unwrap();
    let link = above.path().join("link");
    symlink(&made, &link).unwrap();
    for path in [link.clone(), link.join(""), link.join(".")] {
        assert!(matches!(CompileCache::open(path), Err(CacheError::Link { .. })));
    }
    let file = above.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(CompileCache::open(file), Err(CacheError::Open { .. })));
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let kept = Kept::new();
    let size = kept.entry().metadata().unwrap().len();
    let cache = CompileCache::open(&kept.dir).unwrap().max_size(3 * size + size / 2);
    let place = |number: u8| cache.path_of(&key(&kept.engine, number));
    let put = |number: u8| cache.put(&key(&kept.engine, number), &component(&kept.engine, number.into())).unwrap();
    let age = |number: u8, hours: u64| {
        let then = SystemTime::now() - Duration::from_secs(3600 * hours);
        fs::File::options().write(true).open(place(number)).unwrap().set_modified(then).unwrap();
    };
    put(2);
    put(3);
    age(1, 3);
    age(2, 2);
    age(3, 1);
    assert!(kept.get().unwrap(), "it is used, and so not the oldest any more");
    put(4);
    assert_eq!([1, 2, 3, 4].map(|number| place(number).exists()), [true, false, true, true]);

    // One that has no room is not kept, and takes that of no other.
    let small = cache.clone().max_size(size - 1);
    small.put(&key(&kept.engine, 5), &component(&kept.engine, 5)).unwrap();
    assert_eq!([1, 3, 4, 5].map(|number| place(number).exists()), [true, true, true, false]);
}

#[test]
fn a_component_that_is_loaded_outlives_its_entry() {
    let kept = Kept::new();
    let loaded = kept.cache.get(&kept.engine, &kept.key).unwrap().unwrap();
    kept.cache.clear().unwrap();
    let mut store = wasmtime::Store::new(&kept.engine, ());
    let instance = wasmtime::component::Linker::new(&kept.engine).instantiate(&mut store, &loaded).unwrap();
    let f = instance.get_typed_func::<(), (u32,)>(&mut store, "f").unwrap();
    assert_eq!(f.call(&mut store, ()).unwrap(), (1,));
}

#[test]
fn one_has_the_lock_and_takes_its_file_along() {
    let kept = Kept::new();
    let lock = kept.cache.try_lock(&kept.key).unwrap().expect("nobody has it");
    let again = CompileCache::open(&kept.dir).unwrap();
    assert!(again.try_lock(&kept.key).unwrap().is_none());
    assert!(again.try_lock(&key(&kept.engine, 2)).unwrap().is_some());
    // Who clears leaves a lock that somebody has.
    again.clear().unwrap();
    assert!(again.try_lock(&kept.key).unwrap().is_none());
    drop(lock);
    assert!(kept.files().is_empty());
    assert!(again.try_lock(&kept.key).unwrap().is_some());
}

#[test]
fn attempts_are_counted_until_one_ends() {
    let kept = Kept::new();
    let lock = || kept.cache.try_lock(&kept.key).unwrap().expect("nobody has it");
    for before in 0..3 {
        let lock = lock();
        assert_eq!(lock.note_attempt().unwrap(), before);
        // As where the process ends: the system takes the lock, and the file stays.
        lock.abandon();
    }
    drop(lock());
    assert_eq!(lock().note_attempt().unwrap(), 0);
}

#[test]
fn quick_code_is_counted_and_has_a_key_of_its_own() {
    let kept = Kept::new();
    let quick = Engine::new(Config::new().cranelift_opt_level(OptLevel::None)).unwrap();
    let key = Key::quick(&quick, &[1; 32]);
    assert!(!kept.cache.has(&key));
    kept.cache.put(&key, &component(&quick, 1)).unwrap();
    let contents = kept.cache.contents().unwrap();
    assert_eq!((contents.components, contents.quick), (2, 1));
    // An engine that optimises takes it.
    assert!(kept.cache.get(&kept.engine, &key).unwrap().is_some());
    kept.cache.remove(&key);
    assert!(!kept.cache.has(&key) && kept.get().unwrap());
}

#[test]
fn only_what_is_the_caches_own_is_removed() {
    let kept = Kept::new();
    let (dir, key) = (&kept.dir, kept.key.to_string());
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("target");
    fs::write(&target, "").unwrap();
    fs::write(dir.join("notes.txt"), "").unwrap();
    fs::write(dir.join("short.compiled"), "").unwrap();
    symlink(&target, dir.join(format!("{key}.1.partial"))).unwrap();
    fs::create_dir(dir.join("results")).unwrap();
    for own in [format!("{key}.7-1.partial"), format!("{key}.lock")] {
        fs::write(dir.join(own), "12345").unwrap();
    }
    assert_eq!(kept.cache.clear().unwrap().components, 1);
    let mut left = kept.files();
    left.sort();
    assert_eq!(left, [format!("{key}.1.partial").as_str(), "notes.txt", "results", "short.compiled"]);
    assert!(target.exists());
}

#[test]
fn what_a_process_left_that_died_goes_after_a_while() {
    let kept = Kept::new();
    let name = |number: u8| kept.dir.join(format!("{}.{number}.partial", kept.key));
    let old = SystemTime::now() - Duration::from_secs(3600);
    for number in [1, 2] {
        fs::write(name(number), "").unwrap();
    }
    fs::File::options().write(true).open(name(1)).unwrap().set_modified(old).unwrap();
    kept.put();
    assert_eq!([1, 2].map(|number| name(number).exists()), [false, true]);
}
