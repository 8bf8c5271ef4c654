//! How far a run has come: its actions, counted by what they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::run::{ActionId, EventSink, Phase, RunEvent};

/// How deep below the root groups are told apart; what is deeper counts as there.
const DEEPEST: usize = 8;

/// How many groups are told apart; further ones are counted as one.
const MOST_GROUPS: usize = 256;

/// Counts a run's actions by group: siblings, cousins and so on that are one task's and have one label. Hand it to a run as
/// its sink, and look at it while the run goes on.
#[derive(Debug, Default)]
pub struct Progress(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    groups: Vec<Group>,
    by_identity: HashMap<Identity, usize>,
    /// Those that have not ended.
    actions: HashMap<ActionId, Open>,
}

/// A depth, a task and a label.
type Identity = (usize, Arc<str>, Option<Arc<str>>);

/// An action that has not ended.
#[derive(Debug, Clone, Copy)]
struct Open {
    group: usize,
    depth: usize,
    runs: bool,
}

/// Actions that are counted together.
#[derive(Debug, Clone)]
pub struct Group {
    /// How deep they are; the root's is 0.
    pub depth: usize,
    /// Their task.
    pub task: Arc<str>,
    /// The label they share.
    pub label: Option<Arc<str>>,
    /// All of them.
    pub actions: u64,
    /// Those that run.
    pub running: u64,
    /// Those that ended, however they did.
    pub ended: u64,
    /// Those of them that failed or took too long.
    pub failed: u64,
    /// Those of them that were aborted.
    pub aborted: u64,
    /// Those of them whose results were there already: cached or recovered.
    pub reused: u64,
    /// When the first of them was invoked.
    pub since: Instant,
    /// When the last of them ended.
    pub until: Option<Instant>,
}

impl Group {
    /// How many end in a second.
    pub fn rate(&self) -> f64 {
        let until = self.until.filter(|_| self.ended == self.actions).unwrap_or_else(Instant::now);
        self.ended as f64 / until.duration_since(self.since).max(Duration::from_millis(1)).as_secs_f64()
    }
}

impl Progress {
    /// The groups, in the order in which their first actions were invoked: each below the one that invoked it.
    pub fn groups(&self) -> Vec<Group> {
        self.lock().groups.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn queued(&mut self, action: ActionId, parent: Option<ActionId>, task: &Arc<str>, label: Option<&Arc<str>>) {
        let depth =
            parent.and_then(|parent| self.actions.get(&parent)).map_or(0, |open| open.depth + 1).min(DEEPEST);
        let identity = (depth, Arc::clone(task), label.cloned());
        let at = match self.by_identity.get(&identity) {
            Some(at) => *at,
            None if self.groups.len() < MOST_GROUPS => {
                self.groups.push(Group::new(depth, task, label));
                self.by_identity.insert(identity, self.groups.len() - 1);
                self.groups.len() - 1
            }
            None => {
                if self.groups.len() == MOST_GROUPS {
                    self.groups.push(Group::new(1, &"(others)".into(), None));
                }
                MOST_GROUPS
            }
        };
        self.groups[at].actions += 1;
        self.actions.insert(action, Open { group: at, depth, runs: false });
    }

    /// Takes note whether an action runs, and gives its group.
    fn runs(&mut self, action: ActionId, runs: bool) -> Option<&mut Group> {
        let open = self.actions.get_mut(&action)?;
        let group = self.groups.get_mut(open.group)?;
        group.running += u64::from(runs && !open.runs);
        group.running -= u64::from(open.runs && !runs);
        open.runs = runs;
        Some(group)
    }
}

impl Group {
    fn new(depth: usize, task: &Arc<str>, label: Option<&Arc<str>>) -> Self {
        Self {
            depth,
            task: Arc::clone(task),
            label: label.cloned(),
            actions: 0,
            running: 0,
            ended: 0,
            failed: 0,
            aborted: 0,
            reused: 0,
            since: Instant::now(),
            until: None,
        }
    }
}

impl EventSink for Progress {
    fn event(&self, event: &RunEvent) {
        let mut state = self.lock();
        match event {
            RunEvent::ActionQueued { action, parent, task, group, .. } => {
                state.queued(*action, *parent, task, group.as_ref());
            }
            RunEvent::AttemptStarted { action, .. } => {
                state.runs(*action, true);
            }
            RunEvent::AttemptFailed { action, retry_after: Some(_), .. } => {
                state.runs(*action, false);
            }
            RunEvent::ActionEnded { action, phase, cached, .. } => {
                if let Some(group) = state.runs(*action, false) {
                    group.ended += 1;
                    group.failed += u64::from(matches!(phase, Phase::Failed | Phase::TimedOut));
                    group.aborted += u64::from(*phase == Phase::Aborted);
                    group.reused += u64::from(*cached || *phase == Phase::Recovered);
                    group.until = Some(Instant::now());
                }
                state.actions.remove(action);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{RunId, Usage};

    fn queued(run: &RunId, id: u64, parent: Option<u64>, task: &str) -> RunEvent {
        RunEvent::ActionQueued {
            run: run.clone(),
            action: ActionId(id),
            parent: parent.map(ActionId),
            task: task.into(),
            group: None,
            parent_attempt: 1,
            call: 0,
            component: None,
            max_runtime: None,
            rights: Arc::default(),
        }
    }

    fn ended(run: &RunId, id: u64, phase: Phase) -> RunEvent {
        RunEvent::ActionEnded {
            run: run.clone(),
            action: ActionId(id),
            phase,
            failure: None,
            cached: id == 3,
            elapsed: Duration::ZERO,
            output: None,
            usage: Usage::default(),
        }
    }

    #[test]
    fn of_more_groups_than_anyone_reads_no_more_is_held() {
        let (progress, run) = (Progress::default(), RunId::random());
        progress.event(&queued(&run, 0, None, "batch"));
        for id in 1..=1000 {
            progress.event(&queued(&run, id, Some(0), &format!("task{id}")));
        }
        let groups = progress.groups();
        assert_eq!(groups.len(), MOST_GROUPS + 1);
        assert_eq!(
            (&*groups[MOST_GROUPS].task, groups[MOST_GROUPS].actions),
            ("(others)", 1001 - MOST_GROUPS as u64)
        );
    }

    #[test]
    fn actions_of_one_task_at_one_depth_are_counted_together() {
        let (progress, run) = (Progress::default(), RunId::random());
        progress.event(&queued(&run, 0, None, "batch"));
        for id in 1..=5 {
            progress.event(&queued(&run, id, Some(0), "predict"));
        }
        for action in [0, 1, 2].map(ActionId) {
            progress.event(&RunEvent::AttemptStarted { run: run.clone(), action, attempt: 1 });
        }
        progress.event(&ended(&run, 1, Phase::Failed));
        progress.event(&ended(&run, 3, Phase::Succeeded));
        // One that was aborted before it ran was not running.
        progress.event(&ended(&run, 4, Phase::Aborted));
        progress.event(&queued(&run, 6, Some(2), "predict"));
        let groups = progress.groups();
        let told: Vec<_> = groups.iter().map(|group| (&*group.task, group.depth, group.actions)).collect();
        assert_eq!(told, [("batch", 0, 1), ("predict", 1, 5), ("predict", 2, 1)]);
        let Group { running, ended, failed, aborted, reused, .. } = groups[1];
        assert_eq!((running, ended, failed, aborted, reused), (1, 3, 1, 1, 1));
    }
}
