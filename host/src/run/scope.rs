//! What one attempt can do: start children, log, tell its progress.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::component::ComponentId;
use crate::record::Json;
use crate::rights::{ActionRights, Denial};
use crate::run::action::{Action, Driven, drive};
use crate::run::admission::Slot;
use crate::run::seed::Seed;
use crate::run::{
    ActionId, Failure, Held, LONGEST_LABEL, Limit, Limits, LogStream, RunContext, RunEvent, shortened,
};

/// How many different denials of one attempt are told.
const MOST_DENIALS: usize = 64;

/// The longest name by which a task is invoked, in bytes; no task has a longer one.
const LONGEST_TASK: usize = 300;

/// What the host holds for a pending child beside its inputs, in bytes, about.
const CHILD: usize = 2 << 10;

/// What an invocation overrides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InvokeOptions {
    /// A label that siblings share.
    pub(crate) group: Option<String>,
    /// In place of the retries of the task's policy.
    pub(crate) retries: Option<u32>,
    /// In place of the `max_runtime` of the task's policy.
    pub(crate) max_runtime: Option<Duration>,
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

pub(super) struct Inner {
    pub(super) run: Arc<RunContext>,
    pub(super) action: ActionId,
    pub(super) parent: Option<ActionId>,
    pub(super) depth: u32,
    pub(super) task: String,
    pub(super) component: ComponentId,
    pub(super) attempt: u32,
    /// Cancelled when the attempt ends, and with it all its children.
    pub(super) cancel: CancellationToken,
    pub(super) children: TaskTracker,
    pub(super) slot: Slot,
    pub(super) rights: Arc<ActionRights>,
    /// What the attempt's randomness starts from, where that is fixed.
    pub(super) seed: Option<Seed>,
    /// What is left of [`Limits::max_log`], for all attempts at the action.
    pub(super) log: Arc<LogAllowance>,
    /// Children that were started and have not ended.
    pub(super) pending: AtomicUsize,
    /// Children that were ever started.
    pub(super) calls: AtomicU64,
    /// What the guest was refused; each thing once.
    pub(super) denials: Mutex<Vec<Denial>>,
}

/// How much more of what an action prints is kept.
#[derive(Debug)]
pub(super) struct LogAllowance {
    /// In bytes.
    left: AtomicU64,
    cut: AtomicBool,
}

impl LogAllowance {
    pub(super) fn new(bytes: u64) -> Self {
        Self { left: AtomicU64::new(bytes), cut: AtomicBool::new(false) }
    }
}

impl ActionScope {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The action's place in its run.
    pub(crate) fn info(&self) -> ActionInfo {
        ActionInfo {
            run: self.0.run.id.to_string(),
            action: self.0.action,
            parent: self.0.parent,
            task: self.0.task.clone(),
            attempt: self.0.attempt,
        }
    }

    /// Starts a child action at once. It is aborted when the returned [`Child`] is dropped, and when the attempt
    /// ends before it. Must be called within a tokio runtime.
    pub(crate) fn invoke(&self, task: &str, inputs: String, options: InvokeOptions) -> Child {
        let depth = self.0.depth + 1;
        let (id, held, pending) = match self.admit(depth, inputs.len() + CHILD) {
            Ok(admitted) => admitted,
            Err(limit) => return Child(State::Refused(limit)),
        };
        let call = self.0.calls.fetch_add(1, Ordering::Relaxed);
        // A longer name is no task's, and is not worth being carried around.
        let task: Arc<str> = match task.len() > LONGEST_TASK {
            true => self.told(task.to_owned(), LONGEST_TASK).into(),
            false => task.into(),
        };
        let cancel = self.0.cancel.child_token();
        let guard = cancel.clone().drop_guard();
        let run = &self.0.run;
        let action = Action {
            id,
            ticket: run.admission.ticket(run.id.clone(), depth, Some(self.0.slot.id())),
            parent: Some(self.0.action),
            depth,
            task,
            from: Some(self.0.component),
            inputs,
            options: InvokeOptions { group: options.group.map(|label| self.told(label, LONGEST_LABEL)), ..options },
            cancel,
            invoked_by: Some(Arc::clone(&self.0.rights)),
            seed: self.0.seed.as_ref().map(|seed| seed.of_call(call)),
        };
        let driven = drive(Arc::clone(run), action);
        let result = self.0.children.spawn(async move {
            let driven = driven.await;
            drop((held, pending));
            driven
        });
        Child(State::Started { result, guard, scope: self.clone() })
    }

    /// Counts one more child among the run's actions, and its inputs among what the host holds.
    fn admit(&self, depth: u32, inputs: usize) -> Result<(ActionId, Held, Pending), Limit> {
        let run = &self.0.run;
        if depth > run.limits.max_depth {
            return Err(Limit::Depth(run.limits.max_depth));
        }
        let pending = Pending::of(self)?;
        let held = run.hold(inputs)?;
        Ok((run.next_action()?, held, pending))
    }

