//! A run that goes on, as its owner holds it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::record::Json;
use crate::run::action::{Action, drive};
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
    pub(crate) fn start(context: RunContext, task: &str, inputs: String) -> Self {
        let run = Arc::new(context);
        let id = run.id.clone();
        let abort = run.stop.clone();
        let task: Arc<str> = task.into();
        let outcome = tokio::spawn(async move { conduct(run, task, inputs).await });
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

async fn conduct(run: Arc<RunContext>, task: Arc<str>, inputs: String) -> RunOutcome {
    run.emit(|| RunEvent::RunStarted {
        run: run.id.clone(),
        task: Arc::clone(&task),
        at: SystemTime::now(),
        limits: Arc::clone(&run.limits),
        granted: run.granted.rights().capabilities().into(),
        seed: run.seed,
    });
    let result = match run.next_action() {
        _ if run.limits.max_fuel.is_some() && !run.executor.is_metered() => {
            Err(Failure::Host(UNMETERED.to_owned()))
        }
        Err(limit) => Err(Failure::Limit(limit)),
        Ok(id) => {
            let cancel = run.stop.clone();
            let options = InvokeOptions::default();
            let ticket = run.admission.ticket(run.id.clone(), 1, None);
            let root = Action {
                id,
                ticket,
                parent: None,
                depth: 1,
                task,
                from: None,
                inputs,
                options,
                cancel,
                invoked_by: None,
                seed: run.seed.map(Seed::of_run),
            };
            let driven = drive(Arc::clone(&run), root);
            before_the_deadline(&run, driven).await.result
        }
    };
    let (phase, elapsed, stats) = (Phase::of(&result), run.elapsed(), run.stats());
    run.emit(|| RunEvent::RunEnded { run: run.id.clone(), phase, elapsed, stats });
    RunOutcome { run: run.id.clone(), phase, result, elapsed, stats }
}

/// Stops the run when its time is over; the root then ends by itself.
async fn before_the_deadline<T>(run: &RunContext, mut driven: impl Future<Output = T> + Unpin) -> T {
    if let Some(deadline) = run.limits.deadline {
        tokio::select! {
            result = &mut driven => return result,
            () = tokio::time::sleep(deadline) => run.stop_over_time(),
        }
    }
    driven.await
}
