//! Ends a build from outside.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Ends a build that goes on, from another thread. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    stopped: AtomicBool,
    /// The numbers of the groups of processes that run.
    groups: Mutex<Vec<u32>>,
}

impl Stop {
    /// Ends the build soon, with [`BuildError::Stopped`](crate::build::BuildError::Stopped): the processes it started
    /// are ended, and nothing half-made stays.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    /// The same at once: the processes have no time to end by themselves. For a program that leaves and does not wait
    /// for the build.
    pub fn kill(&self) {
        self.stop();
        for group in self.groups().iter() {
            kill(*group);
        }
    }

    /// Whether [`Stop::stop`] was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Relaxed)
    }

    /// Has a group killed where all is. It has to be forgotten before somebody else can get its number.
    pub(super) fn watch(&self, group: u32) {
        self.groups().push(group);
    }

    pub(super) fn forget(&self, group: u32) {
        self.groups().retain(|other| *other != group);
    }

    fn groups(&self) -> MutexGuard<'_, Vec<u32>> {
        self.0.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
fn kill(group: u32) {
    super::group::signal(group, rustix::process::Signal::KILL);
}

#[cfg(not(unix))]
fn kill(_: u32) {}
