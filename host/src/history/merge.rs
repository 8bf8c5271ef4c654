//! A run that recovered another one and did not come as far: what it has not reached is the other one's still.

use std::collections::HashMap;

use crate::run::{ActionId, Kept, Past, PastCall};

/// What the actions of a run did, by the action.
pub(super) type Pasts = HashMap<ActionId, Past>;

/// How many bits of an action's id are its own; those above say which run it is of.
const OWN_BITS: u32 = 32;

/// An action's id among those of several runs.
pub(super) fn of_run(run: usize, action: ActionId) -> ActionId {
    ActionId((run as u64) << OWN_BITS | action.0)
}

/// Which run an action is of, and its id there.
pub(super) fn run_of(action: ActionId) -> (usize, ActionId) {
    let own = action.0 & ((1 << OWN_BITS) - 1);
    (usize::try_from(action.0 >> OWN_BITS).unwrap_or(usize::MAX), ActionId(own))
}

/// The same with ids among those of several runs.
pub(super) fn named(pasts: Pasts, run: usize) -> Pasts {
    let renamed = |call: PastCall| PastCall { action: of_run(run, call.action), ..call };
    let past = |(action, past): (ActionId, Past)| {
        let Past { calls, deliveries, spare } = past;
        let calls = calls.into_iter().map(renamed).collect();
        (of_run(run, action), Past { calls, deliveries, spare: spare.into_iter().map(renamed).collect() })
    };
    pasts.into_iter().map(past).collect()
}

/// Adds to a run's actions what the run that it recovers has beyond them; `action` and `other` are the same action.
pub(super) fn add(pasts: &mut Pasts, earlier: &mut Pasts, action: ActionId, other: ActionId) {
    let mut alike = vec![(action, other)];
    while let Some((action, other)) = alike.pop() {
        let Some(theirs) = earlier.remove(&other) else { continue };
        let ours = pasts.entry(action).or_default();
        for call in theirs.calls.into_iter().chain(theirs.spare) {
            let same = ours.calls.binary_search_by_key(&call.number, |ours| ours.number).ok();
            let same = same.map(|place| &mut ours.calls[place]);
            match same.filter(|same| same.inputs.is_some() && same.inputs == call.inputs && same.task == call.task)
            {
                Some(same) if same.answer != Kept::Nothing => {}
                Some(same) if call.answer != Kept::Nothing => *same = call,
                Some(same) => alike.push((same.action, call.action)),
                None => ours.spare.push(call),
            }
        }
    }
    // Those that are run again have their children there.
    pasts.extend(earlier.drain());
}
