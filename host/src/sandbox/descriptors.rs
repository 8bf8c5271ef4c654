//! How many of the process's file descriptors its sandboxes take together.
//!
//! Each sandbox has a bound of its own, but some of them could still leave nothing to all others. So a sandbox gets one
//! more only while more are left than it has: alone, it can't take more than half; several get the same; and there are
//! some left for one that has none yet.

use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// One of so many descriptors is for sandboxes. The others are for connections, for the host itself, and for what is
/// open only while a call is at work.
const PART: usize = 2;
/// How many descriptors a process may have where it can't be found out: the usual limit.
const USUAL: usize = 1024;
/// No more than this, however many the process may have.
const MOST: usize = 1 << 16;
/// So many shares are tied before those of closed files are looked for.
const FEW: usize = 64;

static PROCESS: LazyLock<Arc<Budget>> = LazyLock::new(|| Budget::of((limit() / PART).min(MOST)));

/// Descriptors for all sandboxes.
#[derive(Debug)]
pub(super) struct Budget {
    left: AtomicUsize,
    tied: Mutex<Tied>,
}

#[derive(Debug)]
struct Tied {
    files: Vec<(Weak<File>, Share)>,
    /// How many files there are when those that are closed are looked for.
    look_at: usize,
}

/// Who holds descriptors: a sandbox.
#[derive(Debug, Clone, Default)]
pub(super) struct Holder(Arc<AtomicUsize>);

/// One descriptor; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    holder: Holder,
}

impl Budget {
    /// That of the process.
    pub(super) fn of_process() -> Arc<Self> {
        Arc::clone(&PROCESS)
    }

    /// `most` for all together.
    pub(super) fn of(most: usize) -> Arc<Self> {
        let tied = Tied { files: Vec::new(), look_at: FEW };
        Arc::new(Self { left: AtomicUsize::new(most), tied: Mutex::new(tied) })
    }

    /// One more for `holder`, who may have `most`, if there may be one.
    pub(super) fn take(self: &Arc<Self>, holder: &Holder, most: usize) -> Option<Share> {
        self.try_take(holder, most).or_else(|| {
            self.tied.lock().unwrap_or_else(PoisonError::into_inner).drop_closed();
            self.try_take(holder, most)
        })
    }

    fn try_take(self: &Arc<Self>, holder: &Holder, most: usize) -> Option<Share> {
        let held = holder.0.load(Ordering::Relaxed);
        if held >= most {
            return None;
        }
        let one_less = |left: usize| (left > held).then(|| left - 1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).ok()?;
        holder.0.fetch_add(1, Ordering::Relaxed);
        Some(Share { budget: Arc::clone(self), holder: holder.clone() })
    }
}

impl Share {
    /// Keeps the share for as long as anything has the file: a descriptor, a stream, a thread at work.
    ///
    /// Nobody tells when the last of them drops it. So closed files are looked for when there seem to be many, or too
    /// many.
    pub(super) fn tie(self, file: &Arc<File>) {
        let budget = Arc::clone(&self.budget);
        let mut tied = budget.tied.lock().unwrap_or_else(PoisonError::into_inner);
        if tied.files.len() >= tied.look_at {
            tied.drop_closed();
        }
        tied.files.push((Arc::downgrade(file), self));
    }
}

impl Tied {
    fn drop_closed(&mut self) {
        self.files.retain(|(file, _)| file.strong_count() > 0);
        self.look_at = FEW.max(2 * self.files.len());
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.holder.0.fetch_sub(1, Ordering::Relaxed);
        self.budget.left.fetch_add(1, Ordering::Relaxed);
    }
}

/// How many descriptors the process may have.
fn limit() -> usize {
    // Linux alone has it as a text; elsewhere the usual limit is a fair guess.
    let limits = std::fs::read_to_string("/proc/self/limits");
    limits.ok().as_deref().and_then(soft_limit).unwrap_or(USUAL)
}

/// The soft limit of open files, of all the limits in the system's words.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        soft => soft.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = 1000;

    fn all(budget: &Arc<Budget>, holder: &Holder) -> Vec<Share> {
        std::iter::from_fn(|| budget.take(holder, MANY)).collect()
    }

    #[test]
    fn however_many_take_all_they_can_there_are_some_for_one_more() {
        let budget = Budget::of(60);
        let mut taken = Vec::new();
        for _ in 0..5 {
            taken.push(all(&budget, &Holder::default()));
            assert!(!taken.last().unwrap().is_empty());
        }
        assert_eq!(taken[0].len(), 30, "alone, half of them");
        assert!(budget.take(&Holder::default(), MANY).is_some());
    }

    #[test]
    fn a_holder_has_a_bound_of_its_own() {
        let (budget, holder) = (Budget::of(60), Holder::default());
        let held: Vec<_> = (0..3).map(|_| budget.take(&holder, 3).unwrap()).collect();
        assert!(budget.take(&holder, 3).is_none());
        drop(held);
        assert!(budget.take(&holder, 3).is_some());
    }

    #[test]
    fn a_share_lasts_as_long_as_anything_has_the_file() {
        let (budget, holder) = (Budget::of(60), Holder::default());
        let descriptor = Arc::new(tempfile::tempfile().unwrap());
        let stream = Arc::clone(&descriptor);
        budget.take(&holder, 1).unwrap().tie(&descriptor);
        drop(descriptor);
        assert!(budget.take(&holder, 1).is_none(), "the stream has it");
        drop(stream);
        assert!(budget.take(&holder, 1).is_some());
    }

    #[test]
    fn closed_files_do_not_pile_up() {
        let (budget, holder) = (Budget::of(60_000), Holder::default());
        for _ in 0..10 * FEW {
            budget.take(&holder, MANY).unwrap().tie(&Arc::new(tempfile::tempfile().unwrap()));
        }
        assert!(budget.tied.lock().unwrap().files.len() <= FEW);
    }

    #[test]
    fn the_limit_is_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             63432                63432                processes \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(
            soft_limit("Max open files            unlimited            unlimited            files"),
            Some(usize::MAX)
        );
        assert_eq!(soft_limit("Max processes 1 1"), None);
        assert!(limit() > 0);
    }
}
