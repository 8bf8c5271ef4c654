//! What one attempt can do: start children, log, tell its progress.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::rights::{ActionRights, Denial};
use crate::run::admission::Slot;
use crate::run::cache::FlightId;
use crate::run::children::Family;
use crate::run::earlier::Script;
use crate::run::plan::{Invoker, Plan, Ready};
use crate::run::seed::Seed;
use crate::run::site::Site;
use crate::run::{
    ActionId, Held, LONGEST_LABEL, Limit, Limits, LogStream, RunContext, RunEvent, Usage, nanos, shortened,
};

/// How many different denials of one attempt are told.
const MOST_DENIALS: usize = 64;

/// What an invocation overrides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InvokeOptions {
    /// A label that siblings share.
    pub(crate) group: Option<String>,
    /// In place of the retries of the task's policy.
    pub(crate) retries: Option<u32>,
    /// In place of the `max_runtime` of the task's policy.
    pub(crate) max_runtime: Option<Duration>,
    /// The longest until its end, from its invocation on.
    pub(crate) within: Option<Duration>,
}

/// An action's place in its run, as its task may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActionInfo {
    /// The run's id.
    pub(crate) run: String,
    /// The action's id.
    pub(crate) action: ActionId,
    /// The action that invoked it; `None` for the root.
    pub(crate) parent: Option<ActionId>,
    /// The task's qualified name.
    pub(crate) task: String,
    /// The attempt's number, from 1.
    pub(crate) attempt: u32,
}

/// One attempt at an action, as its executor sees it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ActionScope(Arc<Inner>);

struct Inner {
    plan: Arc<Plan>,
    ready: Arc<Ready>,
    action: ActionId,
    attempt: u32,
    slot: Arc<Slot>,
    claim: Option<FlightId>,
    /// Cancelled when the action is to end.
    cancel: CancellationToken,
    /// The children, once there are any.
    family: OnceLock<Family>,
    /// What the attempt's randomness starts from, where that is fixed.
    seed: Option<Seed>,
    /// What it did in the run whose results are taken over.
    script: Option<Arc<Script>>,
    /// What is left of [`Limits::max_log`], for all attempts at the action; `None` where nobody reads what it prints.
    log: Option<Arc<LogAllowance>>,
    /// What the guest was refused; each thing once.
    denials: Mutex<Vec<Denial>>,
    taken: Taken,
}

/// What an attempt takes, as its executor tells it.
#[derive(Debug, Default)]
struct Taken {
    /// In nanoseconds.
    instantiate: AtomicU64,
    /// In nanoseconds.
    convert: AtomicU64,
    /// In bytes.
    peak_memory: AtomicUsize,
}

/// How much more of what an action prints is kept.
#[derive(Debug)]
pub(super) struct LogAllowance {
    /// In bytes.
    left: AtomicU64,
    cut: AtomicBool,
}

impl ActionScope {
    /// What is kept of what an action prints, where anyone reads it.
    pub(super) fn log_of(run: &RunContext) -> Option<Arc<LogAllowance>> {
        let left = AtomicU64::new(run.limits.max_log);
        run.sink.as_ref().map(|_| Arc::new(LogAllowance { left, cut: AtomicBool::new(false) }))
    }

    /// The attempt of that number, from 1.
    pub(super) fn of_attempt(
        site: &Site<'_>,
        number: u32,
        slot: Arc<Slot>,
        log: Option<Arc<LogAllowance>>,
    ) -> Self {
        let script = site.plan.run.earlier.as_ref().zip(site.counterpart);
        Self(Arc::new(Inner {
            script: script.map(|(earlier, counterpart)| Arc::new(Script::of(earlier, counterpart))),
            plan: Arc::clone(site.plan),
            ready: Arc::clone(site.ready),
            action: site.id,
            attempt: number,
            slot,
            claim: site.claim,
            cancel: site.post.cancel.clone(),
            family: OnceLock::new(),
            seed: site.seed.as_ref().map(|seed| seed.of_attempt(number)),
            log,
            denials: Mutex::default(),
            taken: Taken::default(),
        }))
    }

    pub(super) fn run(&self) -> &Arc<RunContext> {
        &self.0.plan.run
    }

    /// The root's is 1.
    pub(super) fn depth(&self) -> u32 {
        self.0.plan.depth
    }

    pub(super) fn slot(&self) -> &Slot {
        &self.0.slot
    }

    /// The action's children; there are none yet where it is asked for the first time.
    pub(super) fn family(&self) -> &Family {
        let inner = &self.0;
        inner.family.get_or_init(|| {
            let cancel = inner.cancel.child_token();
            let invoker = Invoker {
                action: inner.action,
                attempt: inner.attempt,
                component: inner.ready.task.component().id,
                depth: inner.plan.depth,
                claim: inner.claim,
                rights: Arc::clone(&inner.ready.rights),
            };
            Family::of(cancel, invoker)
        })
    }

    /// The action's place in its run.
    pub(crate) fn info(&self) -> ActionInfo {
        ActionInfo {
            run: self.run().id.to_string(),
            action: self.0.action,
            parent: self.0.plan.parent,
            task: self.0.ready.task.qualified_name(),
            attempt: self.0.attempt,
        }
    }

    /// Tells a line the guest wrote, as long as the action has not printed too much.
    pub(crate) fn log(&self, stream: LogStream, line: String) {
        if self.is_kept(line.len()) {
            let line = self.masked(line);
            self.run().emit(|| RunEvent::Log { run: self.run().id.clone(), action: self.0.action, stream, line });
        }
    }

