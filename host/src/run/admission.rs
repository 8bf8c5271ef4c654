//! Who may run now.
//!
//! Two numbers are bounded: attempts that *run*, and attempts that are *live* (running, or waiting for a child,
//! which keeps their instance). A parent that waits for its children gives its running slot back, or fan-outs
//! would deadlock. Of those who wait for a slot the deepest goes first: finishing a subtree before opening the
//! next one keeps few parents live.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::run::Limit;

/// Hands out slots to attempts.
#[derive(Debug)]
pub(crate) struct Admission {
    max_running: usize,
    max_live: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    live: usize,
    arrivals: u64,
    queue: BinaryHeap<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    depth: u32,
    arrival: u64,
    admit: oneshot::Sender<Result<Slot, Limit>>,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.depth.cmp(&other.depth).then(other.arrival.cmp(&self.arrival))
    }
}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Waiting {}

impl Admission {
    /// At most `max_running` attempts run and at most `max_live` are live; both at least 1.
    pub(crate) fn new(max_running: usize, max_live: usize) -> Arc<Self> {
        Arc::new(Self { max_running: max_running.max(1), max_live: max_live.max(1), state: Mutex::default() })
    }

    /// Waits for a slot for an attempt at this depth.
    ///
    /// # Errors
    /// [`Limit::Instances`] where waiting is hopeless: every live attempt waits for a child.
    pub(crate) async fn admit(self: &Arc<Self>, depth: u32) -> Result<Slot, Limit> {
        let receiver = {
            let mut state = self.lock();
            if state.running < self.max_running && state.live < self.max_live && state.queue.is_empty() {
                return Ok(self.grant(&mut state));
            }
            let (admit, receiver) = oneshot::channel();
            state.arrivals += 1;
            let arrival = state.arrivals;
            state.queue.push(Waiting { depth, arrival, admit });
            self.dispatch(&mut state);
            receiver
        };
        receiver.await.unwrap_or(Err(Limit::Instances(self.max_live)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn grant(self: &Arc<Self>, state: &mut State) -> Slot {
        state.running += 1;
        state.live += 1;
        Slot { admission: Some(Arc::clone(self)), waiting_for: Mutex::new(0) }
    }

    /// Admits as many of the waiting as fit.
    fn dispatch(self: &Arc<Self>, state: &mut State) {
        while state.running < self.max_running && !state.queue.is_empty() {
            if state.live >= self.max_live {
                if state.running > 0 {
                    return; // one of the running will end and make room
                }
                if let Some(hopeless) = state.queue.pop() {
                    let _ = hopeless.admit.send(Err(Limit::Instances(self.max_live)));
                }
                // Its parent hears of the failure and so runs again, or ends.
                return;
            }
            let Some(next) = state.queue.pop() else { return };
            if next.admit.is_closed() {
                continue; // given up meanwhile
            }
            let slot = self.grant(state);
            if let Err(Ok(mut unwanted)) = next.admit.send(Ok(slot)) {
                // Given up between the two lines above. Its own drop would lock the state again.
                unwanted.admission = None;
                state.running -= 1;
                state.live -= 1;
            }
        }
    }
}

/// The right of one attempt to run; given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    /// `None`: already given back.
    admission: Option<Arc<Admission>>,
    waiting_for: Mutex<usize>,
}

impl Slot {
    /// Notes that the attempt waits for one more child; the first one frees the running slot.
    pub(crate) fn child_started(&self) {
        let mut waiting_for = self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting_for += 1;
        if *waiting_for == 1
            && let Some(admission) = &self.admission
        {
            let mut state = admission.lock();
            state.running -= 1;
            admission.dispatch(&mut state);
        }
    }

    /// Notes that a child ended. With the last one the attempt runs again, at once and without queueing, even
    /// if that is one more than the bound: holding back finished work would only pile it up.
    pub(crate) fn child_ended(&self) {
        let mut waiting_for = self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting_for -= 1;
        if *waiting_for == 0
            && let Some(admission) = &self.admission
        {
            admission.lock().running += 1;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let waits = *self.waiting_for.get_mut().unwrap_or_else(PoisonError::into_inner) > 0;
        if let Some(admission) = self.admission.take() {
            let mut state = admission.lock();
            if !waits {
                state.running -= 1;
            }
            state.live -= 1;
            admission.dispatch(&mut state);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn admitted(waiter: &mut (impl Future<Output = Result<Slot, Limit>> + Unpin)) -> Option<Result<Slot, Limit>> {
        waiter.now_or_never()
    }

    #[test]
    fn a_waiting_parent_holds_no_running_slot() {
        let admission = Admission::new(1, 10);
        let parent = admission.admit(1).now_or_never().unwrap().unwrap();
        assert!(admission.admit(2).now_or_never().is_none());
        parent.child_started();
        assert!(admission.admit(2).now_or_never().unwrap().is_ok());
    }

    #[test]
    fn the_deepest_goes_first_and_equals_go_in_order() {
        let admission = Admission::new(1, 10);
        let first = admission.admit(1).now_or_never().unwrap().unwrap();
        let (mut shallow, mut deep) = (Box::pin(admission.admit(2)), Box::pin(admission.admit(3)));
        assert!(admitted(&mut shallow).is_none() && admitted(&mut deep).is_none());
        drop(first);
        assert!(admitted(&mut shallow).is_none());
        assert!(admitted(&mut deep).unwrap().is_ok());
        assert!(admitted(&mut shallow).unwrap().is_ok());
    }

    #[test]
    fn one_who_gave_up_takes_no_slot() {
        let admission = Admission::new(1, 10);
        let first = admission.admit(1).now_or_never().unwrap().unwrap();
        let mut gone = Box::pin(admission.admit(9));
        assert!(admitted(&mut gone).is_none());
        let mut next = Box::pin(admission.admit(2));
        assert!(admitted(&mut next).is_none());
        drop(gone);
        drop(first);
        assert!(admitted(&mut next).unwrap().is_ok());
    }

    #[test]
    fn where_all_live_ones_wait_a_child_fails_instead_of_waiting_forever() {
        let admission = Admission::new(4, 2);
        let a = admission.admit(1).now_or_never().unwrap().unwrap();
        a.child_started();
        let b = admission.admit(2).now_or_never().unwrap().unwrap();
        b.child_started();
        assert_eq!(admission.admit(3).now_or_never().unwrap().unwrap_err(), Limit::Instances(2));
    }

    #[test]
    fn all_slots_come_back() {
        let admission = Admission::new(2, 2);
        for _ in 0..100 {
            let slot = admission.admit(1).now_or_never().unwrap().unwrap();
            slot.child_started();
            slot.child_started();
            slot.child_ended();
            slot.child_ended();
        }
        let state = admission.lock();
        assert_eq!((state.running, state.live), (0, 0));
    }
}
