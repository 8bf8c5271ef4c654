//! A recorded run whose results another one takes over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::component::Catalog;
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
    run: RunRecord,
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
    /// Reads what a run did. The tasks of `catalog` have to be those that it ran: with `changed_component`, others may
    /// stand for them.
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
        let Value::Text(inputs) = archive.inputs(run, ActionId::ROOT)? else {
            return Err(RecoveryError::NoInputs(run.id.clone()));
        };
        if !changed_component {
            for (digest, task, from) in archive.components(run)? {
                if !catalog.components().iter().any(|component| component.digest == digest) {
                    return Err(RecoveryError::ChangedComponent { task, from });
                }
            }
        }
        let pasts = archive.pasts(run)?;
        let archive = Mutex::new(archive);
        Ok(Self(Arc::new(Recorded { run: run.clone(), inputs, archive, pasts, none: Arc::default() })))
    }

    /// The run.
    pub fn run(&self) -> &RunRecord {
        &self.0.run
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

impl Recorded {
    fn archive(&self) -> MutexGuard<'_, Archive> {
        self.archive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Earlier for Recorded {
    fn root(&self) -> ActionId {
        ActionId::ROOT
    }

    fn past(&self, action: ActionId) -> Arc<Past> {
        Arc::clone(self.pasts.get(&action).unwrap_or(&self.none))
    }

    fn inputs(&self, action: ActionId) -> Result<Option<String>, String> {
        match self.archive().inputs(&self.run, action).map_err(|error| error.told())? {
            Value::Text(text) => Ok(Some(text)),
            _ => Ok(None),
        }
    }

    fn answer(&self, action: ActionId) -> Result<Option<Result<Json, Failure>>, String> {
        match self.archive().output(&self.run, action).map_err(|error| error.told())? {
            // What is no JSON any more is no answer.
            Value::Text(text) => Ok(Json::parse(text).ok().map(Ok)),
            _ => Ok(None),
        }
    }
}
