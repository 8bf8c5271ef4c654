//! Where instances of one kind wait for their next action.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::component::ReusePolicy;
use crate::engine::resident::Resident;
use crate::engine::reuse::shared::{Place, Shared};
use crate::run::{Failure, Limits};

/// How many instances wait on one shelf: as many as run at once, as a rule.
const MOST_IDLE: usize = 64;

/// Instances that can stand in for one another.
pub(crate) struct Shelf {
    policy: ReusePolicy,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The one that came last is at the end, and is taken first: those at the front get old.
    idle: Vec<Idle>,
    /// Those that run several actions at once, whether they run some just now or wait.
    shared: Vec<Arc<Shared>>,
    /// Whether somebody looks after those that get old.
    is_tended: bool,
    /// No more are taken in.
    closed: bool,
}

struct Idle {
    resident: Resident,
    since: Instant,
}

impl Shelf {
    pub(super) fn new(policy: ReusePolicy) -> Self {
        Self { policy, state: Mutex::default() }
    }

    /// Whether its instances run several actions at once.
    pub(in crate::engine) fn is_shared(&self) -> bool {
        self.policy.concurrency > 1
    }

    /// A place in an instance that runs several actions at once, where one has room.
    pub(in crate::engine) fn place(&self) -> Option<Place> {
        let mut state = self.lock();
        state.shared.retain(|shared| !shared.is_retired());
        state.shared.iter().find_map(Shared::place)
    }

    /// A place in an instance that from now on runs several actions at once. Must be called within a tokio runtime.
    pub(in crate::engine) fn share(&self, resident: Resident, limits: &Arc<Limits>) -> Result<Place, Failure> {
        let (store, run) = resident.into_parts()?;
        let (shared, place) = Shared::of(store, run, limits, self.policy);
        let mut state = self.lock();
        if state.closed {
            shared.retire();
        }
        state.shared.push(shared);
        Ok(place)
    }

    /// An instance that waits, where there is one that has not waited too long.
    pub(in crate::engine) fn take(&self) -> Option<Resident> {
        let last = self.lock().idle.pop()?;
        (last.since.elapsed() < self.policy.idle_ttl).then_some(last.resident)
    }

    /// Takes an instance in, unless it has been used as often as it may be; then it is given back. Must be called within
    /// a tokio runtime.
    pub(in crate::engine) fn put(self: Arc<Self>, resident: Resident) -> Option<Resident> {
        let mut state = self.lock();
        let is_full = state.idle.len() >= MOST_IDLE;
        let is_used_up = resident.uses() >= self.policy.max_uses || self.policy.idle_ttl.is_zero();
        if state.closed || is_full || is_used_up {
            return Some(resident);
        }
        state.idle.push(Idle { resident, since: Instant::now() });
        if !std::mem::replace(&mut state.is_tended, true) {
            tokio::spawn(tend(Arc::downgrade(&self), self.policy.idle_ttl));
        }
        None
    }

    /// Gives all up that wait here; tells how many.
    pub(super) fn clear(&self) -> usize {
        let mut state = self.lock();
        let idle = std::mem::take(&mut state.idle);
        let before = state.shared.len();
        state.shared.retain(|shared| !shared.retire_if_idle());
        let retired = before - state.shared.len();
        drop(state);
        idle.len() + retired
    }

    /// Gives all up that wait here, and whatever comes.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        let State { idle, shared, .. } = std::mem::take(&mut *state);
        state.closed = true;
        drop(state);
        shared.iter().for_each(|shared| shared.retire());
        drop((idle, shared));
    }

    pub(super) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.idle.is_empty() && state.shared.iter().all(|shared| shared.is_retired())
    }

    /// Takes out those that have waited too long; gives the time until the next one has, or `None` where none is left.
    fn outdated(&self) -> (Vec<Idle>, Option<Duration>) {
        let mut state = self.lock();
        let fresh = state.idle.partition_point(|idle| idle.since.elapsed() >= self.policy.idle_ttl);
        let outdated = state.idle.drain(..fresh).collect();
        let next = state.idle.first().map(|idle| self.policy.idle_ttl.saturating_sub(idle.since.elapsed()));
        state.is_tended = next.is_some();
        (outdated, next)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks after the instances of a shelf until none waits there.
async fn tend(shelf: Weak<Shelf>, mut pause: Duration) {
    loop {
        tokio::time::sleep(pause).await;
        let Some(shelf) = shelf.upgrade() else { return };
        let (outdated, next) = shelf.outdated();
        drop(outdated);
        match next {
            Some(next) => pause = next,
            None => return,
        }
    }
}