    /// Tells a line the guest wrote, as long as the action has not printed too much.
    pub(crate) fn log(&self, stream: LogStream, line: String) {
        if self.is_kept(line.len()) {
            let line = self.masked(line);
            self.0.run.emit(|| RunEvent::Log { run: self.0.run.id.clone(), action: self.0.action, stream, line });
        }
    }

    /// Takes `bytes`, and the end of a line, from what may still be kept; tells once that no more is.
    fn is_kept(&self, bytes: usize) -> bool {
        let (log, run) = (&self.0.log, &self.0.run);
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
        self.0.run.secrets().map_or(begun.len(), |secrets| secrets.whole(begun))
    }

    /// A guest's text as it may be told: at most `most` bytes, without secrets. They are masked first: of a secret that is
    /// cut, a part would remain.
    pub(crate) fn told(&self, text: String, most: usize) -> String {
        match self.0.run.secrets().map(|secrets| secrets.mask_start(&text, most)) {
            Some(Cow::Owned(masked)) => shortened(masked, most),
            _ => shortened(text, most),
        }
    }

    fn masked(&self, text: String) -> String {
        match self.0.run.secrets().map(|secrets| secrets.mask(&text)) {
            Some(Cow::Owned(masked)) => masked,
            _ => text,
        }
    }

    /// What the attempt may use outside its sandbox.
    pub(crate) fn rights(&self) -> &Arc<ActionRights> {
        &self.0.rights
    }

    /// What the attempt may take.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.run.limits
    }

    /// What the attempt's randomness starts from, where clocks and randomness are fixed.
    pub(crate) fn seed(&self) -> Option<&Seed> {
        self.0.seed.as_ref()
    }

    /// As many permits as the run may start further name lookups.
    pub(crate) fn lookups(&self) -> &Arc<Semaphore> {
        &self.0.run.lookups
    }

    /// Takes note that the guest was refused something; each thing is told once.
    pub(crate) fn denied(&self, denial: Denial) {
        let mut known = self.0.denials.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_DENIALS || known.contains(&denial) {
            return;
        }
        known.push(denial.clone());
        drop(known);
        let run = &self.0.run;
        run.count_denial();
        let denial = match run.secrets() {
            Some(secrets) => denial.masked(secrets),
            None => denial,
        };
        run.emit(|| RunEvent::Denied { run: run.id.clone(), action: self.0.action, denial });
    }

    /// Takes note of what the attempt's sandbox took at most, in bytes.
    pub(crate) fn note_peak(&self, bytes: usize) {
        self.0.run.note_peak(bytes);
    }

    /// Whether anyone reads what [`ActionScope::log`] and [`ActionScope::progress`] tell.
    pub(crate) fn is_watched(&self) -> bool {
        self.0.run.sink.is_some()
    }

    /// Tells how far the guest has come.
    pub(crate) fn progress(&self, message: String, fraction: Option<f64>) {
        let (run, action) = (&self.0.run, self.0.action);
        if !self.is_watched() || !self.is_kept(message.len().min(LONGEST_LABEL)) {
            return;
        }
        let message = self.told(message, LONGEST_LABEL);
        run.emit(|| RunEvent::Progress { run: run.id.clone(), action, message, fraction });
    }

    /// Aborts the children that still run and waits until they have ended.
    pub(super) async fn close(&self) {
        self.0.cancel.cancel();
        self.0.children.close();
        self.0.children.wait().await;
    }
}

impl fmt::Debug for ActionScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionScope").field("action", &self.0.action).field("attempt", &self.0.attempt).finish()
    }
}

/// A child action that was started. Dropping it aborts the child.
#[derive(Debug)]
pub(crate) struct Child(State);

#[derive(Debug)]
enum State {
    Refused(Limit),
    Started { result: JoinHandle<Driven>, guard: DropGuard, scope: ActionScope },
}

/// One child that was started and has not ended.
struct Pending(ActionScope);

impl Pending {
    fn of(scope: &ActionScope) -> Result<Self, Limit> {
        let max = scope.limits().max_pending;
        let fits = |pending: usize| (pending < max).then_some(pending + 1);
        scope
            .0
            .pending
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
            .map_err(|_| Limit::Pending(max))?;
        Ok(Self(scope.clone()))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.0.pending.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Child {
    /// Waits until the child has ended. Meanwhile the waiting attempt gives its running slot back.
    ///
    /// # Errors
    /// How the child failed.
    pub(crate) async fn wait(self) -> Result<Json, Failure> {
        match self.0 {
            State::Refused(limit) => Err(Failure::Limit(limit)),
            State::Started { result, guard, scope } => {
                let waits = Waits::for_a_child_of(&scope.0.slot);
                let ended = result.await;
                guard.disarm();
                // First the parent runs again, then the child is gone: between the two, nothing looks hopeless.
                drop(waits);
                match ended {
                    Ok(driven) => driven.result,
                    Err(panic) => Err(Failure::Host(panic.to_string())),
                }
            }
        }
    }
}

/// While it lives, the slot's owner waits for one more child; also if the wait is cut short.
struct Waits<'s>(&'s Slot);

impl<'s> Waits<'s> {
    fn for_a_child_of(slot: &'s Slot) -> Self {
        slot.child_started();
        Self(slot)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.child_ended();
    }
}
