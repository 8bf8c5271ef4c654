//! Runs by what they are, newest first.

use std::collections::BTreeMap;
use std::time::SystemTime;

use rusqlite::types::Value as Bound;
use rusqlite::{ToSql, params_from_iter};

use crate::history::archive::{Archive, RunRecord};
use crate::history::{HistoryError, code};
use crate::run::Phase;

/// Which runs are meant: those that are all of this.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// In this phase.
    pub phase: Option<Phase>,
    /// Of this task.
    pub task: Option<String>,
    /// With this name.
    pub name: Option<String>,
    /// With these labels.
    pub labels: BTreeMap<String, String>,
    /// That began at this moment or later.
    pub since: Option<SystemTime>,
    /// That began before this moment.
    pub before: Option<SystemTime>,
}

impl Archive {
    /// The runs that are meant, newest first, one by one, until `each` says that it wants no more.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn each_run(
        &self,
        filter: &RunFilter,
        mut each: impl FnMut(RunRecord) -> bool,
    ) -> Result<(), HistoryError> {
        let (condition, values) = condition(filter);
        let sql = format!("SELECT * FROM runs WHERE {condition} ORDER BY run DESC");
        let read = self.database.prepare_cached(&sql).and_then(|mut select| {
            let mut rows = select.query(params_from_iter(values.iter().map(|value| value as &dyn ToSql)))?;
            while let Some(row) = rows.next()? {
                let run = self.read_run(row)?;
                // Whether a run was lost is not in its row.
                if filter.phase.is_none_or(|phase| phase == run.phase) && !each(run) {
                    break;
                }
            }
            Ok(())
        });
        read.map_err(|error| self.failed(error))
    }
}

fn condition(filter: &RunFilter) -> (String, Vec<Bound>) {
    let RunFilter { phase: _, task, name, labels, since, before } = filter;
    let mut condition = "TRUE".to_owned();
    let mut values: Vec<Bound> = Vec::new();
    for (column, text) in [("task", task), ("name", name)] {
        if let Some(text) = text {
            condition += &format!(" AND {column} = ?");
            values.push(text.clone().into());
        }
    }
    for (comparison, moment) in [(">=", since), ("<", before)] {
        if let Some(moment) = moment {
            condition += &format!(" AND started {comparison} ?");
            values.push(code::moment(*moment).into());
        }
    }
    for (key, value) in labels {
        condition += " AND EXISTS(SELECT 1 FROM labels WHERE labels.run = runs.run AND key = ? AND value = ?)";
        values.extend([key.clone().into(), value.clone().into()]);
    }
    (condition, values)
}
