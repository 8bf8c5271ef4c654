//! The way from runs to the thread that writes: what is put in is taken out in batches.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::history::entry::Entry;
use crate::run::RunId;

/// How much may wait to be written, in bytes, about; of what comes then, only the outlines are kept.
const MOST_WAITING: usize = 256 << 20;

/// How far the writer has come.
#[derive(Debug, Clone, Default)]
struct Written {
    /// How many entries there were up to the last that was dealt with.
    entries: u64,
    /// Whether the writer has left.
    over: bool,
}

/// What could not be kept.
#[derive(Debug, Default)]
struct Losses {
    /// The runs of which something is lost, until they end, and why.
    runs: HashMap<RunId, Arc<str>>,
    /// Why something was lost since somebody last asked.
    last: Option<Arc<str>>,
    /// Why nothing is kept at all.
    all: Option<Arc<str>>,
}

/// What is said to who waits for what will not be written.
const OVER: &str = "nothing is recorded any more";

/// What waits to be written.
#[derive(Debug)]
pub(super) struct Inbox {
    state: Mutex<State>,
    wake: Condvar,
    written: watch::Sender<Written>,
    losses: Mutex<Losses>,
    /// Whether runs wait for what is here: then there is never much of it, and nothing is left out.
    durable: bool,
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
    pub(super) fn new(durable: bool) -> Self {
        Self {
            state: Mutex::default(),
            wake: Condvar::new(),
            written: watch::Sender::new(Written::default()),
            losses: Mutex::default(),
            durable,
        }
    }

