//! A run's actions as a tree in which those that are alike are one branch: a fan-out of a million is a line.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{Row, params};

use crate::history::archive::{Archive, RunRecord};
use crate::history::code::{self, keys};
use crate::history::{HistoryError, StoredFailure};
use crate::run::{ActionId, Phase};

/// How many failures of a branch are told.
const TOLD: usize = 3;

/// Actions of one task, group and phase, whose parents are of one branch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Branch {
    /// The branch of those that invoked them, by its place among all, which is before this one's; `None` for the root.
    pub parent: Option<usize>,
    /// Their task, by the name it was invoked with.
    pub task: String,
    /// The label they share.
    pub group: Option<String>,
    /// Their phase.
    pub phase: Phase,
    /// How many they are.
    pub count: u64,
    /// How many of them have an earlier action's result.
    pub cached: u64,
    /// The first of them.
    pub first: ActionId,
    /// The last of them; others may be between.
    pub last: ActionId,
    /// How long those took that have ended, from the start of the first attempt.
    pub times: Option<Times>,
    /// The failures of the first of them.
    pub failures: Vec<(ActionId, StoredFailure)>,
}

/// Spans of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The shortest.
    pub min: Duration,
    /// The one in the middle; of an even number, the longer of the two.
    pub median: Duration,
    /// The longest.
    pub max: Duration,
    /// All together.
    pub total: Duration,
}

const SELECT: &str = "SELECT action, parent, kind, label, phase, cached, ended - coalesce(started, queued), failure
     FROM actions WHERE action BETWEEN ? AND ? ORDER BY action";

impl Archive {
    /// A run's tree of actions: its branches, each after that of its parents, in order of invocation.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn tree(&self, run: &RunRecord) -> Result<Vec<Branch>, HistoryError> {
        let (first, last) = keys(run.number);
        let mut growing = Growing::default();
        let grown = self.database.prepare_cached(SELECT).and_then(|mut select| {
            let mut rows = select.query(params![first, last])?;
            while let Some(row) = rows.next()? {
                growing.take(row, run.lost, |kind| self.task_of(kind))?;
            }
            Ok(())
        });
        grown.map_err(|error| self.failed(error))?;
        Ok(growing.finish())
    }

    fn task_of(&self, kind: i64) -> rusqlite::Result<String> {
        let mut select = self.database.prepare_cached("SELECT task FROM kinds WHERE kind = ?")?;
        select.query_row([kind], |row| row.get(0))
    }
}

type Key = (Option<u32>, i64, i64, Option<Box<str>>);

#[derive(Default)]
struct Growing {
    branches: Vec<Branch>,
    /// How long each action of each branch took, in microseconds.
    times: Vec<Vec<i64>>,
    known: HashMap<Key, u32>,
    /// The last action's: the next is often its sibling.
    last: Option<(Key, u32)>,
    /// The branch of each action.
    of: Vec<Option<u32>>,
}

impl Growing {
    fn take(
        &mut self,
        row: &Row<'_>,
        lost: bool,
        task_of: impl FnOnce(i64) -> rusqlite::Result<String>,
    ) -> rusqlite::Result<()> {
        let action = code::action(row.get(0)?);
        let parent: Option<i64> = row.get(1)?;
        let parent = parent.and_then(|parent| *self.of.get(usize::try_from(parent).ok()?)?);
        let label = row.get_ref(3)?.as_str_or_null()?;
        let phase = code::phase(row.get(4)?).unwrap_or(Phase::Aborted);
        let phase = if lost && !phase.is_final() { Phase::Aborted } else { phase };
        let branch = self.branch(parent, row.get(2)?, phase, label, action, task_of)?;
        let place = usize::try_from(action.0).unwrap_or_default();
        if self.of.len() <= place {
            self.of.resize(place + 1, None);
        }
        self.of[place] = Some(branch);
        let branch = branch as usize;
        self.times[branch].extend(row.get::<_, Option<i64>>(6)?);
        let branch = &mut self.branches[branch];
        branch.count += 1;
        branch.cached += u64::from(row.get::<_, bool>(5)?);
        branch.last = action;
        if branch.failures.len() < TOLD
            && let Some(failure) = row.get_ref(7)?.as_str_or_null()?
        {
            branch.failures.push((action, StoredFailure::of_text(failure)));
        }
        Ok(())
    }

    fn branch(
        &mut self,
        parent: Option<u32>,
        kind: i64,
        phase: Phase,
        label: Option<&str>,
        first: ActionId,
        task_of: impl FnOnce(i64) -> rusqlite::Result<String>,
    ) -> rusqlite::Result<u32> {
        let number = code::of_phase(phase);
        if let Some(((last_parent, last_kind, last_phase, last_label), branch)) = &self.last
            && (*last_parent, *last_kind, *last_phase, last_label.as_deref()) == (parent, kind, number, label)
        {
            return Ok(*branch);
        }
        let key: Key = (parent, kind, number, label.map(Box::from));
        let branch = match self.known.get(&key) {
            Some(branch) => *branch,
            None => {
                let branch = u32::try_from(self.branches.len()).unwrap_or(u32::MAX);
                self.branches.push(Branch {
                    parent: parent.map(|parent| parent as usize),
                    task: task_of(kind)?,
                    group: label.map(str::to_owned),
                    phase,
                    count: 0,
                    cached: 0,
                    first,
                    last: first,
                    times: None,
                    failures: Vec::new(),
                });
                self.times.push(Vec::new());
                self.known.insert(key.clone(), branch);
                branch
            }
        };
        self.last = Some((key, branch));
        Ok(branch)
    }

    fn finish(mut self) -> Vec<Branch> {
        for (branch, times) in self.branches.iter_mut().zip(&mut self.times) {
            branch.times = Times::of(times);
        }
        self.branches
    }
}

impl Times {
    fn of(micros: &mut [i64]) -> Option<Self> {
        let (min, max) = (*micros.iter().min()?, *micros.iter().max()?);
        let middle = micros.len() / 2;
        let median = *micros.select_nth_unstable(middle).1;
        let [min, median, max, total] = [min, median, max, micros.iter().sum()].map(code::time);
        Some(Self { min, median, max, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_times_the_middle_one_is_told() {
        let span = Duration::from_micros;
        let times = Times::of(&mut [5, 1, 9]).unwrap();
        assert_eq!(times, Times { min: span(1), median: span(5), max: span(9), total: span(15) });
        assert_eq!(Times::of(&mut [4, 2]).unwrap().median, span(4));
        assert_eq!(Times::of(&mut []), None);
    }
}
