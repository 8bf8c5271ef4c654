//! In which order results reach who waits for them: as they did.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::run::earlier::Past;

/// How long a result waits for its turn while nothing moves. Where the parent does something else than it did, the turn may
/// never come.
const PATIENCE: Duration = Duration::from_secs(1);

/// The order of the results that one attempt gets.
#[derive(Debug)]
pub(super) struct Turns {
    /// The places in the order, by the number of the first invocation.
    places: HashMap<u64, usize>,
    /// How many invocations there had been by each.
    calls: Vec<u64>,
    /// How many there have to be before anything comes that is not in the order.
    settled: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The place whose turn it is.
    next: usize,
    /// How many invocations there were.
    made: u64,
    /// When that moved last.
    moved: Instant,
    /// Whether nobody waits for a turn any more.
    given_up: bool,
    waiting: HashMap<usize, oneshot::Sender<()>>,
    /// Those that come after all in the order.
    rest: Vec<oneshot::Sender<()>>,
}

/// What somebody who waits for a turn does next.
enum Step {
    /// It has come; where it is not in its turn, so many invocations do not depend on that.
    Come(Option<u64>),
    Pause,
    /// Until something moves, which it did last then.
    Wait(oneshot::Receiver<()>, Instant),
}

impl Turns {
    pub(super) fn of(past: &Past) -> Self {
        let kept = &past.deliveries[..past.kept_deliveries()];
        Self {
            places: kept.iter().enumerate().map(|(place, delivery)| (delivery.first, place)).collect(),
            calls: kept.iter().map(|delivery| delivery.calls).collect(),
            settled: past.settled_calls(),
            state: Mutex::new(State {
                next: 0,
                made: 0,
                moved: Instant::now(),
                given_up: false,
                waiting: HashMap::new(),
                rest: Vec::new(),
            }),
        }
    }

    /// One more invocation.
    pub(super) fn made_one(&self) {
        let mut state = self.lock();
        state.made += 1;
        state.moved = Instant::now();
        self.wake(&mut state);
    }

    /// Waits until it is the turn of the result of what was the invocation of this number; `None`: there was none. Where
    /// it does not come in its turn, tells how many invocations do not depend on that.
    pub(super) async fn come(&self, number: Option<u64>) -> Option<u64> {
        let place = number.and_then(|number| self.places.get(&number).copied());
        let mut paused = false;
        loop {
            match self.step(place, paused) {
                Step::Come(late) => return late,
                // Of results that come at the same time, a guest sees any one first: let it see the one before.
                Step::Pause => {
                    tokio::task::yield_now().await;
                    paused = true;
                }
                Step::Wait(woken, moved) => tokio::select! {
                    _ = woken => {}
                    () = tokio::time::sleep_until(moved + PATIENCE) => self.give_up_if_nothing_moves(),
                },
            }
        }
    }

    fn step(&self, place: Option<usize>, paused: bool) -> Step {
        let mut state = self.lock();
        let is_due = self.is_due(&state, place);
        if is_due && !paused {
            return Step::Pause;
        }
        if is_due || state.given_up {
            // One that comes too early may keep the parent from invocations that it made before it then.
            let settled = self.calls.get(state.next).copied().unwrap_or(self.settled).min(state.made);
            if place == Some(state.next) {
                state.next += 1;
                state.moved = Instant::now();
                self.wake(&mut state);
            }
            return Step::Come((!is_due).then_some(settled));
        }
        let (wake, woken) = oneshot::channel();
        match place {
            Some(place) => drop(state.waiting.insert(place, wake)),
            None => state.rest.push(wake),
        }
        Step::Wait(woken, state.moved)
    }

    fn is_due(&self, state: &State, place: Option<usize>) -> bool {
        match place {
            Some(place) => place == state.next && state.made >= self.calls[place],
            None => state.next >= self.calls.len() && state.made >= self.settled,
        }
    }

    /// Wakes those whose turn it may be: that there is nobody to wake them any more does.
    fn wake(&self, state: &mut State) {
        let next = state.next;
        if self.calls.get(next).is_some_and(|calls| state.made >= *calls) {
            drop(state.waiting.remove(&next));
        }
        if self.is_due(state, None) {
            state.rest.clear();
        }
    }

    fn give_up_if_nothing_moves(&self) {
        let mut state = self.lock();
        if state.moved.elapsed() >= PATIENCE {
            state.given_up = true;
            state.waiting.clear();
            state.rest.clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::ActionId;
    use crate::run::earlier::{Kept, PastCall, PastDelivery};

    /// Three invocations, of which the first two were made before either's result came, which nobody waits for any more.
    fn hasty() -> Turns {
        let call = |number| PastCall {
            number,
            action: ActionId(number + 1),
            task: "child".into(),
            inputs: Some(u128::from(number)),
            rights: None,
            answer: Kept::Small,
        };
        let delivery = |first, calls| PastDelivery { first, count: 1, calls };
        let past = Past {
            calls: (0..3).map(call).collect(),
            deliveries: vec![delivery(0, 2), delivery(1, 2), delivery(2, 3)],
            ..Past::default()
        };
        let turns = Turns::of(&past);
        turns.lock().given_up = true;
        turns
    }

    #[tokio::test]
    async fn a_result_that_comes_too_early_settles_no_more_than_what_was_invoked() {
        let turns = hasty();
        turns.made_one();
        assert_eq!(turns.come(Some(0)).await, Some(1));
        turns.made_one();
        assert_eq!(turns.come(Some(1)).await, None);
    }

    #[tokio::test]
    async fn a_result_out_of_its_turn_settles_what_came_before_the_one_whose_turn_it_is() {
        let turns = hasty();
        (0..3).for_each(|_| turns.made_one());
        assert_eq!(turns.come(Some(1)).await, Some(2));
        assert_eq!(turns.come(Some(0)).await, None);
    }
}