    /// Puts one in. It takes no longer than that.
    pub(super) fn put(&self, entry: Entry) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        if state.bytes > MOST_WAITING && !self.durable {
            let (outline, dropped) = entry.outline();
            outline.into_iter().chain(dropped).for_each(|entry| state.push(entry));
        } else {
            state.push(entry);
        }
        if state.idle {
            state.idle = false;
            self.wake.notify_one();
        }
    }

    /// Waits until all that was put in so far of a run is kept.
    pub(super) fn kept(&self, run: &RunId) -> impl Future<Output = Result<(), String>> + Send + use<'_> {
        let (run, dealt_with) = (run.clone(), self.dealt_with());
        async move {
            dealt_with.await?;
            let losses = self.losses();
            let lost = losses.all.as_ref().or_else(|| losses.runs.get(&run));
            lost.map_or(Ok(()), |why| Err(why.as_ref().to_owned()))
        }
    }

    /// Waits until all that was put in so far is dealt with, and tells whether something was lost since the last time.
    pub(super) async fn flushed(&self) -> Result<(), String> {
        self.dealt_with().await?;
        self.lost_since()
    }

    /// Waits until the writer is done with all that was put in so far.
    fn dealt_with(&self) -> impl Future<Output = Result<(), String>> + Send + use<> {
        let number = {
            let mut state = self.lock();
            state.urgent = true;
            self.wake.notify_one();
            (!state.closed).then_some(state.put)
        };
        let mut written = self.written.subscribe();
        async move {
            let Some(number) = number else { return Err(OVER.to_owned()) };
            match written.wait_for(|written| written.entries >= number || written.over).await {
                Ok(written) if written.entries >= number => Ok(()),
                _ => Err(OVER.to_owned()),
            }
        }
    }

    fn lost_since(&self) -> Result<(), String> {
        let mut losses = self.losses();
        let last = losses.last.take();
        losses.all.clone().or(last).map_or(Ok(()), |why| Err(why.as_ref().to_owned()))
    }

    /// Waits until the writer has left, and tells whether something was lost.
    pub(super) async fn over(&self) -> Result<(), String> {
        let mut written = self.written.subscribe();
        // The sender is this inbox's own.
        let _ = written.wait_for(|written| written.over).await;
        self.lost_since()
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

    /// For the writer: it leaves, and nothing more is taken.
    pub(super) fn leave(&self) {
        self.close();
        self.written.send_modify(|written| written.over = true);
    }

    /// For the writer: something of this run is lost.
    pub(super) fn lost(&self, run: &RunId, why: &Arc<str>) {
        let mut losses = self.losses();
        losses.runs.insert(run.clone(), Arc::clone(why));
        losses.last = Some(Arc::clone(why));
    }

    /// For the writer: nothing is kept, of no run.
    pub(super) fn lost_all(&self, why: &str) {
        self.losses().all = Some(why.into());
    }

    /// For the writer: this run has ended, and nobody waits for anything of it.
    pub(super) fn forget(&self, run: &RunId) {
        self.losses().runs.remove(run);
    }

    fn losses(&self) -> MutexGuard<'_, Losses> {
        self.losses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, entry: Entry) {
        self.bytes += entry.size();
        self.put += 1;
        self.entries.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::record::Json;
    use crate::run::{ActionId, Phase, RunEvent, Usage};
    use futures::FutureExt as _;

    fn ended(run: &RunId, output: &Json) -> Entry {
        let event = RunEvent::ActionEnded {
            run: run.clone(),
            action: ActionId::ROOT,
            phase: Phase::Succeeded,
            failure: None,
            cached: false,
            elapsed: Duration::ZERO,
            output: Some(output.clone()),
            usage: Usage::default(),
        };
        Entry::Event(Instant::now(), event)
    }

    fn outputs(inbox: &Inbox) -> (usize, usize) {
        let batch = inbox.take(Duration::ZERO).unwrap();
        let kept = |entry: &&Entry| matches!(entry, Entry::Event(_, RunEvent::ActionEnded { output: Some(_), .. }));
        let dropped = batch.entries.iter().filter(|entry| matches!(entry, Entry::Dropped(_))).count();
        (batch.entries.iter().filter(kept).count(), dropped)
    }

    #[test]
    fn where_too_much_waits_values_are_left_out_and_counted_but_not_where_runs_wait() {
        let large = Json::string(&"x".repeat(MOST_WAITING / 4));
        for (durable, expected) in [(false, (4, 4)), (true, (8, 0))] {
            let (inbox, run) = (Inbox::new(durable), RunId::random());
            (0..8).for_each(|_| inbox.put(ended(&run, &large)));
            assert_eq!(outputs(&inbox), expected);
        }
    }

    #[test]
    fn what_is_lost_of_one_run_stays_lost_and_is_no_others() {
        let (inbox, lost, whole) = (Inbox::new(true), RunId::random(), RunId::random());
        let value = Json::null();
        inbox.put(ended(&lost, &value));
        let (of_lost, of_whole) = (inbox.kept(&lost), inbox.kept(&whole));
        inbox.lost(&lost, &"full".into());
        inbox.written(1);
        inbox.put(ended(&lost, &value));
        inbox.written(2);
        // Also who looks later, and who asks later.
        assert_eq!(of_lost.now_or_never().unwrap(), Err("full".to_owned()));
        assert_eq!(inbox.kept(&lost).now_or_never().unwrap(), Err("full".to_owned()));
        assert_eq!(of_whole.now_or_never().unwrap(), Ok(()));
        assert_eq!(inbox.flushed().now_or_never().unwrap(), Err("full".to_owned()));
        assert_eq!(inbox.flushed().now_or_never().unwrap(), Ok(()));
    }

    #[test]
    fn nothing_counts_as_kept_once_it_is_closed_or_the_writer_is_gone() {
        let (inbox, run) = (Inbox::new(true), RunId::random());
        inbox.put(ended(&run, &Json::null()));
        let before = inbox.kept(&run);
        inbox.leave();
        assert_eq!(before.now_or_never().unwrap(), Err(OVER.to_owned()));
        assert_eq!(inbox.kept(&run).now_or_never().unwrap(), Err(OVER.to_owned()));
        assert_eq!(inbox.over().now_or_never().unwrap(), Ok(()));
    }
}
