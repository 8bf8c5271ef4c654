//! The cache: where entries are found, checked, loaded and put.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::disk::PrivateDir;
use crate::engine::aot::bound::{self, Counted, ENTRY, LOCK, PARTIAL};
use crate::engine::aot::{BadEntry, CacheError, Key, Lock, entry};

/// Keeps compiled components in a directory, so that each is compiled once and mapped from then on, by however many
/// processes. Cheap to clone.
///
/// The directory has to be private: whoever can write to it can have any code executed. It is made so; one that is
/// there already and is another user's, a symbolic link, or open to others is refused. Entries are checked before they
/// are used. They are not proof against whoever can write as the same user.
#[derive(Debug, Clone)]
pub struct CompileCache {
    dir: Arc<PrivateDir>,
    max_size: u64,
    /// Whether something could not be written: it is not tried again.
    broken: Arc<AtomicBool>,
}

/// What a [`CompileCache`] has, or had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheContents {
    /// How many compiled components.
    pub components: u64,
    /// Those of them that were compiled quickly, and are not optimised yet.
    pub quick: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

impl CompileCache {
    /// How many bytes are kept at most where [`CompileCache::max_size`] does not say.
    pub const DEFAULT_MAX_SIZE: u64 = 1 << 30;

    /// The cache in this directory, which is made if it is missing.
    ///
    /// # Errors
    /// [`CacheError`], where the directory can't be had, or is not private.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, CacheError> {
        let dir = Arc::new(PrivateDir::open(dir.as_ref())?);
        Ok(Self { dir, max_size: Self::DEFAULT_MAX_SIZE, broken: Arc::default() })
    }

    /// How many bytes are kept at most. What was used longest ago goes first.
    #[must_use]
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.max_size = bytes;
        self
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What it has.
    ///
    /// # Errors
    /// [`CacheError::List`].
    pub fn contents(&self) -> Result<CacheContents, CacheError> {
        bound::count(&self.dir).map(CacheContents::from).map_err(|source| self.not_listed(source))
    }

    /// Removes all it has, and tells what that was. Whoever has a component of it loaded keeps it, and who compiles at
    /// that time is not disturbed. What is not the cache's own is left alone, and no link is followed.
    ///
    /// # Errors
    /// [`CacheError::List`], [`CacheError::Remove`].
    pub fn clear(&self) -> Result<CacheContents, CacheError> {
        bound::clear(&self.dir).map(CacheContents::from).map_err(|(name, source)| match name.is_empty() {
            true => self.not_listed(source),
            false => CacheError::Remove { path: self.dir().join(name), source },
        })
    }

    fn not_listed(&self, source: io::Error) -> CacheError {
        CacheError::List { path: self.dir().to_owned(), source }
    }

    /// The compiled component with this key, if there is one. A bad entry is removed.
    pub(in crate::engine) fn get(&self, engine: &Engine, key: &Key) -> Result<Option<Component>, BadEntry> {
        let name = format!("{key}{ENTRY}");
        let loaded = self.load(engine, key, &name);
        if loaded.is_err() {
            // Where it can't be removed it is replaced, or told to be in the way.
            let _ = self.dir.remove(&name);
        }
        loaded
    }

    fn load(&self, engine: &Engine, key: &Key, name: &str) -> Result<Option<Component>, BadEntry> {
        let Some((file, size)) = self.dir.read(name)? else { return Ok(None) };
        entry::check(&file, size, key)?;
        // Used just now: it goes last. Where this can't be noted, it goes earlier.
        let _ = file.set_modified(SystemTime::now());
        deserialize(engine, &self.dir.path_of(&file, name)).map(Some)
    }

    /// Where the entry of this key is.
    pub(in crate::engine) fn path_of(&self, key: &Key) -> PathBuf {
        self.dir().join(format!("{key}{ENTRY}"))
    }

    /// Whether there is an entry of this key, good or not.
    pub(in crate::engine) fn has(&self, key: &Key) -> bool {
        matches!(self.dir.read(&format!("{key}{ENTRY}")), Ok(Some(_)))
    }

    /// Removes the entry of this key, which is not needed any more.
    pub(in crate::engine) fn remove(&self, key: &Key) {
        // One that stays goes when there is no room for it.
        let _ = self.dir.remove(&format!("{key}{ENTRY}"));
    }

    /// The right to compile what this key stands for; `None` while somebody else has it.
    pub(in crate::engine) fn try_lock(&self, key: &Key) -> io::Result<Option<Lock>> {
        Lock::try_new(&self.dir, format!("{key}{LOCK}"))
    }

    /// Keeps a compiled component, and removes others where there are too many bytes. What is larger than all that may
    /// be kept is not kept.
    ///
    /// # Errors
    /// [`CacheError::Write`], once: after that nothing is written any more.
    pub(in crate::engine) fn put(&self, key: &Key, component: &Component) -> Result<(), CacheError> {
        self.put_with(key, || component.serialize())
    }

    /// Keeps what was compiled for later, as [`CompileCache::put`] does.
    ///
    /// # Errors
    /// [`CacheError::Write`], once.
    pub(in crate::engine) fn put_code(&self, key: &Key, code: Vec<u8>) -> Result<(), CacheError> {
        self.put_with(key, || Ok(code))
    }

    fn put_with(&self, key: &Key, code: impl FnOnce() -> wasmtime::Result<Vec<u8>>) -> Result<(), CacheError> {
        if self.broken.load(Ordering::Relaxed) {
            return Ok(());
        }
        let put = code().map_err(io::Error::other).and_then(|code| self.write(key, &code));
        match put {
            Err(source) if !self.broken.swap(true, Ordering::Relaxed) => {
                Err(CacheError::Write { path: self.dir().to_owned(), source })
            }
            _ => Ok(()),
        }
    }

    fn write(&self, key: &Key, code: &[u8]) -> io::Result<()> {
        if entry::size_of(code) > self.max_size {
            return Ok(());
        }
        let partial = format!("{key}.{}-{:x}{PARTIAL}", std::process::id(), fastrand::u64(..));
        let mut file = self.dir.create(&partial)?;
        let written = entry::write(&mut file, key, code);
        match written.and_then(|()| self.dir.rename(&partial, &format!("{key}{ENTRY}"))) {
            // Somebody cleared the cache in the meantime.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => {
                let _ = self.dir.remove(&partial);
                Err(error)
            }
            Ok(()) => bound::shrink(&self.dir, self.max_size),
        }
    }
}

