//! The tree of a run's actions, built from its events.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::run::{ActionId, EventSink, Failure, Phase, RunEvent};

/// Collects the actions of one run. Hand it to a run as its sink, look at it during the run or after.
#[derive(Debug, Default)]
pub struct RunTree(Mutex<BTreeMap<ActionId, ActionNode>>);

/// One action of a tree.
#[derive(Debug, Clone)]
pub struct ActionNode {
    /// Its id.
    pub id: ActionId,
    /// The action that invoked it; `None` for the root.
    pub parent: Option<ActionId>,
    /// The task, by the name it was invoked with.
    pub task: Arc<str>,
    /// The label it shares with its siblings.
    pub group: Option<Arc<str>>,
    /// Where it stands.
    pub phase: Phase,
    /// Whether its result is an earlier action's.
    pub cached: bool,
    /// Its attempts, in order.
    pub attempts: Vec<AttemptNode>,
    /// Why it has no result, once it has ended without.
    pub failure: Option<Arc<Failure>>,
    /// From its invocation to its end; `None` while it goes on.
    pub elapsed: Option<Duration>,
}

/// One attempt at an action.
#[derive(Debug, Clone)]
pub struct AttemptNode {
    /// Its number, from 1.
    pub number: u32,
    /// How it failed, if it did.
    pub failure: Option<Arc<Failure>>,
}

impl RunTree {
    /// All actions, in order of invocation.
    pub fn actions(&self) -> Vec<ActionNode> {
        self.lock().values().cloned().collect()
    }

    /// The children of an action, in order of invocation.
    pub fn children(&self, parent: ActionId) -> Vec<ActionNode> {
        self.lock().values().filter(|node| node.parent == Some(parent)).cloned().collect()
    }

    /// One action.
    pub fn action(&self, id: ActionId) -> Option<ActionNode> {
        self.lock().get(&id).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<ActionId, ActionNode>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for RunTree {
    fn event(&self, event: &RunEvent) {
        let mut nodes = self.lock();
        match event {
            RunEvent::ActionQueued { action, parent, task, group, .. } => {
                let node = ActionNode {
                    id: *action,
                    parent: *parent,
                    task: Arc::clone(task),
                    group: group.clone(),
                    phase: Phase::Queued,
                    cached: false,
                    attempts: Vec::new(),
                    failure: None,
                    elapsed: None,
                };
                nodes.insert(*action, node);
            }
            RunEvent::AttemptStarted { action, attempt, .. } => {
                if let Some(node) = nodes.get_mut(action) {
                    node.phase = Phase::Running;
                    node.attempts.push(AttemptNode { number: *attempt, failure: None });
                }
            }
            RunEvent::AttemptFailed { action, failure, retry_after, .. } => {
                if let Some(node) = nodes.get_mut(action) {
                    if retry_after.is_some() {
                        node.phase = Phase::Queued;
                    }
                    if let Some(attempt) = node.attempts.last_mut() {
                        attempt.failure = Some(Arc::clone(failure));
                    }
                }
            }
            RunEvent::ActionEnded { action, phase, failure, cached, elapsed, .. } => {
                if let Some(node) = nodes.get_mut(action) {
                    node.phase = *phase;
                    node.cached = *cached;
                    node.failure.clone_from(failure);
                    node.elapsed = Some(*elapsed);
                }
            }
            _ => {}
        }
    }
}
