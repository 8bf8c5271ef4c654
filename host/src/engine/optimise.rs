//! Optimised code for a component that runs on what was compiled quickly: made meanwhile, by one of all who run it.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use tokio::sync::watch;
use wasmtime::Engine;

use crate::engine::aot::{Key, Lock};
use crate::engine::compile::{Place, Source};
use crate::engine::{LoadEvent, LoadTerms, LoadWatch, Runtime};

/// Of so many attempts, the last is waited for. Processes that end before them are the rule, where runs are short.
const PATIENCE: u64 = 4;

/// Code that is being optimised.
pub(crate) struct Optimising {
    /// Whether enough attempts were given up.
    is_overdue: bool,
    /// Ends with the thread.
    done: watch::Receiver<()>,
}

impl Optimising {
    /// Waits for it, if it was given up too often.
    pub(crate) async fn wait_if_overdue(&self) {
        if self.is_overdue {
            // Nothing is ever sent: it is closed at the end.
            let _ = self.done.clone().changed().await;
        }
    }
}

/// What a thread needs to optimise.
struct Work {
    compiler: Engine,
    path: PathBuf,
    bytes: Arc<[u8]>,
    best: Place,
    /// What is not needed any more after that.
    quick: Key,
    watch: LoadWatch,
    /// Held to the end, or until the process ends.
    lock: Lock,
}

/// Starts to make what belongs at `best`, unless somebody else does so.
///
/// Its thread is one of its own, and not of the async runtime: no runtime waits for it when it is shut down.
pub(super) fn start(
    runtime: &Runtime,
    source: Source<'_>,
    terms: &LoadTerms,
    best: Place,
    quick: Key,
) -> Option<Optimising> {
    // Where there was no room for one, there is none for the other.
    if !best.cache.has(&quick) {
        return None;
    }
    let lock = best.cache.try_lock(&best.key).ok()??;
    let attempts = lock.note_attempt().ok()?;
    let is_overdue = attempts % PATIENCE == PATIENCE - 1;
    // What is waited for takes all there is.
    let compiler = if is_overdue { runtime.engine().clone() } else { runtime.quiet_compiler()? };
    let Source { path, bytes, .. } = source;
    let watch = terms.watch.clone();
    let work = Work { compiler, path: path.to_owned(), bytes, best, quick, watch, lock };
    let (ends, done) = watch::channel(());
    let optimise = move || {
        if !is_overdue {
            step_back();
        }
        work.optimise();
        drop(ends);
    };
    thread::Builder::new().name("optimise".to_owned()).spawn(optimise).ok()?;
    Some(Optimising { is_overdue, done })
}

impl Work {
    fn optimise(self) {
        let Self { compiler, path, bytes, best: Place { cache, key, .. }, quick, watch, lock } = self;
        let since = Instant::now();
        // Somebody may have been at it until a moment ago.
        if !cache.has(&key) {
            // It was compiled before: what fails now fails for want of memory, and quick code is there still.
            let Ok(code) = compiler.precompile_component(&bytes) else { return };
            let took = since.elapsed();
            match cache.put_code(&key, code) {
                Ok(()) => watch.tell(&LoadEvent::Optimised { path: &path, took }),
                Err(reason) => return watch.tell(&LoadEvent::NotKept { path: &path, reason: &reason }),
            }
        }
        if cache.has(&key) {
            cache.remove(&quick);
        }
        drop(lock);
    }
}

/// Leaves the processor to other threads: on Linux, where a thread has a priority of its own.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        const LEAST: i32 = 19;
        // Where the system refuses, it is as busy as others.
        let _ = rustix::process::setpriority_process(None, LEAST);
    }
}
