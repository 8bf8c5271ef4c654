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
        let Past { calls, spare, .. } = past;
        let calls = calls.into_iter().map(renamed).collect();
        let spare = spare.into_iter().map(renamed).collect();
        (of_run(run, action), Past { calls, spare, ..past })
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
            // With other rights, what is below it is not what it was either.
            let is_alike = |same: &&mut PastCall| {
                same.inputs.is_some()
                    && (same.inputs, &same.task, &same.rights) == (call.inputs, &call.task, &call.rights)
            };
            match same.filter(is_alike) {
                Some(same) if same.answer != Kept::Nothing => {}
                Some(same) if call.answer != Kept::Nothing => {
                    *same = call;
                    let number = same.number;
                    ours.ends_before(number);
                }
                Some(same) => alike.push((same.action, call.action)),
                None => ours.spare.push(call),
            }
        }
    }
    // Those that are run again have their children there.
    pasts.extend(earlier.drain());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::run::PastDelivery;

    fn past(action: u64, answers: &[Kept], deliveries: &[(u64, u64, u64)]) -> Past {
        let call = |(number, answer): (u64, &Kept)| PastCall {
            number,
            action: ActionId(action + number),
            task: "child".into(),
            inputs: Some(u128::from(number)),
            rights: None,
            answer: *answer,
        };
        let delivery =
            |(first, count, calls): &(u64, u64, u64)| PastDelivery { first: *first, count: *count, calls: *calls };
        Past {
            calls: (0..).zip(answers).map(call).collect(),
            deliveries: deliveries.iter().map(delivery).collect(),
            ..Past::default()
        }
    }

    #[test]
    fn what_had_other_rights_does_not_take_the_place_of_what_was_begun_since() {
        let root = ActionId::ROOT;
        let mut later = past(10, &[Kept::Nothing], &[]);
        later.calls[0].rights = Some(Arc::from(["env LEVEL".to_owned()]));
        let (mut later, mut earlier) =
            (Pasts::from([(root, later)]), Pasts::from([(root, past(20, &[Kept::Small], &[]))]));
        add(&mut later, &mut earlier, root, root);
        let merged = &later[&root];
        assert_eq!((merged.calls[0].action, merged.spare[0].action), (ActionId(10), ActionId(20)));
    }

    #[test]
    fn where_an_earlier_result_stands_for_a_failure_nothing_is_known_of_what_came_after_it() {
        let root = ActionId::ROOT;
        let later = past(10, &[Kept::Small, Kept::Nothing, Kept::Small], &[(0, 1, 2), (1, 1, 2), (2, 1, 3)]);
        let earlier = past(20, &[Kept::Small, Kept::Small], &[(0, 2, 2)]);
        let (mut later, mut earlier) = (Pasts::from([(root, later)]), Pasts::from([(root, earlier)]));
        add(&mut later, &mut earlier, root, root);
        let merged = &later[&root];
        assert_eq!(merged.calls.iter().map(|call| call.action.0).collect::<Vec<_>>(), [10, 21, 12]);
        assert_eq!((merged.deliveries.len(), merged.free_from), (1, Some(2)));
    }
}
