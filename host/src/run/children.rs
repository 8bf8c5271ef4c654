//! An attempt's children: started one by one, or many of one kind at once.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::record::Json;
use crate::run::action::{Action, Driven, drive, queued};
use crate::run::admission::{Slot, Ticket};
use crate::run::due::Due;
use crate::run::plan::{Callee, Invoker, Plan};
use crate::run::post::Post;
use crate::run::{ActionId, ActionScope, Failure, Held, InvokeOptions, LONGEST_LABEL, Limit};

/// The longest name by which a task is invoked, in bytes; no task has a longer one.
const LONGEST_TASK: usize = 300;

/// What the host holds for a pending child that was started by itself, beside its inputs, in bytes, about.
const CHILD: usize = 2 << 10;

/// The children of one attempt.
pub(super) struct Family {
    invoker: Invoker,
    /// Cancelled when the attempt ends, and with it all of them.
    pub(super) cancel: CancellationToken,
    pub(super) tasks: TaskTracker,
    /// Children that were started and have not ended.
    pending: AtomicUsize,
    /// Children that were ever started.
    calls: AtomicU64,
    /// The plan of the last invocation: the next one is often like it.
    last: Mutex<Option<Arc<Plan>>>,
}

impl Family {
    pub(super) fn of(cancel: CancellationToken, invoker: Invoker) -> Self {
        Self {
            invoker,
            cancel,
            tasks: TaskTracker::new(),
            pending: AtomicUsize::new(0),
            calls: AtomicU64::new(0),
            last: Mutex::default(),
        }
    }

    pub(super) fn is_pending(&self) -> bool {
        self.pending.load(Ordering::Relaxed) > 0
    }

    pub(super) async fn close(&self) {
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The number of the first of so many more calls, from 0.
    pub(super) fn next_calls(&self, count: u64) -> u64 {
        self.calls.fetch_add(count, Ordering::Relaxed)
    }

    /// How many calls there were so far.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

impl ActionScope {
    /// Starts a child action at once. It is aborted when the returned [`Child`] is dropped, and when the attempt
    /// ends before it. Must be called within a tokio runtime.
    pub(crate) fn invoke(&self, task: Callee<'_>, inputs: String, options: InvokeOptions) -> Child {
        let (id, held, pending) = match self.admit(inputs.len() + CHILD) {
            Ok(admitted) => admitted,
            Err(limit) => return Child::failed(self.refused(limit)),
        };
        let family = self.family();
        let call = family.next_calls(1);
        let seed = self.seed().map(|seed| seed.of_call(call));
        let invoked = Instant::now();
        let due = Due::of(invoked, options.within);
        let plan = self.plan(task, options);
        let recall = match self.recall(call, &plan.told, &inputs) {
            Ok(recall) => recall,
            Err(diverged) => return Child::failed(diverged),
        };
        let number = recall.as_ref().map(|recall| recall.number);
        let cancel = family.cancel.child_token();
        let guard = cancel.clone().drop_guard();
        let ticket = self.run().admission.ticket(self.run().id.clone(), plan.depth, Some(self.slot().id()));
        let post = Post::new(ticket, cancel);
        queued(&plan, id, call);
        let action = Action { id, invoked, due, inputs, seed, recall };
        let (ended, result) = oneshot::channel();
        family.tasks.spawn(async move {
            let Driven { result, held: output, remains } = drive(&plan, &post, action).await;
            let (ticket, slot) = post.retire();
            drop((held, pending));
            // The parent goes on, and what the child leaves behind is cleaned up meanwhile. The slot goes last: until
            // then there is an instance.
            let _ = ended.send(Ended { result, _held: output, _ticket: ticket });
            drop(remains);
            drop(slot);
        });
        Child(State::Started { id, number, result, guard, scope: self.clone() })
    }
}

impl ActionScope {
    /// Counts one more child among the run's actions, and its inputs among what the host holds.
    fn admit(&self, inputs: usize) -> Result<(ActionId, Held, Pending), Limit> {
        let run = self.run();
        self.check_depth()?;
        let pending = self.pending(1)?;
        let held = run.hold(inputs)?;
        Ok((run.next_action()?, held, pending))
    }

    pub(super) fn check_depth(&self) -> Result<(), Limit> {
        let most = self.limits().max_depth;
        if self.depth() < most { Ok(()) } else { Err(Limit::Depth(most)) }
    }

    /// Counts so many children among those that have not ended, until what it returns is dropped.
    pub(super) fn pending(&self, count: usize) -> Result<Pending, Limit> {
        let max = self.limits().max_pending;
        let fits = |pending: usize| pending.checked_add(count).filter(|sum| *sum <= max);
        let pending = &self.family().pending;
        pending.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).map_err(|_| Limit::Pending(max))?;
        Ok(Pending { scope: self.clone(), count })
    }

    /// The plan for an invocation; the last one, where that is the same. By when it has to end is each action's own.
    pub(super) fn plan(&self, task: Callee<'_>, options: InvokeOptions) -> Arc<Plan> {
        let shorter;
        let task = match task {
            // A longer name is no task's, and is not worth being carried around.
            Callee::Named(name) if name.len() > LONGEST_TASK => {
                shorter = self.told(name.to_owned(), LONGEST_TASK);
                Callee::Named(&shorter)
            }
            task => task,
        };
        let options = InvokeOptions {
            group: options.group.map(|label| self.told(label, LONGEST_LABEL)),
            within: None,
            ..options
        };
        let family = self.family();
        let mut last = family.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(plan) if plan.is_for(task, &options) => Arc::clone(plan),
            _ => {
                let plan = Plan::of(self.run(), task, options, Some(&family.invoker));
                Arc::clone(last.insert(Arc::new(plan)))
            }
        }
    }
}

