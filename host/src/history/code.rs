//! How things are written as numbers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::run::{ActionId, Phase};

/// How many bits of a key are the action's.
const ACTION_BITS: u32 = 32;

/// The key of a row that belongs to an action: the run's number and then the action's, so that a run's rows lie together
/// and new ones come at the end.
pub(super) fn key(run: i64, action: u64) -> i64 {
    (run << ACTION_BITS) | i64::try_from(action & u64::from(u32::MAX)).unwrap_or_default()
}

/// The keys of a run's rows: the first and the last.
pub(super) fn keys(run: i64) -> (i64, i64) {
    (key(run, 0), key(run, u32::MAX.into()))
}

/// The action of a key.
pub(super) fn action(key: i64) -> ActionId {
    ActionId(u64::try_from(key & i64::from(u32::MAX)).unwrap_or_default())
}

/// Whether an action has a key.
pub(super) fn has_key(action: ActionId) -> bool {
    u32::try_from(action.0).is_ok()
}

/// A time in microseconds.
pub(super) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

/// Microseconds as a time; less than none is none.
pub(super) fn time(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

/// A moment, in microseconds since 1970.
pub(super) fn moment(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH).map(micros).unwrap_or_default()
}

/// A phase's number.
pub(super) fn of_phase(phase: Phase) -> i64 {
    let at = Phase::ALL.iter().position(|known| *known == phase);
    i64::try_from(at.unwrap_or_default()).unwrap_or_default()
}

/// The phase of a number.
pub(super) fn phase(number: i64) -> Option<Phase> {
    Phase::ALL.get(usize::try_from(number).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_run_and_the_action() {
        let (first, last) = keys(7);
        for id in [0, 1, u64::from(u32::MAX)] {
            let key = key(7, id);
            assert!((first..=last).contains(&key));
            assert_eq!(action(key), ActionId(id));
        }
        assert!(last < key(8, 0));
        assert!(!has_key(ActionId(1 << 32)));
    }

    #[test]
    fn each_phase_has_a_number_of_its_own() {
        for (number, known) in Phase::ALL.into_iter().enumerate() {
            let number = i64::try_from(number).unwrap();
            assert_eq!((of_phase(known), phase(number)), (number, Some(known)));
        }
        assert_eq!(phase(99), None);
    }
}
