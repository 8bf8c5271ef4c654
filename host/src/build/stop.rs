//! Ends a build from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends a build that goes on, from another thread. Cheap to clone; all clones are one.
///
/// A program that leaves and does not wait for the build needs none: on Unix, what it started is killed when this
/// process is gone.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends the build soon, with [`BuildError::Stopped`](crate::build::BuildError::Stopped): the processes it started
    /// are ended, and nothing half-made stays.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`Stop::stop`] was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
