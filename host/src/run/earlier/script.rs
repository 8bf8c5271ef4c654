//! What an attempt did in the earlier run: which of its invocations is which of those.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use twox_hash::XxHash3_128;

use crate::run::ActionId;
use crate::run::earlier::turns::Turns;
use crate::run::earlier::{Earlier, Past, PastCall};

/// What an attempt is to do: what its counterpart did.
///
/// A task depends on nothing but what reaches it. So as long as that is what it was, its invocations are what they were,
/// in some order; once it is not, nothing is known of those to come.
#[derive(Debug)]
pub(in crate::run) struct Script {
    pub(super) earlier: Arc<dyn Earlier>,
    /// The counterpart.
    pub(super) action: ActionId,
    past: Arc<Past>,
    /// How many invocations are known to come again: none, once something else reached the attempt than did.
    settled: AtomicU64,
    /// Whether there is to be nothing else.
    is_whole: bool,
    /// Whether it was told that a result never comes.
    told_of_silence: AtomicBool,
    finding: Mutex<Finding>,
    turns: Turns,
}

/// A task, and the hash of inputs.
type Likeness = (Arc<str>, u128);

#[derive(Debug, Default)]
struct Finding {
    /// By place: whether it is found already.
    taken: Vec<bool>,
    /// The places by task and inputs, once somebody looked for one that is not where it was.
    places: Option<HashMap<Likeness, VecDeque<usize>>>,
    /// How many of the settled invocations nothing is known of.
    unknown: u64,
}

/// An invocation is none of those that it would have to be.
#[derive(Debug)]
pub(super) struct Unfit;

impl Script {
    pub(in crate::run) fn of(earlier: &Arc<dyn Earlier>, action: ActionId) -> Self {
        let past = earlier.past(action);
        let settled = past.settled_calls();
        let is_whole = earlier.replayed().is_some();
        let known = past.calls.iter().filter(|call| call.number < settled && call.inputs.is_some()).count() as u64;
        let unknown = if is_whole { 0 } else { settled.saturating_sub(known) };
        let taken = vec![false; past.calls.len() + past.spare.len()];
        Self {
            earlier: Arc::clone(earlier),
            action,
            settled: AtomicU64::new(if is_whole { u64::MAX } else { settled }),
            is_whole,
            told_of_silence: AtomicBool::new(false),
            finding: Mutex::new(Finding { taken, places: None, unknown }),
            turns: Turns::of(&past),
            past,
        }
    }

    /// Takes note of an invocation that comes to nothing, as the run has no more actions.
    pub(super) fn made_one(&self) {
        self.turns.made_one();
    }

    /// What the invocation of this number was; `None`: it is a new one.
    ///
    /// # Errors
    /// It can't be a new one.
    pub(super) fn find(&self, number: u64, task: &Arc<str>, inputs: &str) -> Result<Option<&PastCall>, Unfit> {
        self.turns.made_one();
        let inputs = XxHash3_128::oneshot(inputs.as_bytes());
        let mut finding = self.lock();
        let is_it = |place: &usize| {
            let call = self.past.call(*place);
            call.inputs == Some(inputs) && call.task == *task
        };
        let here = self.past.at(number).filter(|place| !finding.taken[*place]);
        let found = here.filter(is_it).or_else(|| finding.elsewhere(&self.past, task, inputs));
        // Inputs that were not kept can't be compared; where it is not run again, it does no harm.
        let is_alike = |place: &usize| {
            let call = self.past.call(*place);
            call.inputs.is_none() && call.task == *task
        };
        let found = found.or_else(|| here.filter(|_| self.is_whole).filter(is_alike));
        if let Some(place) = found {
            finding.taken[place] = true;
            if place >= self.past.calls.len() {
                // An earlier attempt's path is not that of the last one.
                self.set_free();
            }
            return Ok(Some(self.past.call(place)));
        }
        if number >= self.settled() {
            return Ok(None);
        }
        match finding.unknown.checked_sub(1) {
            Some(rest) => {
                finding.unknown = rest;
                Ok(None)
            }
            None => Err(Unfit),
        }
    }

    /// The first settled invocation that has not come again, where one of this number does not fit.
    pub(super) fn expected(&self, number: u64) -> Option<&PastCall> {
        let finding = self.lock();
        let is_missing = |call: &&PastCall| self.past.at(call.number).is_some_and(|place| !finding.taken[place]);
        let here = self.past.at(number).map(|place| &self.past.calls[place]).filter(is_missing);
        let mut settled = self.past.calls.iter().take_while(|call| call.number < self.settled());
        here.or_else(|| settled.find(|call| call.inputs.is_some() && is_missing(call)))
    }

    /// The first settled invocation that has not come again, now that the attempt has come to a result.
    pub(super) fn missing(&self) -> Option<&PastCall> {
        self.expected(u64::MAX)
    }

    /// Waits until it is the turn of a result: of what was the invocation of this number, where it was one.
    pub(in crate::run) async fn turn(&self, number: Option<u64>) {
        if let Some(settled) = self.turns.come(number).await.filter(|_| !self.is_whole) {
            self.settled.fetch_min(settled, Ordering::Relaxed);
        }
    }

    /// What reaches the attempt is not what it was; where there is to be nothing else, it stays bound to that all the same.
    pub(super) fn set_free(&self) {
        if !self.is_whole {
            self.settled.store(0, Ordering::Relaxed);
        }
    }

    /// Whether to tell that a result never comes: once.
    pub(super) fn tells_of_silence(&self) -> bool {
        !self.told_of_silence.swap(true, Ordering::Relaxed)
    }

    fn settled(&self) -> u64 {
        self.settled.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Finding> {
        self.finding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Finding {
    fn elsewhere(&mut self, past: &Past, task: &Arc<str>, inputs: u128) -> Option<usize> {
        let taken = &self.taken;
        let places = self.places.get_or_insert_with(|| {
            let mut places: HashMap<_, VecDeque<_>> = HashMap::new();
            for place in (0..taken.len()).filter(|place| !taken[*place]) {
                let call = past.call(place);
                if let Some(inputs) = call.inputs {
                    places.entry((Arc::clone(&call.task), inputs)).or_default().push_back(place);
                }
            }
            places
        });
        let alike = places.get_mut(&(Arc::clone(task), inputs))?;
        while let Some(place) = alike.pop_front() {
            if !taken[place] {
                return Some(place);
            }
        }
        None
    }
}
