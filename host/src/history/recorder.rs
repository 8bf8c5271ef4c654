//! What records runs: a sink for their events.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::history::entry::Entry;
use crate::history::inbox::Inbox;
use crate::history::writer::{Place, Writer};
use crate::history::{HistoryError, Retention};
use crate::run::{AbortHandle, EventSink, Ledger, RunEvent, RunId};

/// When a result counts as kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Durability {
    /// Runs never wait: what they tell is written some hundredths of a second later, and a loss of power may take the last
    /// of it.
    #[default]
    Batched,
    /// An action's result goes on to its parent once it is on the disk. Where it can't be, the run ends.
    Durable,
}

/// Records runs, in a thread of its own. Cheap to clone; what was told last is written when the last clone is dropped, and
/// [`History::flush`] waits for it.
#[derive(Clone)]
pub struct History(Arc<Recorder>);

struct Recorder {
    inbox: Arc<Inbox>,
    durability: Durability,
}

/// However the writer ends, also by a panic, nobody waits for it any longer.
struct Leaves(Arc<Inbox>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// What is said of a run beside its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunNote {
    /// What people call it. Several runs may have one name: it means the latest of them.
    pub name: Option<String>,
    /// Labels to find it by.
    pub labels: BTreeMap<String, String>,
    /// How to start it again, in the words of whoever starts it.
    pub request: Option<String>,
    /// The id of the run that it recovers.
    pub recovers: Option<String>,
}

impl History {
    /// Begins to record into the home directory at `home`, which is made where it is missing, once there is something to
    /// record. It returns at once: the directory is opened meanwhile. `problem` is told why nothing is recorded, where
    /// nothing is; runs go on then. Where they are [`Durability::Durable`], they could not: then the directory is opened
    /// before this returns.
    ///
    /// # Errors
    /// There can be no more threads; or no durable run can be recorded.
    pub fn start(
        home: impl Into<PathBuf>,
        durability: Durability,
        problem: impl Fn(&HistoryError) + Send + 'static,
    ) -> Result<Self, HistoryError> {
        let home = home.into();
        let place = match durability {
            Durability::Durable => Some(Place::open(&home, true)?),
            Durability::Batched => None,
        };
        let inbox = Arc::new(Inbox::new(durability == Durability::Durable));
        let writer = Writer::new(home, durability, Arc::clone(&inbox), Box::new(problem));
        let leaves = Leaves(Arc::clone(&inbox));
        let work = move || {
            let _leaves = leaves;
            writer.work(place);
        };
        std::thread::Builder::new().name("history".to_owned()).spawn(work).map_err(HistoryError::Thread)?;
        Ok(Self(Arc::new(Recorder { inbox, durability })))
    }

    /// From now on, runs that are too many or too old are removed, a little at a time, while nothing is to be written; none
    /// that goes on. By default all are kept.
    pub fn keep(&self, retention: Retention) {
        self.0.inbox.put(Entry::Keep(retention));
    }

    /// Waits until all that was told so far is written.
    ///
    /// # Errors
    /// Why something that was told since the last time is not.
    pub async fn flush(&self) -> Result<(), String> {
        self.0.inbox.flushed().await
    }

    /// Writes all that was told so far, and records nothing any more, also not for its clones.
    ///
    /// # Errors
    /// Why it can't be written.
    pub async fn close(&self) -> Result<(), String> {
        self.0.inbox.close();
        self.0.inbox.over().await
    }

    /// Who runs wait for, where they have to.
    pub(crate) fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        (self.0.durability == Durability::Durable).then(|| Arc::clone(&self.0) as _)
    }

    /// Who is told what happens.
    pub(crate) fn sink(&self) -> Arc<dyn EventSink> {
        Arc::clone(&self.0) as _
    }

    /// Takes note of a run that is about to begin, and of how to abort it.
    pub(crate) fn begin(&self, run: &RunId, note: RunNote, abort: AbortHandle) {
        self.0.inbox.put(Entry::Begin { run: run.clone(), note: Box::new(note), abort });
    }
}

impl EventSink for Recorder {
    fn event(&self, event: &RunEvent) {
        self.inbox.put(Entry::Event(Instant::now(), event.clone()));
    }
}

impl Ledger for Recorder {
    fn kept(&self, run: &RunId) -> BoxFuture<'static, Result<(), String>> {
        let (inbox, run) = (Arc::clone(&self.inbox), run.clone());
        async move { inbox.kept(&run).await }.boxed()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.inbox.close();
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").field("durability", &self.0.durability).finish_non_exhaustive()
    }
}
