//! Where actions are executed, one after the other: a place in the queue, and the slot it has got.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::run::Limit;
use crate::run::admission::{Slot, Ticket};

/// A place for one action at a time. Those that follow one another get their slot without asking again, as long as
/// nobody else waits for one.
#[derive(Debug)]
pub(super) struct Post {
    ticket: Ticket,
    kept: Mutex<Option<Arc<Slot>>>,
    queues: AtomicBool,
    pub(super) cancel: CancellationToken,
}

impl Post {
    pub(super) fn new(ticket: Ticket, cancel: CancellationToken) -> Self {
        Self { ticket, kept: Mutex::default(), queues: AtomicBool::new(false), cancel }
    }

    /// A slot for one attempt of this weight.
    ///
    /// # Errors
    /// [`Limit::Instances`] where waiting is hopeless.
    pub(super) async fn slot(&self, weight: usize) -> Result<Arc<Slot>, Limit> {
        if let Some(slot) = self.kept() {
            return Ok(slot);
        }
        self.queues.store(true, Ordering::Relaxed);
        let admitted = self.ticket.admit(weight).await;
        self.queues.store(false, Ordering::Relaxed);
        let slot = Arc::new(admitted?);
        *self.lock() = Some(Arc::clone(&slot));
        Ok(slot)
    }

    /// The slot of the action before, where it has ended altogether and may be followed by the next.
    fn kept(&self) -> Option<Arc<Slot>> {
        let mut kept = self.lock();
        let is_free = |slot: &mut Arc<Slot>| Arc::get_mut(slot).is_some();
        if kept.as_mut().is_some_and(is_free) && !self.ticket.is_crowded() {
            return kept.clone();
        }
        let given_back = kept.take();
        drop(kept);
        drop(given_back);
        None
    }

    /// Gives the slot back, while nothing runs here.
    pub(super) fn leave(&self) {
        let given_back = self.lock().take();
        drop(given_back);
    }

    /// Takes it apart: the place in the queue, and the slot where there is one.
    pub(super) fn retire(self) -> (Ticket, Option<Arc<Slot>>) {
        (self.ticket, self.kept.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it waits for a slot.
    pub(super) fn queues(&self) -> bool {
        self.queues.load(Ordering::Relaxed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Slot>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
