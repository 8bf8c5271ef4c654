//! A run that goes on, as its owner holds it.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::record::Json;
use crate::run::action::{Action, Driven, drive, queued};
use crate::run::executor::Remains;
use crate::run::plan::{Callee, Plan};
use crate::run::post::Post;
use crate::run::seed::Seed;
use crate::run::{Failure, InvokeOptions, Phase, RunContext, RunEvent, RunId, RunStats};

/// A run that was started. Dropping it aborts the run.
#[derive(Debug)]
pub struct Run {
    id: RunId,
    abort: CancellationToken,
    outcome: JoinHandle<RunOutcome>,
}

/// Aborts a run from wherever it is held. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AbortHandle(CancellationToken);

impl AbortHandle {
    pub(crate) fn of(run: &RunContext) -> Self {
        Self(run.stop.clone())
    }

    /// Aborts the whole tree, if it has not ended yet.
    pub fn abort(&self) {
        self.0.cancel();
    }
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct RunOutcome {
    /// The run.
    pub run: RunId,
    /// The root's phase.
    pub phase: Phase,
    /// The root's result.
    pub result: Result<Json, Failure>,
    /// The time from its start to the end of its last action.
    pub elapsed: Duration,
    /// What it used.
    pub stats: RunStats,
}

impl Run {
    /// Starts a run of `task` on the current tokio runtime.
    pub(crate) fn start(context: RunContext, task: Arc<str>, inputs: String) -> Self {
        let id = context.id.clone();
        let abort = context.stop.clone();
        let outcome = tokio::spawn(conduct(context, task, inputs));
        Self { id, abort, outcome }
    }

    /// The run's id.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// Something to abort the run with from elsewhere, while this handle is waited on.
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle(self.abort.clone())
    }

    /// Aborts the whole tree; [`Run::outcome`] then tells how it ended.
    pub fn abort(&self) {
        self.abort.cancel();
    }

    /// Waits until the root and all its descendants have ended.
    pub async fn outcome(mut self) -> RunOutcome {
        match (&mut self.outcome).await {
            Ok(outcome) => outcome,
            Err(panic) => RunOutcome {
                run: self.id.clone(),
                phase: Phase::Failed,
                result: Err(Failure::Host(panic.to_string())),
                elapsed: Duration::ZERO,
                stats: RunStats::default(),
            },
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.abort.cancel();
    }
}

/// A limit that would not hold is no limit.
const UNMETERED: &str = "the run has a limit of fuel, and the host was built without one and does not count it";

/// Takes a run to its end on the caller's own path.
pub(super) async fn conduct(context: RunContext, task: Arc<str>, inputs: String) -> RunOutcome {
    let run = Arc::new(context);
    // However it ends, also where nobody waits for it any more, nothing of it stays.
    let mut over = Over { run: &run, is_told: false };
    run.emit(|| RunEvent::RunStarted {
        run: run.id.clone(),
        task: Arc::clone(&task),
        at: SystemTime::now(),
        limits: Arc::clone(&run.limits),
        granted: run.granted.rights().capabilities().into(),
        seed: run.seed,
    });
    let Driven { result, held: _held, remains: _ } = root(&run, task, inputs).await;
    let phase = Phase::of(&result);
    let (elapsed, stats) = over.tell(phase);
    RunOutcome { run: run.id.clone(), phase, result, elapsed, stats }
}

/// Takes the root action to its end.
async fn root(run: &Arc<RunContext>, task: Arc<str>, inputs: String) -> Driven {
    let refused = |failure| Driven { result: Err(failure), held: None, remains: Remains::default() };
    if run.limits.max_fuel.is_some() && !run.executor.is_metered() {
        return refused(Failure::Host(UNMETERED.to_owned()));
    }
    let id = match run.next_action() {
        Ok(id) => id,
        Err(limit) => return refused(Failure::Limit(limit)),
    };
    let max_runtime = run.replayed().and_then(|replayed| replayed.max_runtime);
    let options = InvokeOptions { max_runtime, ..InvokeOptions::default() };
    let plan = Arc::new(Plan::of(run, Callee::Named(&task), options, None));
    let post = Post::new(run.admission.ticket(run.id.clone(), plan.depth, None), run.stop.clone());
    queued(&plan, id, 0);
    let seed = match run.replayed() {
        Some(replayed) => replayed.seed,
        None => run.seed.map(Seed::of_run),
    };
    let action = Action { id, invoked: Instant::now(), due: None, inputs, seed, recall: None };
    let mut driven = before_the_deadline(run, pin!(drive(&plan, &post, action))).await;
    // Before the slot is given back: until then there is an instance.
    driven.remains = Remains::default();
    driven
}

/// A run that is over once this is dropped; where it was not told how, as its runtime is gone, it was aborted.
struct Over<'r> {
    run: &'r RunContext,
    is_told: bool,
}

impl Over<'_> {
    fn tell(&mut self, phase: Phase) -> (Duration, RunStats) {
        let (elapsed, stats) = (self.run.elapsed(), self.run.stats());
        self.is_told = true;
        self.run.emit(|| RunEvent::RunEnded { run: self.run.id.clone(), phase, elapsed, stats });
        (elapsed, stats)
    }
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.run.stop.cancel();
        if !self.is_told {
            self.tell(Phase::Aborted);
        }
        self.run.executor.run_ended(&self.run.id);
    }
}

/// Stops the run when its time is over; the root then ends by itself.
async fn before_the_deadline<T>(run: &RunContext, mut driven: Pin<&mut impl Future<Output = T>>) -> T {
    let Some(deadline) = run.limits.deadline else { return driven.await };
    tokio::select! {
        // A root that has ended asks for no timer.
        biased;
        result = &mut driven => return result,
        () = tokio::time::sleep(deadline) => run.stop_over_time(),
    }
    driven.await
}
