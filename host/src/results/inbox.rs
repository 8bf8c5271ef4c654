//! The way from runs to the thread that writes.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::run::{CacheKey, KeptResult, StoreClaim};

/// How much may wait to be written, in bytes; of what comes then it is written that it is not kept.
const MOST_WAITING: usize = 64 << 20;

/// What an entry takes beside its text, in bytes, about.
const ENTRY: usize = 200;

/// As [`MOST_WAITING`], with what is not kept.
const MOST_WITH_FORGOTTEN: usize = MOST_WAITING + (16 << 20);

/// What is to be written of a result.
pub(super) enum Note {
    /// It was used now.
    Used,
    /// It, in place of what is there. The claim is given up with this.
    Put { result: KeptResult, _claim: Option<StoreClaim> },
    /// What is there goes, and nothing comes in its place. The claim is given up with this.
    Forget { _claim: Option<StoreClaim> },
}

impl Note {
    /// What it takes while it waits, in bytes, about.
    fn size(&self) -> usize {
        ENTRY + if let Self::Put { result, .. } = self { result.output.as_str().len() } else { 0 }
    }
}

/// What waits to be written.
pub(super) struct Inbox {
    state: Mutex<State>,
    wake: Condvar,
    over: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    notes: HashMap<CacheKey, Note>,
    bytes: usize,
    /// Whether there is a thread that writes.
    started: bool,
    closed: bool,
}

impl Default for Inbox {
    fn default() -> Self {
        Self { state: Mutex::default(), wake: Condvar::new(), over: watch::Sender::new(false) }
    }
}

impl Inbox {
    /// Puts one in; tells whether a thread has to be started that writes it.
    pub(super) fn put(&self, key: CacheKey, mut note: Note) -> bool {
        let mut state = self.lock();
        let replaced = state.notes.get(&key).map(Note::size);
        // It is used by being written.
        if matches!(note, Note::Used) && replaced.is_some() {
            return false;
        }
        let others = state.bytes - replaced.unwrap_or(0);
        if others + note.size() > MOST_WAITING {
            note = match note {
                Note::Used => return false,
                Note::Put { _claim, .. } | Note::Forget { _claim } => Note::Forget { _claim },
            };
        }
        if state.closed || others + note.size() > MOST_WITH_FORGOTTEN {
            return false;
        }
        state.bytes = others + note.size();
        state.notes.insert(key, note);
        self.wake.notify_one();
        !std::mem::replace(&mut state.started, true)
    }

    /// Waits until there is something, and takes it out; `None` once there is nothing more to come.
    pub(super) fn take(&self) -> Option<HashMap<CacheKey, Note>> {
        let state = self.lock();
        let nothing = |state: &mut State| state.notes.is_empty() && !state.closed;
        let mut state = self.wake.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner);
        state.bytes = 0;
        Some(std::mem::take(&mut state.notes)).filter(|notes| !notes.is_empty())
    }

    /// Takes nothing more in.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// The thread that writes is gone.
    pub(super) fn leave(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.notes.clear();
        drop(state);
        self.over.send_replace(true);
    }

    /// Waits until the thread that writes is gone, where there is one.
    pub(super) async fn over(&self) {
        if self.lock().started {
            let _ = self.over.subscribe().wait_for(|over| *over).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Json;

    fn result(bytes: usize) -> Note {
        let output = Json::trusted(format!("\"{}\"", "x".repeat(bytes)));
        Note::Put { result: KeptResult { output, computed: 1 }, _claim: None }
    }

    #[test]
    fn where_there_is_no_room_for_a_result_the_earlier_one_goes() {
        let inbox = Inbox::default();
        let [large, small] = [1, 2].map(CacheKey::of_number);
        assert!(inbox.put(large, result(MOST_WAITING - 10 * ENTRY)));
        inbox.put(small, result(1));
        inbox.put(small, result(20 * ENTRY));
        let notes = inbox.take().unwrap();
        assert!(matches!((&notes[&large], &notes[&small]), (Note::Put { .. }, Note::Forget { .. })));
        inbox.put(small, result(20 * ENTRY));
        assert!(matches!(inbox.take().unwrap()[&small], Note::Put { .. }), "there is room again");
    }

    #[test]
    fn only_what_waits_takes_room() {
        let inbox = Inbox::default();
        let [one, other, third] = [1, 2, 3].map(CacheKey::of_number);
        inbox.put(one, Note::Used);
        for _ in 0..=MOST_WAITING / ENTRY {
            inbox.put(one, Note::Used);
        }
        let half = MOST_WAITING / 2;
        for _ in 0..3 {
            inbox.put(other, result(half));
        }
        inbox.put(third, result(half - 4 * ENTRY));
        let notes = inbox.take().unwrap();
        assert!(matches!((&notes[&other], &notes[&third]), (Note::Put { .. }, Note::Put { .. })));
    }
}
