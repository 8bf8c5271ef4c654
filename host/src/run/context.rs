//! What all actions of one run share.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::component::Catalog;
use crate::rights::{Granted, Secrets};
use crate::run::{
    AbortCause, ActionId, Admission, Earlier, EventSink, Executor, Failure, Ledger, Limit, Limits, Phase, Replayed,
    ResultCache, ResultCacheMode, RunEvent, RunId, RunStats, Usage,
};

/// How many names one run resolves at once; others wait. No run has more than a quarter of what the process has.
pub(crate) const MOST_LOOKUPS: usize = 16;

/// The terms a run runs on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    pub(crate) limits: Arc<Limits>,
    pub(crate) granted: Granted,
    pub(crate) seed: Option<u64>,
    pub(crate) earlier: Option<Arc<dyn Earlier>>,
    pub(crate) results: ResultCacheMode,
}

/// A time as a sum is kept, in nanoseconds.
pub(super) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Bytes that the host holds for a run.
pub(crate) struct Held {
    run: Arc<RunContext>,
    bytes: usize,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.run.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// One run: what its actions need, and what they use up.
pub(crate) struct RunContext {
    pub(crate) id: RunId,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) executor: Arc<dyn Executor>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) cache: Arc<ResultCache>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) granted: Granted,
    /// Where clocks and randomness are fixed: what the randomness starts from.
    pub(crate) seed: Option<u64>,
    /// The run whose results it takes over.
    pub(crate) earlier: Option<Arc<dyn Earlier>>,
    pub(crate) results: ResultCacheMode,
    pub(crate) sink: Option<Arc<dyn EventSink>>,
    /// Who keeps each result before it is handed on; `None` where nobody has to.
    pub(crate) ledger: Option<Arc<dyn Ledger>>,
    /// Cancelled: the run was aborted or is over time.
    pub(crate) stop: CancellationToken,
    over_time: AtomicBool,
    /// Why it can't go on, where it is the host that has stopped it.
    broken: OnceLock<Failure>,
    started: Instant,
    /// How many actions it may have.
    most_actions: u64,
    actions: AtomicU64,
    attempts: AtomicU64,
    cached: AtomicU64,
    recovered: AtomicU64,
    failed: AtomicU64,
    aborted: AtomicU64,
    denials: AtomicU64,
    peak_memory: AtomicUsize,
    held: AtomicUsize,
    lookups: OnceLock<Arc<Semaphore>>,
    times: Times,
}

/// Sums over all actions, in nanoseconds.
#[derive(Debug, Default)]
struct Times {
    queue: AtomicU64,
    instantiate: AtomicU64,
    run: AtomicU64,
    serialize: AtomicU64,
}

impl RunContext {
    pub(crate) fn new(
        catalog: Arc<Catalog>,
        executor: Arc<dyn Executor>,
        admission: Arc<Admission>,
        cache: Arc<ResultCache>,
        terms: Terms,
        sink: Option<Arc<dyn EventSink>>,
        ledger: Option<Arc<dyn Ledger>>,
    ) -> Self {
        let Terms { limits, granted, seed, earlier, results } = terms;
        let most_calls = earlier.as_ref().and_then(|earlier| earlier.replayed()?.most_calls);
        let most_actions = most_calls.map_or(u64::MAX, |calls| calls.saturating_add(1)).min(limits.max_actions);
        Self {
            id: RunId::random(),
            most_actions,
            catalog,
            executor,
            admission,
            cache,
            limits,
            granted,
            seed,
            earlier,
            results,
            sink,
            ledger,
            stop: CancellationToken::new(),
            over_time: AtomicBool::new(false),
            broken: OnceLock::new(),
            started: Instant::now(),
            actions: AtomicU64::new(0),
            attempts: AtomicU64::new(0),
            cached: AtomicU64::new(0),
            recovered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            aborted: AtomicU64::new(0),
            denials: AtomicU64::new(0),
            peak_memory: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            lookups: OnceLock::new(),
            times: Times::default(),
        }
    }

    /// What must not be told.
    pub(crate) fn secrets(&self) -> Option<&Secrets> {
        self.granted.secrets()
    }

    /// As many permits as the run may start further name lookups.
    pub(super) fn lookups(&self) -> &Arc<Semaphore> {
        self.lookups.get_or_init(|| Arc::new(Semaphore::new(MOST_LOOKUPS)))
    }

    /// Takes note of what one attempt's sandbox took at most, in bytes.
    pub(crate) fn note_peak(&self, bytes: usize) {
        // Nearly always there was a larger one: to read is cheap, where many write.
        if self.peak_memory.load(Ordering::Relaxed) < bytes {
            self.peak_memory.fetch_max(bytes, Ordering::Relaxed);
        }
    }

