//! Whether what a file says of its actions fits together: a file may come from anybody.

use std::collections::HashMap;

use crate::replay::manifest::{Action, Delivery};
use crate::run::ActionId;

/// The places of actions among all, by their ids, where each comes after its parent.
///
/// # Errors
/// What of the actions, or of the results that reached them, can't be.
pub(super) fn places(actions: &[Action], deliveries: &[Delivery]) -> Result<HashMap<u64, usize>, String> {
    let mut places = HashMap::with_capacity(actions.len());
    for (place, action) in actions.iter().enumerate() {
        let has_parent = action.parent.is_none_or(|parent| places.contains_key(&parent));
        if !has_parent || places.insert(action.id, place).is_some() {
            return Err(format!("the action {} is out of order", ActionId(action.id)));
        }
    }
    if let Some(second) = actions.iter().filter(|action| action.parent.is_none()).nth(1) {
        return Err(format!("nothing invoked the action {}", ActionId(second.id)));
    }
    let call = |action: &Action| Some((action.parent?, action.parent_attempt, action.call));
    let mut calls: Vec<_> = actions.iter().filter_map(call).collect();
    calls.sort_unstable();
    if let Some(pair) = calls.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("two actions are the same invocation of {}", ActionId(pair[0].0)));
    }
    match wrong(actions, deliveries) {
        Some(parent) => Err(format!("results reached {} that cannot have", ActionId(parent))),
        None => Ok(places),
    }
}

/// The first parent of which a delivery is not of some of its attempt's invocations, one after the other, or which got
/// a result twice. As nothing comes twice, looking at all that came is looking at each action once.
fn wrong(actions: &[Action], deliveries: &[Delivery]) -> Option<u64> {
    let of_child = |child: &Action| Some((child.parent?, child.parent_attempt, child.id, child.call));
    let mut children: Vec<_> = actions.iter().filter_map(of_child).collect();
    children.sort_unstable();
    let mut deliveries: Vec<_> =
        deliveries.iter().map(|one| (one.parent, one.attempt, one.first, one.count)).collect();
    deliveries.sort_unstable();
    let mut before = None;
    for (parent, attempt, first, count) in deliveries {
        let Some(end) = first.checked_add(count) else { return Some(parent) };
        let place = |id| children.partition_point(|child| (child.0, child.1, child.2) < (parent, attempt, id));
        let reached = &children[place(first)..place(end)];
        let comes_twice = before.is_some_and(|last| (parent, attempt, first) < last);
        let is_all = !reached.is_empty() && reached.len() as u64 == count;
        let follow = |pair: &[(u64, u32, u64, u64)]| pair[0].3.checked_add(1) == Some(pair[1].3);
        if comes_twice || !is_all || !reached.windows(2).all(follow) {
            return Some(parent);
        }
        before = Some((parent, attempt, end));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Actions of these ids, parents and numbers.
    fn actions(of: &[(u64, Option<u64>, u64)]) -> Vec<Action> {
        let action = |(id, parent, call): &(u64, Option<u64>, u64)| {
            let described = serde_json::json!({
                "id": id, "parent": parent, "parent_attempt": 1, "call": call, "task": "t", "phase": "failed",
                "attempts": 1, "max_runtime": null, "inputs": null, "output": null, "failure": null,
            });
            serde_json::from_value(described).unwrap()
        };
        of.iter().map(action).collect()
    }

    #[test]
    fn an_action_before_its_parent_is_refused() {
        for wrong in [
            &[(0, Some(0), 0)][..],
            &[(0, Some(1), 0), (1, Some(0), 0)],
            &[(0, None, 0), (0, None, 0)],
            &[(1, Some(0), 0)],
        ] {
            let refused = places(&actions(wrong), &[]).unwrap_err();
            assert!(refused.contains("out of order"), "{refused}");
        }
        let refused = places(&actions(&[(0, None, 0), (1, Some(0), 3), (2, Some(0), 3)]), &[]).unwrap_err();
        assert_eq!(refused, "two actions are the same invocation of a0");
        let refused = places(&actions(&[(0, None, 0), (1, None, 0)]), &[]).unwrap_err();
        assert_eq!(refused, "nothing invoked the action a1");
    }

    #[test]
    fn results_that_cannot_have_reached_a_parent_are_refused() {
        let actions = actions(&[
            (0, None, 0),
            (1, Some(0), 0),
            (2, Some(0), 1),
            (3, Some(1), 0),
            (4, Some(0), 2),
            (5, Some(0), 7),
            (u64::MAX, Some(0), 8),
        ]);
        let read = |of: &[(u64, u32, u64, u64)]| {
            let delivery = |(parent, attempt, first, count): &(u64, u32, u64, u64)| Delivery {
                parent: *parent,
                attempt: *attempt,
                first: *first,
                count: *count,
                calls: 9,
            };
            places(&actions, &of.iter().map(delivery).collect::<Vec<_>>())
        };
        read(&[(0, 1, 4, 1), (0, 1, 1, 2), (1, 1, 3, 1), (0, 1, 5, 1)]).unwrap();
        for wrong in [
            &[(0, 1, 1, 2), (0, 1, 2, 1)][..],
            &[(0, 1, 1, 2), (0, 1, 1, 2)],
            &[(0, 1, 1, 0)],
            &[(0, 1, u64::MAX, 1)],
            &[(0, 1, 2, u64::MAX)],
            &[(0, 1, 1, 3)],
            &[(0, 1, 4, 2)],
            &[(0, 2, 1, 1)],
            &[(0, 1, 3, 1)],
            &[(7, 1, 1, 1)],
        ] {
            let refused = read(wrong).unwrap_err();
            assert!(refused.starts_with("results reached a"), "{wrong:?}: {refused}");
        }
    }
}