impl From<Counted> for CacheContents {
    fn from(counted: Counted) -> Self {
        Self { components: counted.entries, quick: counted.quick, bytes: counted.bytes }
    }
}

/// Loads what `compiler` makes of a component: an engine like `engine` but for how it compiles.
///
/// # Errors
/// What wasmtime says against the component.
pub(in crate::engine) fn compile_by(
    compiler: &Engine,
    engine: &Engine,
    component: &[u8],
) -> wasmtime::Result<Component> {
    let code = compiler.precompile_component(component)?;
    load_own(engine, &code)
}

#[expect(unsafe_code, reason = "wasmtime trusts compiled code, and says so")]
fn load_own(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: wasmtime must have made the code. It just did, in this process; whether the settings go together it checks.
    unsafe { Component::deserialize(engine, code) }
}

/// Maps the compiled component at `path`, a file that [`entry::check`] let through.
#[expect(unsafe_code, reason = "wasmtime trusts compiled code, and says so")]
fn deserialize(engine: &Engine, path: &Path) -> Result<Component, BadEntry> {
    // SAFETY: wasmtime must have made the code, in this version and with these settings, and nobody may have changed it.
    // Only this user can have written the file: so it was this module, which writes what wasmtime made, under a key of
    // version and settings. Key and checksum were right a moment ago. Files are replaced, and never written to again.
    let component = unsafe { Component::deserialize_file(engine, path) };
    component.map_err(|error| BadEntry::Engine(format!("{error:#}")))
}
