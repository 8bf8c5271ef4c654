//! Results that are being computed in this host, each by one action, while others wait for it.
//!
//! Nobody waits in a circle. An action that computes *below* another's flight, as a child or a child's child, keeps that
//! flight waiting; so it waits only for flights right below the same one, and never for one above it or elsewhere. Thus
//! each wait leads one level further down, and comes to an end.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::record::Json;
use crate::run::Admission;
use crate::run::cache::CacheKey;

/// Tells flights apart, within one host.
pub(in crate::run) type FlightId = NonZeroU64;

#[derive(Debug, Clone, Default)]
pub(super) struct Flights(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    started: u64,
    flying: HashMap<CacheKey, Flying>,
}

#[derive(Debug)]
struct Flying {
    flight: Arc<Flight>,
    /// How many wait for it; the admission knows of them.
    waiting: usize,
}

#[derive(Debug)]
struct Flight {
    id: FlightId,
    above: Option<FlightId>,
    landed: CancellationToken,
    result: OnceLock<Json>,
}

/// What an action does about a result that others may want too.
#[derive(Debug)]
pub(super) enum Turn {
    /// It computes the result, and the others wait.
    Mine(Claim),
    /// It waits.
    Wait(Wait),
    /// It computes the result by itself: to wait might be forever.
    Alone,
}

/// The right to compute a result. Dropped: those who wait go on, with the result where there is one.
#[derive(Debug)]
pub(super) struct Claim {
    place: Place,
}

/// An action that waits.
#[derive(Debug)]
pub(super) struct Wait {
    place: Place,
}

#[derive(Debug)]
struct Place {
    flights: Flights,
    admission: Arc<Admission>,
    key: CacheKey,
    flight: Arc<Flight>,
}

impl Flights {
    /// Whose turn it is to compute the result of this key, for an action below the flight `above`.
    pub(super) fn turn(&self, key: CacheKey, above: Option<FlightId>, admission: &Arc<Admission>) -> Turn {
        let place = |flight| Place { flights: self.clone(), admission: Arc::clone(admission), key, flight };
        let mut state = self.lock();
        if let Some(flying) = state.flying.get_mut(&key) {
            if above.is_some() && above != flying.flight.above {
                return Turn::Alone;
            }
            flying.waiting += 1;
            admission.stand_by();
            return Turn::Wait(Wait { place: place(Arc::clone(&flying.flight)) });
        }
        state.started += 1;
        let id = NonZeroU64::new(state.started).unwrap_or(NonZeroU64::MIN);
        let flight = Arc::new(Flight { id, above, landed: CancellationToken::new(), result: OnceLock::new() });
        state.flying.insert(key, Flying { flight: Arc::clone(&flight), waiting: 0 });
        Turn::Mine(Claim { place: place(flight) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    pub(super) fn id(&self) -> FlightId {
        self.place.flight.id
    }

    /// Has the result for those who wait.
    pub(super) fn hand_over(&self, output: &Json) {
        let _ = self.place.flight.result.set(output.clone());
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let Place { flights, admission, key, flight } = &self.place;
        // They go on from now on, whenever that is: before they are told, they count again.
        if let Some(flying) = flights.lock().flying.remove(key) {
            admission.go_on(flying.waiting);
        }
        flight.landed.cancel();
    }
}

impl Wait {
    pub(super) async fn landed(&self) {
        self.place.flight.landed.cancelled().await;
    }

    /// The result of the one that was waited for, if it had one.
    pub(super) fn result(&self) -> Option<Json> {
        self.place.flight.result.get().cloned()
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let Place { flights, admission, key, flight } = &self.place;
        if let Some(flying) = flights.lock().flying.get_mut(key)
            && flying.flight.id == flight.id
        {
            flying.waiting -= 1;
            admission.go_on(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CacheKey {
        CacheKey::of_number(1)
    }

    fn mine(turn: Turn) -> Claim {
        let Turn::Mine(claim) = turn else { panic!("{turn:?}") };
        claim
    }

    #[tokio::test]
    async fn one_computes_and_the_others_have_its_result() {
        let (flights, admission) = (Flights::default(), Admission::new(1, 1));
        let claim = mine(flights.turn(key(), None, &admission));
        let Turn::Wait(wait) = flights.turn(key(), None, &admission) else { panic!("it does not wait") };
        claim.hand_over(&Json::null());
        drop(claim);
        wait.landed().await;
        assert_eq!(wait.result(), Some(Json::null()));
        // It is nobody's any more.
        let next = mine(flights.turn(key(), None, &admission));
        drop(wait);
        assert!(matches!(flights.turn(key(), None, &admission), Turn::Wait(_)));
        drop(next);
    }

    #[test]
    fn below_a_flight_one_waits_for_its_siblings_alone() {
        let (flights, admission) = (Flights::default(), Admission::new(1, 1));
        let above = mine(flights.turn(key(), None, &admission));
        assert!(matches!(flights.turn(key(), Some(above.id()), &admission), Turn::Alone), "of itself");
        let other = CacheKey::of_number(2);
        let below = mine(flights.turn(other, Some(above.id()), &admission));
        assert!(matches!(flights.turn(other, Some(above.id()), &admission), Turn::Wait(_)), "of a sibling");
        assert!(matches!(flights.turn(other, None, &admission), Turn::Wait(_)), "from elsewhere");
        assert!(matches!(flights.turn(other, Some(below.id()), &admission), Turn::Alone), "of itself, deeper");
    }
}
