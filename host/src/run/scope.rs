//! What one attempt can do: start children, log, tell its progress.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::component::ComponentId;
use crate::record::Json;
use crate::run::action::{Action, drive};
use crate::run::admission::{Slot, Ticket};
use crate::run::{ActionId, Failure, Limit, LogStream, RunContext, RunEvent};

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
        let max_depth = self.0.run.budget.max_depth;
        let admitted = if depth > max_depth { Err(Limit::Depth(max_depth)) } else { self.0.run.next_action() };
        let id = match admitted {
            Ok(id) => id,
            Err(limit) => return Child(State::Refused(limit)),
        };
        let cancel = self.0.cancel.child_token();
        let guard = cancel.clone().drop_guard();
        let run = &self.0.run;
        let action = Action {
            id,
            ticket: run.admission.ticket(run.id.clone(), depth, Some(self.0.slot.id())),
            parent: Some(self.0.action),
            depth,
            task: task.into(),
            from: Some(self.0.component),
            inputs,
            options,
            cancel,
        };
        let result = self.0.children.spawn(drive(Arc::clone(run), action));
        Child(State::Started { result, guard, scope: self.clone() })
    }

    /// Tells a line the guest wrote.
    pub(crate) fn log(&self, stream: LogStream, line: String) {
        self.0.run.emit(|| RunEvent::Log { run: self.0.run.id.clone(), action: self.0.action, stream, line });
    }

    /// Whether anyone reads what [`ActionScope::log`] and [`ActionScope::progress`] tell.
    pub(crate) fn is_watched(&self) -> bool {
        self.0.run.sink.is_some()
    }

    /// Tells how far the guest has come.
    pub(crate) fn progress(&self, message: String, fraction: Option<f64>) {
        let (run, action) = (&self.0.run, self.0.action);
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
    Started { result: JoinHandle<(Result<Json, Failure>, Ticket)>, guard: DropGuard, scope: ActionScope },
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
                    Ok((result, _ticket)) => result,
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
