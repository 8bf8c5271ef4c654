//! All shelves of a host.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::component::{ComponentId, ReusePolicy, ReuseScope, Task};
use crate::engine::reuse::Shelf;
use crate::rights::ActionRights;
use crate::run::{Limits, RunContext, RunId};

/// The longest an instance waits, whatever its component says.
const LONGEST_IDLE: Duration = Duration::from_secs(3600);

/// All shelves. There are few: they are looked for once for many actions.
#[derive(Default)]
pub(crate) struct Shelves(Mutex<Vec<(Kind, Arc<Shelf>)>>);

/// What the instances on a shelf have in common.
struct Kind {
    component: ComponentId,
    sharers: Sharers,
    policy: ReusePolicy,
    rights: Arc<ActionRights>,
    limits: Arc<Limits>,
    /// `None`: of all runs.
    run: Option<RunId>,
}

/// Which tasks share instances.
#[derive(PartialEq, Eq)]
enum Sharers {
    /// Those of an environment.
    Environment(String),
    /// One that is in none.
    Task(String),
}

impl Kind {
    fn is_same(&self, other: &Self) -> bool {
        self.component == other.component
            && self.sharers == other.sharers
            && self.policy == other.policy
            && self.run == other.run
            && self.limits == other.limits
            && self.rights.are_the_same(&other.rights)
    }
}

impl Shelves {
    /// The shelf for the instances of a task; `None` where its policy wants none, and where clocks and randomness are
    /// fixed, as they are not in a memory that others have written to. `blocks`: its component may block while it waits
    /// for a child.
    pub(in crate::engine) fn of(
        &self,
        task: &Task,
        rights: &Arc<ActionRights>,
        run: &RunContext,
        blocks: bool,
    ) -> Option<Arc<Shelf>> {
        let mut policy = task.policy().reuse.filter(|_| run.seed.is_none())?;
        policy.idle_ttl = policy.idle_ttl.min(LONGEST_IDLE);
        // Instructions are counted for the whole instance: one action would use up another's. And where one blocks while
        // it waits for a child, the others don't go on, the child among them perhaps.
        if run.limits.max_fuel.is_some() || blocks {
            policy.concurrency = 1;
        }
        let kind = Kind {
            component: task.component().id,
            sharers: match task.environment() {
                Some(environment) => Sharers::Environment(environment.to_owned()),
                None => Sharers::Task(task.name().to_owned()),
            },
            policy,
            rights: Arc::clone(rights),
            limits: Arc::clone(&run.limits),
            run: (policy.scope == ReuseScope::Run).then(|| run.id.clone()),
        };
        let mut shelves = self.lock();
        if let Some((_, shelf)) = shelves.iter().find(|(known, _)| known.is_same(&kind)) {
            return Some(Arc::clone(shelf));
        }
        let shelf = Arc::new(Shelf::new(policy));
        shelves.push((kind, Arc::clone(&shelf)));
        Some(shelf)
    }

    /// Gives all instances up that wait; tells how many.
    pub(in crate::engine) fn clear(&self) -> usize {
        let shelves: Vec<_> = self.lock().iter().map(|(_, shelf)| Arc::clone(shelf)).collect();
        shelves.iter().map(|shelf| shelf.clear()).sum()
    }

    /// Gives up what belongs to a run that has ended, and forgets shelves that nobody uses.
    pub(in crate::engine) fn run_ended(&self, run: &RunId) {
        let mut shelves = self.lock();
        if shelves.is_empty() {
            return;
        }
        let is_over = |(kind, shelf): &mut (Kind, Arc<Shelf>)| {
            kind.run.as_ref() == Some(run) || (Arc::strong_count(shelf) == 1 && shelf.is_empty())
        };
        let over: Vec<_> = shelves.extract_if(.., is_over).collect();
        drop(shelves);
        over.iter().for_each(|(_, shelf)| shelf.close());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Kind, Arc<Shelf>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
