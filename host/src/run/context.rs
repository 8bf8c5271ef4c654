//! What all actions of one run share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::component::Catalog;
use crate::run::{
    AbortCause, ActionId, Admission, Budget, EventSink, Executor, Failure, Limit, Phase, ResultCache, RunEvent,
    RunId, RunStats,
};

/// One run: what its actions need, and what they use up.
pub(crate) struct RunContext {
    pub(crate) id: RunId,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) executor: Arc<dyn Executor>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) cache: Arc<ResultCache>,
    pub(crate) budget: Budget,
    pub(crate) sink: Option<Arc<dyn EventSink>>,
    /// Cancelled: the run was aborted or is over time.
    pub(crate) stop: CancellationToken,
    over_time: AtomicBool,
    started: Instant,
    actions: AtomicU64,
    attempts: AtomicU64,
    cached: AtomicU64,
    failed: AtomicU64,
    aborted: AtomicU64,
}

impl RunContext {
    pub(crate) fn new(
        catalog: Arc<Catalog>,
        executor: Arc<dyn Executor>,
        admission: Arc<Admission>,
        cache: Arc<ResultCache>,
        budget: Budget,
        sink: Option<Arc<dyn EventSink>>,
    ) -> Self {
        Self {
            id: RunId::random(),
            catalog,
            executor,
            admission,
            cache,
            budget,
            sink,
            stop: CancellationToken::new(),
            over_time: AtomicBool::new(false),
            started: Instant::now(),
            actions: AtomicU64::new(0),
            attempts: AtomicU64::new(0),
            cached: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            aborted: AtomicU64::new(0),
        }
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
        let max = self.budget.max_actions;
        self.actions
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < max).then_some(n + 1))
            .map(ActionId)
            .map_err(|_| Limit::Actions(max))
    }

    /// Notes one more attempt.
    ///
    /// # Errors
    /// [`Limit::Actions`] where the run has no more: retries must not go on forever either.
    pub(crate) fn next_attempt(&self) -> Result<(), Limit> {
        let max = self.budget.max_actions;
        let counted =
            self.attempts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < max).then_some(n + 1));
        counted.map(|_| ()).map_err(|_| Limit::Actions(max))
    }

    pub(crate) fn count_end(&self, phase: Phase, cached: bool) {
        match phase {
            Phase::Failed | Phase::TimedOut => self.failed.fetch_add(1, Ordering::Relaxed),
            Phase::Aborted => self.aborted.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        if cached {
            self.cached.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn stats(&self) -> RunStats {
        RunStats {
            actions: self.actions.load(Ordering::Relaxed),
            attempts: self.attempts.load(Ordering::Relaxed),
            cached: self.cached.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            aborted: self.aborted.load(Ordering::Relaxed),
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

    /// Why an action that was cancelled was.
    pub(crate) fn abort_failure(&self, action: ActionId) -> Failure {
        match self.budget.deadline {
            Some(deadline) if action == ActionId::ROOT && self.over_time.load(Ordering::Relaxed) => {
                Failure::Limit(Limit::Deadline(deadline))
            }
            _ if self.stop.is_cancelled() => Failure::Aborted(AbortCause::Run),
            _ => Failure::Aborted(AbortCause::Parent),
        }
    }
}
