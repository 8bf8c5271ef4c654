//! From a component's bytes to code: out of the cache, or by the compiler, once for all who ask at the same time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{sleep, timeout};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine::aot::{BadEntry, CacheError, CompileCache, Key, Lock, compile_by};
use crate::engine::{LoadError, LoadEvent, LoadTerms};

/// What takes longer is told.
const NOTABLE: Duration = Duration::from_millis(500);

/// How long one waits for somebody else who compiles the same component, before one compiles it too.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long one waits before one looks again, at first and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));

/// A component that is to be compiled.
#[derive(Clone)]
pub(super) struct Source<'s> {
    pub(super) path: &'s Path,
    pub(super) bytes: Arc<[u8]>,
    /// SHA-256 of the bytes.
    pub(super) digest: &'s [u8; 32],
}

/// Where a compiled component is kept.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) cache: CompileCache,
    pub(super) key: Key,
    /// The engine that compiles what is kept there, where it is not the one that runs it; its code is quick to make, and slow.
    pub(super) quick: Option<Engine>,
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
    let place = Place { cache, key: Key::new(engine, source.digest), quick: None };
    match kept(engine, source.path, &place, terms).await? {
        Some(component) => Ok(component),
        None => in_turn(engine, source, terms, place, None).await,
    }
}

/// What the cache has at `place`. What is bad there is told of.
pub(super) async fn kept(
    engine: &Engine,
    path: &Path,
    place: &Place,
    terms: &LoadTerms,
) -> Result<Option<Component>, LoadError> {
    Ok(look(engine, path, place, terms).await?.unwrap_or_else(|reason| {
        let entry = place.cache.path_of(&place.key);
        terms.watch.tell(&LoadEvent::BadEntry { path, entry: &entry, reason: &reason });
        None
    }))
}

/// Compiles what was not at `place`, unless somebody else does, or has by now at a `better` one.
pub(super) async fn in_turn(
    engine: &Engine,
    source: Source<'_>,
    terms: &LoadTerms,
    place: Place,
    better: Option<&Place>,
) -> Result<Component, LoadError> {
    // Held until the entry is there, for those who wait.
    let lock = turn(source.path, &place, terms, LONGEST_WAIT).await;
    for place in better.into_iter().chain([&place]) {
        if let Ok(Some(component)) = look(engine, source.path, place, terms).await? {
            return Ok(component);
        }
    }
    let compiled = compile(engine, source, terms, Some(place)).await;
    drop(lock);
    compiled
}

/// What the cache has. A component that is there is told of.
async fn look(
    engine: &Engine,
    path: &Path,
    place: &Place,
    terms: &LoadTerms,
) -> Result<Result<Option<Component>, BadEntry>, LoadError> {
    let since = Instant::now();
    let quick = place.quick.is_some();
    let (engine, place) = (engine.clone(), place.clone());
    let found = spawn_blocking(move || place.cache.get(&engine, &place.key)).await;
    let found = found.map_err(|panic| failed(path, panic))?;
    if let Ok(Some(_)) = found {
        terms.watch.tell(&LoadEvent::Cached { path, took: since.elapsed(), quick });
    }
    Ok(found)
}

/// Waits for one's turn to compile; without a lock where others take too long, or where there are no locks.
async fn turn(path: &Path, place: &Place, terms: &LoadTerms, longest: Duration) -> Option<Lock> {
    let since = Instant::now();
    let mut pause = PAUSE.0;
    let mut told = false;
    while let Ok(lock) = place.cache.try_lock(&place.key) {
        if lock.is_some() || since.elapsed() >= longest {
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
    let quick = place.as_ref().and_then(|place| place.quick.clone());
    let is_quick = quick.is_some();
    let (engine, is_given_up) = (engine.clone(), Arc::clone(&given_up));
    // Compiling takes all cores for a while; the async threads stay free for others meanwhile.
    let mut compiling = spawn_blocking(move || {
        let component = match &quick {
            Some(compiler) => compile_by(compiler, &engine, &bytes)?,
            None => Component::from_binary(&engine, &bytes)?,
        };
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
    terms.watch.tell(&LoadEvent::Compiled { path, took, quick: is_quick });
    if let Err(reason) = kept {
        terms.watch.tell(&LoadEvent::NotKept { path, reason: &reason });
    }
    Ok(component)
}

fn failed(path: &Path, panic: JoinError) -> LoadError {
    LoadError::Compile { path: path.to_owned(), reason: format!("the compiler failed: {panic}") }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::engine::{LoadLimits, LoadWatch};
    use crate::run::Limits;

    fn terms(watch: LoadWatch) -> LoadTerms {
        LoadTerms::new(&LoadLimits::default(), &Limits::default(), None, watch)
    }

    /// A component with so many functions.
    fn heavy(functions: usize) -> Arc<[u8]> {
        let body = "(local.set 0 (i32.mul (local.get 0) (i32.add (local.get 0) (i32.const 7))))".repeat(200);
        let function = format!("(func (param i32) (result i32) {body} local.get 0)");
        let text = format!("(component (core module {}))", function.repeat(functions));
        wat::parse_str(text).unwrap().into()
    }

    #[tokio::test]
    async fn what_takes_half_a_second_is_told() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&told);
        let terms = terms(LoadWatch::new(move |event| {
            let word = match event {
                LoadEvent::Compiling { .. } => None,
                LoadEvent::Compiled { took, .. } => Some(*took),
                other => panic!("{other:?}"),
            };
            sink.lock().unwrap().push(word);
        }));
        for power in 3.. {
            let source = Source { path: Path::new("t.wasm"), bytes: heavy(1 << power), digest: &[0; 32] };
            component(&Engine::default(), source, &terms).await.unwrap();
            let told = std::mem::take(&mut *told.lock().unwrap());
            match told[..] {
                // On a busy machine one may look at the clock late.
                [Some(took)] => assert!(took < 2 * NOTABLE),
                [None, Some(took)] if took >= NOTABLE / 2 => return,
                _ => panic!("{told:?}"),
            }
        }
    }

    #[tokio::test]
    async fn one_waits_for_ones_turn_and_not_forever() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CompileCache::open(dir.path().join("cache")).unwrap();
        let place = Place { cache, key: Key::new(&Engine::default(), &[1; 32]), quick: None };
        let terms = terms(LoadWatch::default());
        let turn = |longest| turn(Path::new("t.wasm"), &place, &terms, Duration::from_millis(longest));
        let first = turn(60_000).await.expect("nobody has it");
        assert!(turn(50).await.is_none());
        let release = async {
            sleep(Duration::from_millis(50)).await;
            drop(first);
        };
        assert!(futures::join!(turn(60_000), release).0.is_some());
    }
}