/// A child action that was started. Dropping it aborts the child.
#[derive(Debug)]
pub(crate) struct Child(State);

#[derive(Debug)]
enum State {
    Failed(Failure),
    Started {
        id: ActionId,
        /// Its number in the run whose results are taken over.
        number: Option<u64>,
        result: oneshot::Receiver<Ended>,
        guard: DropGuard,
        scope: ActionScope,
    },
}

/// A child that ended. Its ticket is kept until whoever waits for it has the result.
#[derive(Debug)]
struct Ended {
    result: Result<Json, Failure>,
    _held: Option<Held>,
    _ticket: Ticket,
}

impl Child {
    /// One that was never started.
    pub(crate) fn failed(failure: Failure) -> Self {
        Self(State::Failed(failure))
    }

    /// Waits until the child has ended. Meanwhile the waiting attempt gives its running slot back.
    ///
    /// # Errors
    /// How the child failed.
    pub(crate) async fn wait(self) -> Result<Json, Failure> {
        match self.0 {
            State::Failed(failure) => Err(failure),
            State::Started { id, number, result, guard, scope } => {
                let waits = Waits::for_children_of(scope.slot());
                let ended = result.await;
                if let Some(script) = scope.script() {
                    script.turn(number).await;
                }
                guard.disarm();
                // First the parent runs again, then the child is gone: between the two, nothing looks hopeless.
                drop(waits);
                scope.delivered(id, 1);
                match ended {
                    Ok(ended) => ended.result,
                    Err(_) => Err(Failure::Host("a child ended without a result".to_owned())),
                }
            }
        }
    }
}

/// Children that were started and have not ended.
pub(super) struct Pending {
    scope: ActionScope,
    count: usize,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.scope.family().pending.fetch_sub(self.count, Ordering::Relaxed);
    }
}

/// While it lives, the slot's owner waits for one more child, or for several at once; also if the wait is cut short.
pub(super) struct Waits<'s>(&'s Slot);

impl<'s> Waits<'s> {
    pub(super) fn for_children_of(slot: &'s Slot) -> Self {
        slot.child_started();
        Self(slot)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.child_ended();
    }
}
