//! Who may run now.
//!
//! Two numbers are bounded: attempts that *run*, and attempts that are *live* (running, or waiting for a child,
//! which keeps their instance). Live ones count by their weight: an instance with many memories takes the room of
//! several. A parent that waits for its children gives its running slot back, or fan-outs
//! would deadlock.
//!
//! Runs take turns. Within a run, of those who wait for a slot the deepest goes first: finishing a subtree before
//! opening the next one keeps few parents live. Roots are let in only while there is room for their children.
//!
//! Where nothing runs, every live attempt waits, and nothing else is under way that could free one of them, waiting
//! on would be waiting forever: then the children of one parent fail, and so that parent goes on.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{self, AtomicBool};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::run::{Limit, RunId};

/// Hands out slots to attempts.
#[derive(Debug)]
pub(crate) struct Admission {
    max_running: usize,
    max_live: usize,
    state: Mutex<State>,
    /// Whether somebody waits, or more run than may: then nobody keeps a slot for what comes next. To be read without
    /// the lock.
    crowded: AtomicBool,
}

/// The state, locked. What is to be read without the lock is brought up to date when it is given back.
struct Locked<'a> {
    admission: &'a Admission,
    state: MutexGuard<'a, State>,
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let crowded = !self.state.lines.is_empty() || self.state.running > self.admission.max_running;
        self.admission.crowded.store(crowded, atomic::Ordering::Relaxed);
    }
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    live: usize,
    /// The weights of those that are live.
    taken: usize,
    /// Actions that were invoked and whose result has not been handed on. Those that neither wait here nor are
    /// live are about to ask, pause before another attempt, or hand their result on: something still changes.
    actions: usize,
    /// Those of them that wait for another action's result: they change nothing before that one does.
    standing_by: usize,
    arrivals: u64,
    /// The runs whose actions wait, in order of their turns; none is empty.
    lines: VecDeque<Line>,
}

#[derive(Debug)]
struct Line {
    run: RunId,
    waiting: BinaryHeap<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    /// The root's is 1.
    depth: u32,
    arrival: u64,
    /// The slot of the attempt that invoked the action; `None` for a root.
    parent: Option<SlotId>,
    weight: usize,
    admit: oneshot::Sender<Result<Slot, Limit>>,
}

/// Tells slots apart, within one [`Admission`].
type SlotId = u64;

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.depth.cmp(&other.depth).then(other.arrival.cmp(&self.arrival))
    }
}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Waiting {}

impl Admission {
    /// At most `max_running` attempts run, and the live ones weigh `max_live` at most; both at least 1.
    pub(crate) fn new(max_running: usize, max_live: usize) -> Arc<Self> {
        Arc::new(Self {
            max_running: max_running.max(1),
            max_live: max_live.max(1),
            state: Mutex::default(),
            crowded: AtomicBool::new(false),
        })
    }

    /// Takes note of an action, from its invocation until its result has been handed on.
    pub(crate) fn ticket(self: &Arc<Self>, run: RunId, depth: u32, parent: Option<SlotId>) -> Ticket {
        self.lock().actions += 1;
        Ticket { admission: Arc::clone(self), run, depth, parent }
    }

    /// Takes note of an action that waits for the result of another one, which may be waiting here.
    pub(crate) fn stand_by(self: &Arc<Self>) {
        let mut state = self.lock();
        state.standing_by += 1;
        self.dispatch(&mut state);
    }

    /// Takes note that so many of those who stood by go on.
    pub(crate) fn go_on(&self, actions: usize) {
        self.lock().standing_by -= actions;
    }

    /// The most that may run at once.
    pub(crate) fn max_running(&self) -> usize {
        self.max_running
    }

    fn lock(&self) -> Locked<'_> {
        Locked { admission: self, state: self.state.lock().unwrap_or_else(PoisonError::into_inner) }
    }

    fn has_room(&self, state: &State, depth: u32, weight: usize) -> bool {
        // Roots alone must not fill the house: each may need room for a child before it can end.
        let kept_for_children = if depth <= 1 { (self.max_live / 4).max(1) } else { 0 };
        state.taken + weight + kept_for_children <= self.max_live || state.live == 0
    }

    fn grant(self: &Arc<Self>, state: &mut State, weight: usize) -> Slot {
        state.running += 1;
        state.live += 1;
        state.taken += weight;
        state.arrivals += 1;
        Slot { id: state.arrivals, weight, admission: Some(Arc::clone(self)), waiting_for: Mutex::new(0) }
    }

    /// Admits as many of the waiting as fit, and breaks a deadlock if it finds one.
    fn dispatch(self: &Arc<Self>, state: &mut State) {
        let mut passed_over = 0;
        while state.running < self.max_running && passed_over < state.lines.len() {
            let Some(mut line) = state.lines.pop_front() else { break };
            while line.waiting.peek().is_some_and(|next| next.admit.is_closed()) {
                line.waiting.pop();
            }
            let fits = line.waiting.peek().is_some_and(|next| self.has_room(state, next.depth, next.weight));
            if fits && let Some(next) = line.waiting.pop() {
                passed_over = 0;
                self.admit_one(state, next);
            } else {
                passed_over += 1;
            }
            if !line.waiting.is_empty() {
                state.lines.push_back(line);
            }
        }
        if state.running == 0 && !state.lines.is_empty() {
            let waiting = forget_those_who_gave_up(&mut state.lines);
            if state.actions == waiting + state.live + state.standing_by {
                self.fail_children_of_one_parent(state);
            }
        }
    }

    fn admit_one(self: &Arc<Self>, state: &mut State, next: Waiting) {
        let slot = self.grant(state, next.weight);
        if let Err(Ok(mut unwanted)) = next.admit.send(Ok(slot)) {
            // Given up meanwhile. The slot's own drop would lock the state again.
            unwanted.admission = None;
            state.running -= 1;
            state.live -= 1;
            state.taken -= unwanted.weight;
        }
    }

    /// The parent of the deepest who wait: all its children that are not live wait here, so it goes on.
    fn fail_children_of_one_parent(&self, state: &mut State) {
        let deepest = state.lines.iter().filter_map(|line| line.waiting.peek()).max_by_key(|waiting| waiting.depth);
        let Some(parent) = deepest.and_then(|waiting| waiting.parent) else { return };
        for line in &mut state.lines {
            let all = std::mem::take(&mut line.waiting).into_vec();
            let (hopeless, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|w| w.parent == Some(parent));
            line.waiting = others.into();
            for waiting in hopeless {
                let _ = waiting.admit.send(Err(Limit::Instances(self.max_live)));
            }
        }
        state.lines.retain(|line| !line.waiting.is_empty());
    }
}

