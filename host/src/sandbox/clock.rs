//! Virtual time, for runs that are to go the same way each time.
//!
//! It begins at a fixed instant, moves by a microsecond with each reading, and otherwise only by sleeping: not while the
//! guest computes, nor while it waits for a child or for data. A sleep takes as long as it says, so that a timer set
//! against something else keeps its meaning; but timers go off by virtual time alone, one after the other: however late
//! the machine is, of two the one with the earlier instant goes off first, at its instant, and the other not with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// When virtual time begins: 2000-01-01T00:00:00Z, as time since 1970.
const BEGINNING: Duration = Duration::from_secs(946_684_800);

/// By how much a reading moves it, and how finely it is told, in nanoseconds.
const READING: u64 = 1_000;

/// One sandbox's virtual time. All clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct VirtualClock(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    time: Mutex<Time>,
    /// Told when time has moved by a sleep, or when one who waits no longer does.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Time {
    /// Nanoseconds since the beginning.
    now: u64,
    /// When time last moved by a sleep.
    moved: Option<Moment>,
    /// Who waits: until when, and their numbers.
    waiting: BTreeSet<(u64, u64)>,
    /// The number of the next who waits.
    next: u64,
}

/// An instant in both times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    real: Instant,
    now: u64,
}

/// What one who waits is to do.
enum Step {
    GoOn,
    /// Sleep until this real instant; `None`: it never comes.
    Sleep(Option<Instant>),
    /// Wait for one who is to go on first.
    After,
}

impl VirtualClock {
    fn time(&self) -> MutexGuard<'_, Time> {
        self.0.time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads it, in nanoseconds.
    pub(super) fn read(&self) -> u64 {
        let mut time = self.time();
        let now = time.now;
        time.now = now.saturating_add(READING);
        now
    }

    /// This instant, without reading it.
    pub(super) fn moment(&self) -> Moment {
        Moment { real: Instant::now(), now: self.time().now }
    }

    /// Waits until virtual time is `deadline`, as one who set out to do so at `since`.
    pub(super) async fn wait(&self, deadline: u64, since: Moment) {
        if self.time().now >= deadline {
            return;
        }
        let waiting = Waiting::new(self, deadline);
        // All who are asked together are known before any goes on, however late it is.
        tokio::task::yield_now().await;
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            match waiting.step(since) {
                Step::GoOn => return,
                Step::Sleep(Some(due)) => tokio::select! {
                    () = sleep_until(due) => {}
                    () = changed => {}
                },
                Step::Sleep(None) | Step::After => changed.await,
            }
        }
    }
}

impl Moment {
    /// The instant `nanoseconds` later, in virtual time.
    pub(super) fn plus(self, nanoseconds: u64) -> u64 {
        self.now.saturating_add(nanoseconds)
    }

    /// Whether `deadline` has come.
    pub(super) fn is_past(self, deadline: u64) -> bool {
        self.now >= deadline
    }
}

/// One who waits; also if the wait is cut short.
struct Waiting<'c> {
    clock: &'c VirtualClock,
    deadline: u64,
    number: u64,
}

impl<'c> Waiting<'c> {
    fn new(clock: &'c VirtualClock, deadline: u64) -> Self {
        let mut time = clock.time();
        let number = time.next;
        time.next += 1;
        time.waiting.insert((deadline, number));
        Self { clock, deadline, number }
    }

    fn step(&self, since: Moment) -> Step {
        let mut time = self.clock.time();
        if time.now >= self.deadline {
            return Step::GoOn;
        }
        // After another sleep has moved time, what is left counts from there: two never go off as one.
        let from = time.moved.filter(|moved| moved.real > since.real).unwrap_or(since);
        let left = Duration::from_nanos(self.deadline.saturating_sub(from.now));
        let due = from.real.checked_add(left);
        if due.is_none_or(|due| due > Instant::now()) {
            return Step::Sleep(due);
        }
        if time.waiting.first().is_some_and(|(first, _)| *first < self.deadline) {
            return Step::After;
        }
        time.now = self.deadline;
        time.moved = Some(Moment { real: Instant::now(), now: self.deadline });
        drop(time);
        self.clock.0.changed.notify_waiters();
        Step::GoOn
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.clock.time().waiting.remove(&(self.deadline, self.number));
        self.clock.0.changed.notify_waiters();
    }
}

impl HostMonotonicClock for VirtualClock {
    fn resolution(&self) -> u64 {
        READING
    }

    fn now(&self) -> u64 {
        self.read()
    }
}

impl HostWallClock for VirtualClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(READING)
    }

    fn now(&self) -> Duration {
        BEGINNING.saturating_add(Duration::from_nanos(self.read()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: u64 = 1_000_000;

    #[test]
    fn readings_move_both_clocks() {
        let clock = VirtualClock::default();
        assert_eq!([clock.read(), clock.read()], [0, 1_000]);
        assert_eq!(HostWallClock::now(&clock), BEGINNING + Duration::from_micros(2));
        assert_eq!(HostMonotonicClock::now(&clock), 3_000);
    }

    #[tokio::test]
    async fn a_sleep_moves_time_to_its_end_and_no_further() {
        let clock = VirtualClock::default();
        let begun = Instant::now();
        clock.wait(20 * MILLI, clock.moment()).await;
        assert!(begun.elapsed() >= Duration::from_millis(20));
        assert_eq!(clock.read(), 20 * MILLI);
        clock.wait(MILLI, clock.moment()).await;
        assert_eq!(clock.read(), 20 * MILLI + READING, "what is past is not waited for");
    }

    #[tokio::test]
    async fn timers_go_off_in_their_order_each_at_its_instant() {
        let clock = VirtualClock::default();
        let since = clock.moment();
        let order = Mutex::new(Vec::new());
        let timer = |micros: u64| {
            let (clock, order) = (&clock, &order);
            async move {
                clock.wait(micros * 1_000, since).await;
                order.lock().unwrap().push((micros, clock.moment().now / 1_000));
            }
        };
        // All of them are due for long when they are asked for the first time.
        std::thread::sleep(Duration::from_millis(10));
        futures::join!(timer(5200), timer(5000), timer(5100), timer(5000));
        assert_eq!(*order.lock().unwrap(), [(5000, 5000), (5000, 5000), (5100, 5100), (5200, 5200)]);
    }

    #[tokio::test]
    async fn who_stops_waiting_holds_nobody_up() {
        let clock = VirtualClock::default();
        let since = clock.moment();
        std::thread::sleep(Duration::from_millis(5));
        let mut first = Box::pin(clock.wait(u64::MAX / 2, since));
        let mut second = Box::pin(clock.wait(u64::MAX, since));
        assert!(futures::poll!(&mut first).is_pending() && futures::poll!(&mut second).is_pending());
        drop(first);
        assert!(futures::poll!(&mut second).is_pending(), "its own instant is far");
        clock.wait(2 * MILLI, since).await;
        assert_eq!(clock.read(), 2 * MILLI);
    }
}