    /// Takes note of one denial.
    pub(crate) fn count_denial(&self) {
        self.denials.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts `bytes` among those that the host holds for the run, until the returned guard is dropped.
    ///
    /// # Errors
    /// [`Limit::Held`] where they would be too many.
    pub(crate) fn hold(self: &Arc<Self>, bytes: usize) -> Result<Held, Limit> {
        let max = self.limits.max_held;
        let fits = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= max);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).map_err(|_| Limit::Held(max))?;
        Ok(Held { run: Arc::clone(self), bytes })
    }

    /// The one attempt that is made again, where nothing else is to be run.
    pub(super) fn replayed(&self) -> Option<Replayed> {
        self.earlier.as_ref().and_then(|earlier| earlier.replayed())
    }

    /// Whether anybody is told what happens.
    pub(crate) fn is_watched(&self) -> bool {
        self.sink.is_some()
    }

    /// Tells the sink, if there is one; otherwise the event is not even made.
    pub(crate) fn emit(&self, event: impl FnOnce() -> RunEvent) {
        if let Some(sink) = &self.sink {
            sink.event(&event());
        }
    }

    /// The id of one more action.
    ///
    /// # Errors
    /// [`Limit::Actions`] where the run has no more.
    pub(crate) fn next_action(&self) -> Result<ActionId, Limit> {
        let id = self.next_actions(1).next();
        id.map(ActionId).ok_or(Limit::Actions(self.limits.max_actions))
    }

    /// The ids of so many more actions, one after the other; of fewer where the run has no more.
    pub(crate) fn next_actions(&self, wanted: u64) -> Range<u64> {
        let max = self.most_actions;
        let next = |n: u64| n.saturating_add(wanted).min(max).max(n);
        match self.actions.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| Some(next(n))) {
            Ok(n) | Err(n) => n..next(n),
        }
    }

    /// Notes one more attempt.
    ///
    /// # Errors
    /// [`Limit::Actions`] where the run has no more: retries must not go on forever either.
    pub(crate) fn next_attempt(&self) -> Result<(), Limit> {
        let max = self.limits.max_actions;
        let counted =
            self.attempts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < max).then_some(n + 1));
        counted.map(|_| ()).map_err(|_| Limit::Actions(max))
    }

    pub(crate) fn count_end(&self, phase: Phase, cached: bool, usage: &Usage) {
        match phase {
            Phase::Recovered => self.recovered.fetch_add(1, Ordering::Relaxed),
            Phase::Failed | Phase::TimedOut => self.failed.fetch_add(1, Ordering::Relaxed),
            Phase::Aborted => self.aborted.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        if cached {
            self.cached.fetch_add(1, Ordering::Relaxed);
        }
        let Times { queue, instantiate, run, serialize } = &self.times;
        let parts = [
            (queue, usage.queue),
            (instantiate, usage.instantiate),
            (run, usage.run),
            (serialize, usage.serialize),
        ];
        for (sum, took) in parts {
            // Where there is nothing to add, threads need not fight for the sum.
            if !took.is_zero() {
                sum.fetch_add(nanos(took), Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn stats(&self) -> RunStats {
        let time = |sum: &AtomicU64| Duration::from_nanos(sum.load(Ordering::Relaxed));
        RunStats {
            actions: self.actions.load(Ordering::Relaxed),
            attempts: self.attempts.load(Ordering::Relaxed),
            cached: self.cached.load(Ordering::Relaxed),
            recovered: self.recovered.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            aborted: self.aborted.load(Ordering::Relaxed),
            denials: self.denials.load(Ordering::Relaxed),
            usage: Usage {
                queue: time(&self.times.queue),
                instantiate: time(&self.times.instantiate),
                run: time(&self.times.run),
                serialize: time(&self.times.serialize),
                peak_memory: self.peak_memory.load(Ordering::Relaxed),
            },
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Ends the run because its deadline has passed.
    pub(crate) fn stop_over_time(&self) {
        self.over_time.store(true, Ordering::Relaxed);
        self.stop.cancel();
    }

    /// Ends the run because the host can't go on with it; of several reasons, the first is the root's failure.
    pub(crate) fn give_up(&self, reason: Failure) {
        let _ = self.broken.set(reason);
        self.stop.cancel();
    }

    /// An action's result, unless it is the root and the host can't go on with the run.
    pub(super) fn unless_given_up<T>(&self, action: ActionId, result: Result<T, Failure>) -> Result<T, Failure> {
        match self.broken.get().filter(|_| action == ActionId::ROOT) {
            Some(reason) => Err(reason.clone()),
            None => result,
        }
    }

    /// Why an action that was cancelled was.
    pub(crate) fn abort_failure(&self, action: ActionId) -> Failure {
        if let Some(reason) = self.broken.get().filter(|_| action == ActionId::ROOT) {
            return reason.clone();
        }
        match self.limits.deadline {
            Some(deadline) if action == ActionId::ROOT && self.over_time.load(Ordering::Relaxed) => {
                Failure::Limit(Limit::Deadline(deadline))
            }
            _ if self.stop.is_cancelled() => Failure::Aborted(AbortCause::Run),
            _ => Failure::Aborted(AbortCause::Parent),
        }
    }
}