    /// Takes `bytes`, and the end of a line, from what may still be kept; tells once that no more is.
    fn is_kept(&self, bytes: usize) -> bool {
        let (Some(log), run) = (&self.0.log, self.run()) else { return false };
        let bytes = bytes as u64 + 1;
        let fits = |left: u64| left.checked_sub(bytes);
        if !log.cut.load(Ordering::Relaxed)
            && log.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
        {
            return true;
        }
        if !log.cut.swap(true, Ordering::Relaxed) {
            let limit = run.limits.max_log;
            run.emit(|| RunEvent::LogCut { run: run.id.clone(), action: self.0.action, limit });
        }
        false
    }

    /// How much of a line that goes on can be told already, without a cut through a secret.
    pub(crate) fn whole(&self, begun: &[u8]) -> usize {
        self.run().secrets().map_or(begun.len(), |secrets| secrets.whole(begun))
    }

    /// A guest's text as it may be told: at most `most` bytes, without secrets. They are masked first: of a secret that is
    /// cut, a part would remain.
    pub(crate) fn told(&self, text: String, most: usize) -> String {
        match self.run().secrets().map(|secrets| secrets.mask_start(&text, most)) {
            Some(Cow::Owned(masked)) => shortened(masked, most),
            _ => shortened(text, most),
        }
    }

    pub(super) fn masked(&self, text: String) -> String {
        match self.run().secrets().map(|secrets| secrets.mask(&text)) {
            Some(Cow::Owned(masked)) => masked,
            _ => text,
        }
    }

    /// What the attempt may use outside its sandbox.
    pub(crate) fn rights(&self) -> &Arc<ActionRights> {
        &self.0.ready.rights
    }

    /// What the attempt may take.
    pub(crate) fn limits(&self) -> &Arc<Limits> {
        &self.run().limits
    }

    /// Counts `bytes` among those that the host holds for the run, until the returned guard is dropped.
    ///
    /// # Errors
    /// [`Limit::Held`] where they would be too many.
    pub(crate) fn hold(&self, bytes: usize) -> Result<Held, Limit> {
        self.run().hold(bytes)
    }

    /// What the attempt's randomness starts from, where clocks and randomness are fixed.
    pub(crate) fn seed(&self) -> Option<&Seed> {
        self.0.seed.as_ref()
    }

    /// What the attempt did in the run whose results are taken over.
    pub(super) fn script(&self) -> Option<&Arc<Script>> {
        self.0.script.as_ref()
    }

    /// As many permits as the run may start further name lookups.
    pub(crate) fn lookups(&self) -> &Arc<Semaphore> {
        self.run().lookups()
    }

    /// Takes note that the guest was refused something; each thing is told once.
    pub(crate) fn denied(&self, denial: Denial) {
        let mut known = self.0.denials.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_DENIALS || known.contains(&denial) {
            return;
        }
        known.push(denial.clone());
        drop(known);
        let run = self.run();
        run.count_denial();
        let denial = match run.secrets() {
            Some(secrets) => denial.masked(secrets),
            None => denial,
        };
        run.emit(|| RunEvent::Denied { run: run.id.clone(), action: self.0.action, denial });
    }

    /// Takes note of what the attempt's sandbox took at most, in bytes.
    pub(crate) fn note_peak(&self, bytes: usize) {
        self.0.taken.peak_memory.fetch_max(bytes, Ordering::Relaxed);
        self.run().note_peak(bytes);
    }

    /// Takes note of the time it took to make an instance.
    pub(crate) fn note_instantiation(&self, took: Duration) {
        self.0.taken.instantiate.fetch_add(nanos(took), Ordering::Relaxed);
    }

    /// Takes note of the time it took to convert inputs or an output.
    pub(crate) fn note_conversion(&self, took: Duration) {
        self.0.taken.convert.fetch_add(nanos(took), Ordering::Relaxed);
    }

    /// What the attempt took, that lasted so long.
    pub(super) fn usage(&self, lasted: Duration) -> Usage {
        let taken = &self.0.taken;
        let instantiate = Duration::from_nanos(taken.instantiate.load(Ordering::Relaxed));
        let serialize = Duration::from_nanos(taken.convert.load(Ordering::Relaxed));
        Usage {
            queue: Duration::ZERO,
            instantiate,
            run: lasted.saturating_sub(instantiate).saturating_sub(serialize),
            serialize,
            peak_memory: taken.peak_memory.load(Ordering::Relaxed),
        }
    }

    /// Tells that the results of so many children reached the guest, that follow one another.
    pub(super) fn delivered(&self, first: ActionId, count: u64) {
        let run = self.run();
        run.emit(|| RunEvent::Delivered {
            run: run.id.clone(),
            parent: self.0.action,
            first,
            count,
            calls: self.family().calls(),
        });
    }

    /// Whether anyone reads what [`ActionScope::log`] and [`ActionScope::progress`] tell.
    pub(crate) fn is_watched(&self) -> bool {
        self.run().is_watched()
    }

    /// Tells how far the guest has come.
    pub(crate) fn progress(&self, message: String, fraction: Option<f64>) {
        let (run, action) = (self.run(), self.0.action);
        if !self.is_watched() || !self.is_kept(message.len().min(LONGEST_LABEL)) {
            return;
        }
        let message = self.told(message, LONGEST_LABEL);
        run.emit(|| RunEvent::Progress { run: run.id.clone(), action, message, fraction });
    }

    /// Whether children that were started have not ended.
    pub(crate) fn has_children(&self) -> bool {
        self.0.family.get().is_some_and(Family::is_pending)
    }

    /// Aborts the children that still run and waits until they have ended.
    pub(super) async fn close(&self) {
        if let Some(family) = self.0.family.get() {
            family.close().await;
        }
    }
}

impl fmt::Debug for ActionScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionScope").field("action", &self.0.action).field("attempt", &self.0.attempt).finish()
    }
}
