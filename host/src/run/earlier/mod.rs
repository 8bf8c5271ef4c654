//! What a run takes over from an earlier one of the same root: results of actions that had ended, in the order in which
//! they reached who waited for them.

mod divergence;
mod recall;
mod script;
mod turns;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::record::Json;
use crate::rights::Capability;
use crate::run::{ActionId, Failure, Seed};

pub use divergence::{Divergence, Invocation};
pub(super) use recall::Recall;
pub(super) use script::Script;

/// Knows an earlier run.
pub(crate) trait Earlier: fmt::Debug + Send + Sync + 'static {
    /// Its action that is this run's root.
    fn root(&self) -> ActionId;

    /// The name of an action in its own run.
    fn told(&self, action: ActionId) -> ActionId {
        action
    }

    /// Of that action, the attempt that is made again, where nothing else is to be run.
    fn replayed(&self) -> Option<Replayed> {
        None
    }

    /// What an action's attempts did.
    fn past(&self, action: ActionId) -> Arc<Past>;

    /// An action's inputs, where they were kept.
    ///
    /// # Errors
    /// Why it can't be read.
    fn inputs(&self, action: ActionId) -> Result<Option<String>, String>;

    /// How an action ended; `None` where that was not kept.
    ///
    /// # Errors
    /// Why it can't be read.
    fn answer(&self, action: ActionId) -> Result<Option<Result<Json, Failure>>, String>;
}

/// One attempt of an action that is made again, by itself: every invocation is answered, and none is run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replayed {
    /// The attempt's number.
    pub(crate) attempt: u32,
    /// The action's own seed, where clocks and randomness were fixed.
    pub(crate) seed: Option<Seed>,
    /// How deep the action was; the root's is 1.
    pub(crate) depth: u32,
    /// What its invocation set in place of the `max_runtime` of the task's policy.
    pub(crate) max_runtime: Option<Duration>,
    /// How many invocations it made before its run had no more actions; `None`: that did not happen.
    pub(crate) most_calls: Option<u64>,
}

/// What an action's attempts did.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// The invocations of its last attempt, by their numbers.
    pub(crate) calls: Vec<PastCall>,
    /// What reached its last attempt, in order.
    pub(crate) deliveries: Vec<PastDelivery>,
    /// From which invocation on others may come, although all of the deliveries are made again.
    pub(crate) free_from: Option<u64>,
    /// The invocations of the attempts before.
    pub(crate) spare: Vec<PastCall>,
}

/// An invocation.
#[derive(Debug, Clone)]
pub(crate) struct PastCall {
    /// Its number among those of its attempt, from 0.
    pub(crate) number: u64,
    pub(crate) action: ActionId,
    pub(crate) task: Arc<str>,
    /// XXH3 of its inputs' text, 128 bits; `None` where they were not kept.
    pub(crate) inputs: Option<u128>,
    /// What it might use outside its sandbox; `None` where that is not compared.
    pub(crate) rights: Option<Arc<[String]>>,
    pub(crate) answer: Kept,
}

/// What was kept of how an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing that could answer for it: it is run again.
    Nothing,
    /// What is read in no time.
    Small,
    /// What takes a while to be read.
    Large,
    /// It did not reach who waited for it, and never does.
    Never,
}

/// Results that reached who waited for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PastDelivery {
    /// The number of the first invocation.
    pub(crate) first: u64,
    /// How many invocations they are of, one after the other.
    pub(crate) count: u64,
    /// How many invocations there had been by then.
    pub(crate) calls: u64,
}

impl PastCall {
    /// Whether it might use the same. What was computed with other rights may be something else.
    fn had(&self, rights: &[Capability]) -> bool {
        let Some(then) = &self.rights else { return true };
        then.len() == rights.len() && then.iter().zip(rights).all(|(then, now)| *then == now.to_string())
    }
}

impl Past {
    /// Whether nothing was invoked.
    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.spare.is_empty()
    }

    /// The place of the invocation of this number, where it is known.
    fn at(&self, number: u64) -> Option<usize> {
        self.calls.binary_search_by_key(&number, |call| call.number).ok()
    }

    /// The invocation at a place; those of the attempts before come after those of the last.
    fn call(&self, place: usize) -> &PastCall {
        self.calls.get(place).unwrap_or_else(|| &self.spare[place - self.calls.len()])
    }

    /// Leaves out what came with this invocation's result, and after it: another result comes now.
    pub(crate) fn ends_before(&mut self, number: u64) {
        let has_it = |one: &PastDelivery| number.checked_sub(one.first).is_some_and(|at| at < one.count);
        if let Some(place) = self.deliveries.iter().position(has_it) {
            let calls = self.deliveries[place].calls;
            self.deliveries.truncate(place);
            self.free_from = Some(self.free_from.map_or(calls, |free| free.min(calls)));
        }
    }

    /// How many of the deliveries can be made again as they were: those before the first with a result that was not kept.
    fn kept_deliveries(&self) -> usize {
        let kept = self.kept_from();
        let lost = |one: &PastDelivery| self.at(one.first).is_none_or(|place| kept[place] < one.count);
        self.deliveries.iter().position(lost).unwrap_or(self.deliveries.len())
    }

    /// For each invocation of the last attempt: of how many, one after the other from it on, the result was kept. Deliveries
    /// may overlap in a damaged database, so no invocation is looked at once for each of them.
    fn kept_from(&self) -> Vec<u64> {
        let mut kept = vec![0; self.calls.len()];
        for (place, call) in self.calls.iter().enumerate().rev() {
            if call.inputs.is_some() && call.answer != Kept::Nothing {
                let next = self.calls.get(place + 1).filter(|next| next.number.checked_sub(1) == Some(call.number));
                kept[place] = 1 + next.map_or(0, |_| kept[place + 1]);
            }
        }
        kept
    }

    /// How many invocations depended on nothing but the deliveries that can be made again.
    fn settled_calls(&self) -> u64 {
        let settled = match self.deliveries.get(self.kept_deliveries()) {
            Some(first_lost) => first_lost.calls,
            None => self.calls.last().map_or(0, |call| call.number.saturating_add(1)),
        };
        self.free_from.map_or(settled, |free| free.min(settled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_kept_where_all_of_it_is() {
        let call = |number, answer| PastCall {
            number,
            action: ActionId(number + 1),
            task: "child".into(),
            inputs: Some(u128::from(number)),
            rights: None,
            answer,
        };
        let kept = |first, count| {
            let calls = vec![
                call(0, Kept::Small),
                call(1, Kept::Never),
                call(2, Kept::Nothing),
                call(3, Kept::Large),
                call(5, Kept::Small),
            ];
            let deliveries = vec![PastDelivery { first, count, calls: 6 }];
            Past { calls, deliveries, ..Past::default() }.kept_deliveries() == 1
        };
        let (are, are_not) =
            ([(0, 1), (0, 2), (3, 1), (5, 1)], [(0, 3), (2, 1), (3, 2), (4, 1), (5, 2), (0, u64::MAX)]);
        assert!(are.into_iter().all(|(first, count)| kept(first, count)));
        assert!(are_not.into_iter().all(|(first, count)| !kept(first, count)));
    }
}
