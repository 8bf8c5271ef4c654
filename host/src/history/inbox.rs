//! The way from runs to the thread that writes: what is put in is taken out in batches.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::history::{Retention, RunNote};
use crate::run::{AbortHandle, RunEvent, RunId};

/// How much may wait to be written, in bytes, about; of what comes then, only the outlines are kept.
const MOST_WAITING: usize = 256 << 20;

/// What an entry takes beside its texts, in bytes, about.
const ENTRY: usize = 200;

/// What runs tell.
#[derive(Debug)]
pub(super) enum Entry {
    /// A run is about to begin.
    Begin { run: RunId, note: Box<RunNote>, abort: AbortHandle },
    /// What a sink is told, and when.
    Event(Instant, RunEvent),
    /// What is to be kept from now on.
    Keep(Retention),
    /// Something of this run had to be left out.
    Dropped(RunId),
}

/// How far the writer has come.
#[derive(Debug, Clone, Default)]
struct Written {
    /// How many entries are kept, of all there ever were.
    entries: u64,
    /// Why there will be no more.
    failed: Option<Arc<str>>,
    /// Whether the writer has left.
    over: bool,
}

/// What waits to be written.
#[derive(Debug)]
pub(super) struct Inbox {
    state: Mutex<State>,
    wake: Condvar,
    written: watch::Sender<Written>,
}

#[derive(Debug, Default)]
struct State {
    entries: Vec<Entry>,
    /// What they take, in bytes, about.
    bytes: usize,
    /// How many there ever were.
    put: u64,
    /// Whether the writer sleeps until there are some.
    idle: bool,
    /// Whether somebody waits for what is there.
    urgent: bool,
    closed: bool,
}

/// What the writer takes out at once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) entries: Vec<Entry>,
    /// How many there were up to its last.
    pub(super) number: u64,
    /// Nothing comes after it.
    pub(super) last: bool,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self { state: Mutex::default(), wake: Condvar::new(), written: watch::Sender::new(Written::default()) }
    }

    /// Puts one in. It takes no longer than that.
    pub(super) fn put(&self, mut entry: Entry) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        if state.bytes > MOST_WAITING {
            let Some(rest) = outline(entry) else { return };
            entry = rest;
        }
        state.bytes += size(&entry);
        state.put += 1;
        state.entries.push(entry);
        if state.idle {
            state.idle = false;
            self.wake.notify_one();
        }
    }

    /// Waits until all that was put in so far is kept.
    pub(super) fn kept(&self) -> impl Future<Output = Result<(), String>> + Send + use<> {
        let number = {
            let mut state = self.lock();
            state.urgent = true;
            self.wake.notify_one();
            state.put
        };
        let mut written = self.written.subscribe();
        async move {
            let over = || Err("nothing is recorded any more".to_owned());
            let far_enough =
                |written: &Written| written.entries >= number || written.failed.is_some() || written.over;
            match written.wait_for(far_enough).await {
                Ok(written) if written.entries >= number => Ok(()),
                Ok(written) => written.failed.as_deref().map_or_else(over, |why| Err(why.to_owned())),
                Err(_) => over(),
            }
        }
    }

    /// Waits until the writer has left.
    pub(super) fn over(&self) -> impl Future<Output = Result<(), String>> + Send + use<> {
        let mut written = self.written.subscribe();
        async move {
            match written.wait_for(|written| written.over).await {
                Ok(written) => written.failed.as_deref().map_or(Ok(()), |why| Err(why.to_owned())),
                Err(_) => Ok(()),
            }
        }
    }

    /// Nothing more comes.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// For the writer: what has come in, once there is something, or `None` after so long without.
    pub(super) fn take(&self, patience: Duration) -> Option<Batch> {
        let mut state = self.lock();
        if state.entries.is_empty() && !state.closed && !state.urgent {
            state.idle = true;
            let waiting = |state: &mut State| state.entries.is_empty() && !state.closed && !state.urgent;
            let waited = self.wake.wait_timeout_while(state, patience, waiting);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.idle = false;
        }
        let urgent = std::mem::take(&mut state.urgent);
        if state.entries.is_empty() && !state.closed && !urgent {
            return None;
        }
        state.bytes = 0;
        Some(Batch { entries: std::mem::take(&mut state.entries), number: state.put, last: state.closed })
    }

    /// For the writer: lets more come in, so that they are written together; not while somebody waits for them.
    pub(super) fn gather(&self, most: Duration) {
        let state = self.lock();
        let nobody_waits = |state: &mut State| !state.urgent && !state.closed;
        drop(self.wake.wait_timeout_while(state, most, nobody_waits));
    }

    /// For the writer: whether there is nothing for it to do.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.lock();
        state.entries.is_empty() && !state.closed && !state.urgent
    }

    /// For the writer: all up to this number are kept.
    pub(super) fn written(&self, number: u64) {
        self.written.send_modify(|written| written.entries = number);
    }

    /// For the writer: it leaves.
    pub(super) fn leave(&self) {
        self.written.send_modify(|written| written.over = true);
    }

    /// For the writer: nothing is kept any more.
    pub(super) fn failed(&self, why: &str) {
        self.written.send_modify(|written| written.failed = Some(why.into()));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(entry: &Entry) -> usize {
    ENTRY
        + match entry {
            Entry::Event(_, RunEvent::InputsAccepted { inputs: Some(value), .. })
            | Entry::Event(_, RunEvent::ActionEnded { output: Some(value), .. }) => value.as_str().len(),
            Entry::Event(_, RunEvent::Log { line, .. }) => line.len(),
            Entry::Event(_, RunEvent::Progress { message, .. }) => message.len(),
            _ => 0,
        }
}

/// What is kept of an entry where too much waits.
fn outline(entry: Entry) -> Option<Entry> {
    Some(match entry {
        Entry::Event(_, RunEvent::InputsAccepted { run, .. } | RunEvent::Log { run, .. })
        | Entry::Event(_, RunEvent::Progress { run, .. }) => Entry::Dropped(run),
        Entry::Event(at, RunEvent::ActionEnded { run, action, phase, failure, cached, elapsed, usage, .. }) => {
            let ended = RunEvent::ActionEnded { run, action, phase, failure, cached, elapsed, output: None, usage };
            Entry::Event(at, ended)
        }
        other => other,
    })
}
