//! An instance in its own Store, and the calls it takes.

use std::time::{Duration, Instant};

use wasmtime::{PoolConcurrencyLimitError, Store};

use crate::engine::PendingChild;
use crate::engine::entrance::{Call, Entrance};
use crate::engine::lane::Lane;
use crate::engine::load::Run;
use crate::engine::state::StoreState;
use crate::engine::trap;
use crate::run::{ActionScope, Failure};

/// How long an attempt waits for room in the pool.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long it waits before it looks again.
const PAUSE: Duration = Duration::from_millis(10);

/// An instance that works for one attempt, or waits for the next.
pub(super) struct Resident {
    store: Store<StoreState>,
    entrance: Entrance,
    /// How many calls it has taken.
    uses: u32,
}

/// How a call ended.
pub(super) struct Called {
    pub(super) result: Result<String, Failure>,
    /// Whether the instance may take another call: it returned, and left nothing behind that goes on.
    pub(super) is_sound: bool,
}

impl Resident {
    /// A fresh instance for an attempt, once the pool has room for all its parts: others may use up those that no weight
    /// counts. Each try has a Store of its own, as one that failed keeps the parts it got.
    ///
    /// # Errors
    /// A limit, or a trap of what runs while it is instantiated.
    pub(super) async fn fresh(lane: &Lane, scope: &ActionScope, within: Option<Duration>) -> Result<Self, Failure> {
        let limits = scope.limits();
        let mut since = None;
        loop {
            let begun = Instant::now();
            let mut state = StoreState::new(Some(scope.clone()), limits, lane.target.shelf().is_some());
            state.compute_for(within);
            let mut store = lane.runtime.store(state, limits);
            let instantiated = match lane.component.pre.instantiate_async(&mut store).await {
                Ok(instance) => lane.target.enter(&lane.component.entry, instance, &mut store),
                Err(error) => Err(error),
            };
            let error = match instantiated {
                Ok(entrance) => {
                    scope.note_instantiation(begun.elapsed());
                    return Ok(Self { store, entrance, uses: 0 });
                }
                Err(error) => error,
            };
            let waits = *since.get_or_insert_with(Instant::now);
            if !error.is::<PoolConcurrencyLimitError>() || waits.elapsed() >= LONGEST_WAIT {
                return Err(trap::classify(&error, store.data(), limits));
            }
            drop(store);
            // Those that wait for work make room first.
            if lane.shelves.clear() == 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Lets the next attempt in.
    pub(super) fn enter(&mut self, lane: &Lane, scope: &ActionScope, within: Option<Duration>) {
        lane.runtime.refill(&mut self.store, scope.limits());
        let state = self.store.data_mut();
        state.sandbox.enter(scope.clone());
        state.limiter.forget_refusal();
        state.compute_for(within);
    }

    /// Runs the task, to the attempt's end.
    pub(super) async fn run(&mut self, call: Call<'_>, scope: &ActionScope) -> Called {
        let limits = scope.limits();
        self.uses += 1;
        let (result, returned) = match call.run(self.entrance, &mut self.store, scope).await {
            Ok(returned) => (returned, true),
            Err(error) => (Err(trap::classify(&error, self.store.data(), limits)), false),
        };
        let state = self.store.data_mut();
        state.leave();
        // A child that ended and was never waited for still holds its parent.
        let keeps_children = state.sandbox.table.iter_mut().any(|entry| entry.is::<PendingChild>());
        let is_sound = returned && state.panic.is_none() && !scope.has_children() && !keeps_children;
        Called { result, is_sound }
    }

    /// For who runs several calls at once in it.
    ///
    /// # Errors
    /// [`Failure::Host`] for one that takes a single function; none such is ever on a shelf.
    pub(super) fn into_parts(self) -> Result<(Store<StoreState>, Run), Failure> {
        match self.entrance {
            Entrance::TaskSet(run) => Ok((self.store, run)),
            Entrance::Function(_) => Err(Failure::Host("the instance has no `run`".to_owned())),
        }
    }

    /// How many calls it has taken.
    pub(super) fn uses(&self) -> u32 {
        self.uses
    }
}
