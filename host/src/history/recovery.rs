//! A recorded run whose results another one takes over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::component::Catalog;
use crate::history::merge::{self, Pasts};
use crate::history::{Archive, HistoryError, RunRecord, Value};
use crate::record::Json;
use crate::run::{ActionId, Earlier, Failure, Past};

/// A recorded run whose results another one takes over: its root is run again, and what had ended below it answers from
/// the record.
///
/// It takes some hundred bytes of memory for each action; outputs are read when they are wanted.
#[derive(Debug, Clone)]
pub struct Recovery(Arc<Recorded>);

#[derive(Debug)]
struct Recorded {
    /// It, then the run that it recovered, and so on.
    runs: Vec<RunRecord>,
    inputs: String,
    archive: Mutex<Archive>,
    pasts: HashMap<ActionId, Arc<Past>>,
    none: Arc<Past>,
}

/// Why a run can't be recovered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
    /// The history can't be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// It has not ended.
    #[error("the run {0} goes on; it can be recovered once it has ended")]
    GoesOn(String),
    /// It went another way than the run that it recovered, and that is not there any more.
    #[error("the run {0} went another way than the one it recovered, which is gone: it can only be started anew")]
    Diverged(String),
    /// Its inputs are not there.
    #[error("the inputs of the run {0} were not kept: it can only be started anew")]
    NoInputs(String),
    /// What ran then is not what is loaded now.
    #[error("`{task}` was run by another component than is loaded now{}", origin(from.as_deref()))]
    ChangedComponent {
        /// One of its tasks.
        task: String,
        /// Where it was read from.
        from: Option<String>,
    },
}

fn origin(from: Option<&str>) -> String {
    from.map(|from| format!(", read from {from}")).unwrap_or_default()
}

impl Recovery {
    /// Reads what a run did. The tasks of `catalog` have to be those that it ran, and the runs that it recovered in turn:
    /// with `changed_component`, others may stand for them.
    ///
    /// # Errors
    /// The run goes on, its inputs were not kept, its components are not loaded, or the history can't be read.
    pub fn of(
        archive: Archive,
        run: &RunRecord,
        catalog: &Catalog,
        changed_component: bool,
    ) -> Result<Self, RecoveryError> {
        if run.elapsed.is_none() && !run.lost {
            return Err(RecoveryError::GoesOn(run.id.clone()));
        }
        let runs = recovered(&archive, run)?;
        // All have the same, but one that ended at once may not have come to them.
        let inputs = runs.iter().find_map(|run| match archive.inputs(run, ActionId::ROOT) {
            Ok(Value::Text(inputs)) => Some(Ok(inputs)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        });
        let inputs = inputs.transpose()?.ok_or_else(|| RecoveryError::NoInputs(runs[0].id.clone()))?;
        if !changed_component {
            for run in &runs {
                for (digest, task, from) in archive.components(run)? {
                    if !catalog.components().iter().any(|component| component.digest == digest) {
                        return Err(RecoveryError::ChangedComponent { task, from });
                    }
                }
            }
        }
        // The latest run's come last: what it has goes before what those before it had.
        let mut pasts = Pasts::new();
        for (number, run) in runs.iter().enumerate().rev() {
            let mut later = merge::named(archive.pasts(run)?, number);
            let root = |number| merge::of_run(number, ActionId::ROOT);
            merge::add(&mut later, &mut pasts, root(number), root(number + 1));
            pasts = later;
        }
        let pasts = pasts.into_iter().map(|(action, past)| (action, Arc::new(past))).collect();
        let archive = Mutex::new(archive);
        Ok(Self(Arc::new(Recorded { runs, inputs, archive, pasts, none: Arc::default() })))
    }

    /// The run; or the one that it recovered, where it stopped because it went another way than that.
    pub fn run(&self) -> &RunRecord {
        &self.0.runs[0]
    }

    /// The root's inputs, as JSON text.
    pub fn inputs(&self) -> &str {
        &self.0.inputs
    }

    /// Who is asked what happened then.
    pub(crate) fn earlier(&self) -> Arc<dyn Earlier> {
        Arc::clone(&self.0) as _
    }
}

/// The run, the run that it recovered, and so on, as far as they are there. One that stopped because it went another way
/// than the one before it is left out: it would have the other way taken for what happened.
fn recovered(archive: &Archive, run: &RunRecord) -> Result<Vec<RunRecord>, RecoveryError> {
    let mut runs = Vec::new();
    let mut next = Some(run.clone());
    while let Some(run) = next.take() {
        if let Some(earlier) = &run.recovers {
            next = archive.find(earlier)?.ok().filter(|earlier| earlier.number < run.number);
            if has_diverged(archive, &run)? {
                continue;
            }
        }
        runs.push(run);
    }
    if runs.is_empty() {
        return Err(RecoveryError::Diverged(run.id.clone()));
    }
    Ok(runs)
}

fn has_diverged(archive: &Archive, run: &RunRecord) -> Result<bool, HistoryError> {
    let root = archive.action(run, ActionId::ROOT)?;
    Ok(root.and_then(|root| root.failure).is_some_and(|failure| failure.is_divergence()))
}

impl Recorded {
    /// The run that has an action, and its id there.
    fn place(&self, action: ActionId) -> Result<(&RunRecord, ActionId), String> {
        let (run, action) = merge::run_of(action);
        self.runs.get(run).map(|run| (run, action)).ok_or_else(|| format!("there is no {action}"))
    }

    fn archive(&self) -> MutexGuard<'_, Archive> {
        self.archive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Earlier for Recorded {
    fn root(&self) -> ActionId {
        ActionId::ROOT
    }

    fn told(&self, action: ActionId) -> ActionId {
        merge::run_of(action).1
    }

    fn past(&self, action: ActionId) -> Arc<Past> {
        Arc::clone(self.pasts.get(&action).unwrap_or(&self.none))
    }

    fn inputs(&self, action: ActionId) -> Result<Option<String>, String> {
        let (run, action) = self.place(action)?;
        match self.archive().inputs(run, action).map_err(|error| error.told())? {
            Value::Text(text) => Ok(Some(text)),
            _ => Ok(None),
        }
    }

    fn answer(&self, action: ActionId) -> Result<Option<Result<Json, Failure>>, String> {
        let (run, action) = self.place(action)?;
        match self.archive().output(run, action).map_err(|error| error.told())? {
            // What is no JSON any more is no answer.
            Value::Text(text) => Ok(Json::parse(text).ok().map(Ok)),
            _ => Ok(None),
        }
    }
}
