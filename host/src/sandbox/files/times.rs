//! The times of files, as guests give them.

use std::fs::FileTimes;
use std::time::{Duration, SystemTime};

/// The time so long after the epoch, or before it; nanoseconds always go forwards. `None` where the system can't tell it.
pub(super) fn at(seconds: impl TryInto<i64>, nanoseconds: u32) -> Option<SystemTime> {
    let seconds: i64 = seconds.try_into().ok()?;
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let second = match seconds < 0 {
        true => SystemTime::UNIX_EPOCH.checked_sub(whole),
        false => SystemTime::UNIX_EPOCH.checked_add(whole),
    };
    second?.checked_add(Duration::from_nanos(nanoseconds.into()))
}

/// The times to set; what is `None` stays as it is.
pub(super) fn file_times(accessed: Option<SystemTime>, modified: Option<SystemTime>) -> FileTimes {
    let times = FileTimes::new();
    let times = accessed.into_iter().fold(times, FileTimes::set_accessed);
    modified.into_iter().fold(times, FileTimes::set_modified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_the_epoch_are_times_too() {
        let nanosecond = Duration::from_nanos(1);
        assert_eq!(at(0_i64, 0), Some(SystemTime::UNIX_EPOCH));
        assert_eq!(at(0_u64, 1), Some(SystemTime::UNIX_EPOCH + nanosecond));
        assert_eq!(at(-1_i64, 999_999_999), Some(SystemTime::UNIX_EPOCH - nanosecond));
        assert_eq!(at(1_i64, u32::MAX).map(|_| ()), Some(()), "more than a second of nanoseconds");
    }

    #[test]
    fn what_the_system_cannot_tell_is_no_time() {
        assert_eq!(at(u64::MAX, 0), None);
        assert_eq!(at(i64::MAX, u32::MAX), None);
    }
}
