//! Who an instance works for: one attempt after the other, where it is used again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::run::ActionScope;

/// The seat of the attempt that an instance runs. All clones are the same seat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seat(Arc<Mutex<Option<ActionScope>>>);

impl Seat {
    /// A seat that is taken.
    pub(crate) fn of(scope: ActionScope) -> Self {
        Self(Arc::new(Mutex::new(Some(scope))))
    }

    /// The attempt; `None` between two, and while a component describes itself.
    pub(crate) fn scope(&self) -> Option<ActionScope> {
        self.lock().clone()
    }

    /// Lets the next one take it.
    pub(super) fn take(&self, scope: ActionScope) {
        *self.lock() = Some(scope);
    }

    /// Leaves it empty, and gives who had it.
    pub(super) fn leave(&self) -> Option<ActionScope> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<ActionScope>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