/// Drops the entries of those who no longer wait; gives the number of the others.
fn forget_those_who_gave_up(lines: &mut VecDeque<Line>) -> usize {
    for line in &mut *lines {
        line.waiting.retain(|waiting| !waiting.admit.is_closed());
    }
    lines.retain(|line| !line.waiting.is_empty());
    lines.iter().map(|line| line.waiting.len()).sum()
}

/// An action, as the admission knows it. Kept until the action's result has reached whoever waits for it.
#[derive(Debug)]
pub(crate) struct Ticket {
    admission: Arc<Admission>,
    run: RunId,
    depth: u32,
    parent: Option<SlotId>,
}

impl Ticket {
    /// Waits for a slot for an attempt of this weight, at least 1.
    ///
    /// # Errors
    /// [`Limit::Instances`] where waiting is hopeless: every live attempt waits for a child.
    pub(crate) async fn admit(&self, weight: usize) -> Result<Slot, Limit> {
        let (admission, weight) = (&self.admission, weight.max(1));
        let receiver = {
            let mut state = admission.lock();
            // Most find room, and nobody before them.
            if state.lines.is_empty()
                && state.running < admission.max_running
                && admission.has_room(&state, self.depth, weight)
            {
                return Ok(admission.grant(&mut state, weight));
            }
            let (admit, receiver) = oneshot::channel();
            state.arrivals += 1;
            let waiting =
                Waiting { depth: self.depth, arrival: state.arrivals, parent: self.parent, weight, admit };
            match state.lines.iter_mut().find(|line| line.run == self.run) {
                Some(line) => line.waiting.push(waiting),
                None => {
                    let line = Line { run: self.run.clone(), waiting: BinaryHeap::from([waiting]) };
                    state.lines.push_back(line);
                }
            }
            admission.dispatch(&mut state);
            receiver
        };
        receiver.await.unwrap_or(Err(Limit::Instances(admission.max_live)))
    }
}

impl Ticket {
    /// Whether somebody waits for a slot, so that one that is free must be given back.
    pub(crate) fn is_crowded(&self) -> bool {
        self.admission.crowded.load(atomic::Ordering::Relaxed)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.admission.lock();
        state.actions -= 1;
        self.admission.dispatch(&mut state);
    }
}

/// The right of one attempt to run; given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    id: SlotId,
    weight: usize,
    /// `None`: already given back.
    admission: Option<Arc<Admission>>,
    waiting_for: Mutex<usize>,
}

impl Slot {
    /// What tells it apart from other slots: children name it as their parent's.
    pub(crate) fn id(&self) -> SlotId {
        self.id
    }

    /// Notes that the attempt waits for one more child; the first one frees the running slot.
    pub(crate) fn child_started(&self) {
        let mut waiting_for = self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting_for += 1;
        if *waiting_for == 1
            && let Some(admission) = &self.admission
        {
            let mut state = admission.lock();
            state.running -= 1;
            admission.dispatch(&mut state);
        }
    }

    /// Notes that a child ended. With the last one the attempt runs again, at once and without queueing, even
    /// if that is one more than the bound: holding back finished work would only pile it up.
    pub(crate) fn child_ended(&self) {
        let mut waiting_for = self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting_for -= 1;
        if *waiting_for == 0
            && let Some(admission) = &self.admission
        {
            admission.lock().running += 1;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let waits = *self.waiting_for.get_mut().unwrap_or_else(PoisonError::into_inner) > 0;
        if let Some(admission) = self.admission.take() {
            let mut state = admission.lock();
            if !waits {
                state.running -= 1;
            }
            state.live -= 1;
            state.taken -= self.weight;
            admission.dispatch(&mut state);
        }
    }
}

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
