//! From a component's bytes to code: out of the cache, or by the compiler, once for all who ask at the same time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{sleep, timeout};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine::aot::{CacheError, CompileCache, Key, Lock};
use crate::engine::{LoadError, LoadEvent, LoadTerms};

/// What takes longer is told.
const NOTABLE: Duration = Duration::from_millis(500);

/// How long one waits for somebody else who compiles the same component, before one compiles it too.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long one waits before one looks again, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));

/// A component that is to be compiled.
pub(super) struct Source<'s> {
    pub(super) path: &'s Path,
    pub(super) bytes: Arc<[u8]>,
    /// SHA-256 of the bytes.
    pub(super) digest: &'s [u8; 32],
}

/// Where a compiled component is kept.
#[derive(Clone)]
struct Place {
    cache: CompileCache,
    key: Key,
}

/// The compiled component.
///
/// # Errors
/// [`LoadError::Compile`], [`LoadError::CompileTime`].
pub(super) async fn component(
    engine: &Engine,
    source: Source<'_>,
    terms: &LoadTerms,
) -> Result<Component, LoadError> {
    let Some(cache) = terms.cache.clone() else {
        return compile(engine, source, terms, None).await;
    };
    let place = Place { cache, key: Key::new(engine, source.digest) };
    if let Some(component) = cached(engine, source.path, &place, terms).await? {
        return Ok(component);
    }
    // Held until the entry is there, for those who wait.
    let lock = turn(source.path, &place, terms).await;
    if let Some(component) = cached(engine, source.path, &place, terms).await? {
        return Ok(component);
    }
    let compiled = compile(engine, source, terms, Some(place)).await;
    drop(lock);
    compiled
}

/// What the cache has.
async fn cached(
    engine: &Engine,
    path: &Path,
    place: &Place,
    terms: &LoadTerms,
) -> Result<Option<Component>, LoadError> {
    let since = Instant::now();
    let (engine, look) = (engine.clone(), place.clone());
    let found = spawn_blocking(move || look.cache.get(&engine, &look.key)).await;
    match found.map_err(|panic| failed(path, panic))? {
        Ok(Some(component)) => {
            terms.watch.tell(&LoadEvent::Cached { path, took: since.elapsed() });
            Ok(Some(component))
        }
        Ok(None) => Ok(None),
        Err(reason) => {
            let entry = place.cache.path_of(&place.key);
            terms.watch.tell(&LoadEvent::BadEntry { path, entry: &entry, reason: &reason });
            Ok(None)
        }
    }
}

/// Waits for one's turn to compile; without a lock where others take too long, or where there are no locks.
async fn turn(path: &Path, place: &Place, terms: &LoadTerms) -> Option<Lock> {
    let since = Instant::now();
    let mut pause = PAUSE.0;
    let mut told = false;
    while let Ok(lock) = place.cache.try_lock(&place.key) {
        if lock.is_some() || since.elapsed() >= LONGEST_WAIT {
            return lock;
        }
        if !told && since.elapsed() >= NOTABLE {
            told = true;
            terms.watch.tell(&LoadEvent::Waiting { path });
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
    None
}

/// Compiles, and keeps the result at `place`.
async fn compile(
    engine: &Engine,
    source: Source<'_>,
    terms: &LoadTerms,
    place: Option<Place>,
) -> Result<Component, LoadError> {
    let Source { path, bytes, .. } = source;
    let (within, since) = (terms.load.compile_within, Instant::now());
    let given_up = Arc::new(AtomicBool::new(false));
    let (engine, is_given_up) = (engine.clone(), Arc::clone(&given_up));
    // Compiling takes all cores for a while; the async threads stay free for others meanwhile.
    let mut compiling = spawn_blocking(move || {
        let component = Component::from_binary(&engine, &bytes)?;
        let took = since.elapsed();
        // What took too long must not be there the next time.
        let kept = match place {
            Some(place) if !is_given_up.load(Ordering::Relaxed) => place.cache.put(&place.key, &component),
            _ => Ok(()),
        };
        Ok::<_, wasmtime::Error>((component, took, kept))
    });
    let mut done = timeout(within.min(NOTABLE), &mut compiling).await;
    if done.is_err() && within > NOTABLE {
        terms.watch.tell(&LoadEvent::Compiling { path });
        done = timeout(within - NOTABLE, &mut compiling).await;
    }
    let Ok(done) = done else {
        given_up.store(true, Ordering::Relaxed);
        return Err(LoadError::CompileTime { path: path.to_owned(), within });
    };
    let compiled = done.map_err(|panic| failed(path, panic))?;
    let refused = |e: wasmtime::Error| LoadError::Compile { path: path.to_owned(), reason: format!("{e:#}") };
    let (component, took, kept): (_, _, Result<(), CacheError>) = compiled.map_err(refused)?;
    terms.watch.tell(&LoadEvent::Compiled { path, took });
    if let Err(reason) = kept {
        terms.watch.tell(&LoadEvent::NotKept { path, reason: &reason });
    }
    Ok(component)
}

fn failed(path: &Path, panic: JoinError) -> LoadError {
    LoadError::Compile { path: path.to_owned(), reason: format!("the compiler failed: {panic}") }
}
