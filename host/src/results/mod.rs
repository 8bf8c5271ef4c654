//! Results of tasks that have a cache, kept for later processes: in a database of its own below the home directory.
//!
//! It is a cache and no record: what is damaged, locked, full or can't be written costs the time to compute again, and a
//! warning. Nothing is opened before a task asks for it, and no run waits for what is written.
//!
//! | in the home directory | |
//! |---|---|
//! | `cache.db` | the results by their keys, each with a checksum, in WAL mode, with its `-wal` and `-shm` |
//! | `computing/` | a lock for each result that one process computes while others wait: the system takes it from one that dies |

mod database;
mod inbox;
mod locks;
mod place;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use crate::history::HistoryError;
use crate::run::{CacheKey, KeptResult, ResultStore, StoreClaim, StoredResult};

use inbox::{Inbox, Note};
use place::Place;

pub use database::ResultsContents;

/// How much is kept where nothing else is said, in bytes.
const DEFAULT_MAX_SIZE: u64 = 1 << 30;

/// How many threads read at once.
const READERS: usize = 4;

/// Results that outlive the process. Cheap to clone; what was put in last is written when the last clone is dropped, and
/// [`Results::close`] waits for it.
#[derive(Clone)]
pub struct Results(Arc<Shared>);

struct Shared {
    place: Arc<Place>,
    inbox: Arc<Inbox>,
    turns: Semaphore,
}

impl Results {
    /// How much is kept where nothing else is said, in bytes.
    pub const DEFAULT_MAX_SIZE: u64 = DEFAULT_MAX_SIZE;

    /// Results below the home directory at `home`, which take at most `max_size` bytes; those used longest ago go first.
    /// Nothing is opened yet. `problem` is told once why nothing is kept, where nothing is;
    /// and once where something is not, because too many files were open.
    pub fn new(
        home: impl Into<PathBuf>,
        max_size: u64,
        problem: impl Fn(&HistoryError) + Send + Sync + 'static,
    ) -> Self {
        let place = Arc::new(Place::new(home.into(), max_size, Box::new(problem)));
        Self(Arc::new(Shared { place, inbox: Arc::default(), turns: Semaphore::new(READERS) }))
    }

    /// Writes what was put in so far, and keeps nothing any more, also not for its clones.
    pub async fn close(&self) {
        self.0.inbox.close();
        self.0.inbox.over().await;
    }

    /// What there is below the home directory at `home`, which is not made for that.
    ///
    /// # Errors
    /// It can't be read.
    pub fn contents(home: impl AsRef<Path>) -> Result<ResultsContents, HistoryError> {
        place::contents(home.as_ref())
    }

    /// Removes all results, also while others use them, and what is damaged; tells what there was.
    ///
    /// # Errors
    /// They can't be removed.
    pub fn clear(home: impl AsRef<Path>) -> Result<ResultsContents, HistoryError> {
        place::clear(home.as_ref())
    }

    /// The same for runs.
    pub(crate) fn shared(&self) -> Arc<dyn ResultStore> {
        Arc::new(self.clone())
    }

    /// Has a thread that may wait for the disk do it.
    fn on_disk<T: Send + 'static>(
        &self,
        otherwise: T,
        ask: impl FnOnce(&Place) -> T + Send + 'static,
    ) -> BoxFuture<'static, T> {
        let shared = Arc::clone(&self.0);
        async move {
            let Ok(_turn) = shared.turns.acquire().await else { return otherwise };
            let place = Arc::clone(&shared.place);
            tokio::task::spawn_blocking(move || ask(&place)).await.unwrap_or(otherwise)
        }
        .boxed()
    }
}

impl ResultStore for Results {
    fn get(&self, key: CacheKey) -> BoxFuture<'static, Option<StoredResult>> {
        self.on_disk(None, move |place| place.read(&key))
    }

    fn used(&self, key: CacheKey) {
        self.0.note(key, Note::Used);
    }

    fn put(&self, key: CacheKey, result: KeptResult, claim: Option<StoreClaim>) {
        self.0.note(key, Note::Put { result, _claim: claim });
    }

    fn forget(&self, key: CacheKey, claim: Option<StoreClaim>) {
        self.0.note(key, Note::Forget { _claim: claim });
    }

    fn claim(&self, key: CacheKey) -> BoxFuture<'static, Option<StoreClaim>> {
        self.on_disk(None, move |place| place.lock(&key))
    }
}

impl Shared {
    fn note(&self, key: CacheKey, note: Note) {
        if self.place.is_given_up() || !self.inbox.put(key, note) {
            return;
        }
        let (place, inbox) = (Arc::clone(&self.place), Arc::clone(&self.inbox));
        let thread = std::thread::Builder::new().name("results".to_owned());
        if let Err(error) = thread.spawn(move || writer::work(&place, &inbox)) {
            self.inbox.leave();
            self.place.give_up(&self.place.failed(error));
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.inbox.close();
    }
}

impl fmt::Debug for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results").field("place", &self.0.place).finish_non_exhaustive()
    }
}
