//! How much of the process's own means the files of one sandbox may take.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::sandbox::descriptors::{self, Budget, Holder};

/// Files and directories that a guest may have open at once, be it that a stream alone has them: an eighth of what a
/// process usually may, for all guests and all else.
pub(super) const MOST_OPEN: usize = 128;
/// Streams that a guest may have open at once, of files and of anything else. Each buffers up to 64 KiB in the host.
pub(super) const MOST_STREAMS: usize = 1024;
/// Entries of directories that the host holds for a guest at once. A listing is read as a whole.
pub(super) const MOST_ENTRIES: usize = 1 << 17;
/// Calls of a guest that may be at work at once. Each takes one of the threads that all guests share for such work.
const MOST_AT_WORK: usize = 8;

/// A part of a sandbox's quota; it is given back when this is dropped.
pub(super) type Share = OwnedSemaphorePermit;

/// What a sandbox has left. Nothing is allocated for guests that never touch a file.
#[derive(Default)]
pub(super) struct Quota(Option<Parts>);

struct Parts {
    budget: Arc<Budget>,
    holder: Holder,
    streams: Arc<Semaphore>,
    entries: Arc<Semaphore>,
    work: Arc<Semaphore>,
}

/// Entries of listings, taken while they are read.
#[derive(Clone)]
pub(super) struct Entries(Arc<Semaphore>);

/// A turn to work for the guest.
#[derive(Clone)]
pub(super) struct Turns(Arc<Semaphore>);

impl Quota {
    fn parts(&mut self) -> &Parts {
        self.0.get_or_insert_with(|| Parts {
            budget: Budget::of_process(),
            holder: Holder::default(),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            entries: Arc::new(Semaphore::new(MOST_ENTRIES)),
            work: Arc::new(Semaphore::new(MOST_AT_WORK)),
        })
    }

    /// One more open file or directory, if there may be one.
    pub(super) fn open(&mut self) -> Option<descriptors::Share> {
        let Parts { budget, holder, .. } = self.parts();
        budget.take(holder, MOST_OPEN)
    }

    /// One more stream, if there may be one.
    pub(super) fn stream(&mut self) -> Option<Share> {
        Arc::clone(&self.parts().streams).try_acquire_owned().ok()
    }

    pub(super) fn entries(&mut self) -> Entries {
        Entries(Arc::clone(&self.parts().entries))
    }

    pub(super) fn turns(&mut self) -> Turns {
        Turns(Arc::clone(&self.parts().work))
    }
}

impl Entries {
    /// `count` more entries, if there may be as many.
    pub(super) fn take(&self, count: usize) -> Option<Share> {
        Arc::clone(&self.0).try_acquire_many_owned(u32::try_from(count).ok()?).ok()
    }
}

impl Turns {
    /// Waits for a turn.
    pub(super) async fn next(self) -> Option<Share> {
        self.0.acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_can_be_taken_again() {
        let mut quota = Quota::default();
        let held: Vec<_> = (0..MOST_OPEN).map(|_| quota.open().unwrap()).collect();
        assert!(quota.open().is_none());
        drop(held);
        assert!(quota.open().is_some());
    }

    #[test]
    fn entries_count_over_all_listings() {
        let entries = Quota::default().entries();
        let half = entries.take(MOST_ENTRIES / 2).unwrap();
        assert!(entries.take(MOST_ENTRIES / 2 + 1).is_none());
        drop(half);
        assert!(entries.take(MOST_ENTRIES).is_some());
    }
}
