//! What was printed and told, in order of time.

use rusqlite::params;

use crate::history::HistoryError;
use crate::history::archive::{Archive, RunRecord};
use crate::history::code::{self, key, keys};
use crate::run::ActionId;
use std::time::Duration;

/// A line of the log.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LogRecord {
    /// Its number within the run, from 0.
    pub number: u64,
    /// The action.
    pub action: ActionId,
    /// The action's task, by the name it was invoked with; `None` where the action was not recorded.
    pub task: Option<String>,
    /// When, counted from the beginning of the run.
    pub at: Duration,
    /// Where it comes from.
    pub source: LogSource,
    /// The line, without its end.
    pub text: String,
}

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogSource {
    /// The guest's standard output.
    Stdout,
    /// The guest's standard error.
    Stderr,
    /// How far the guest said it had come.
    Progress,
    /// What the guest asked for and had no right to.
    Denied,
    /// A remark of the host's own.
    Host,
}

impl LogSource {
    fn of(stream: i64) -> Self {
        match stream {
            0 => Self::Progress,
            1 => Self::Stdout,
            2 => Self::Stderr,
            3 => Self::Denied,
            _ => Self::Host,
        }
    }
}

const SELECT: &str = "SELECT logs.line, logs.action, logs.at, logs.stream, logs.text, kinds.task FROM logs
     LEFT JOIN actions ON actions.action = logs.action LEFT JOIN kinds ON kinds.kind = actions.kind
     WHERE logs.line BETWEEN ? AND ? AND (?3 IS NULL OR logs.action = ?3) ORDER BY logs.line";

impl Archive {
    /// The lines of a run, or of one of its actions, from this number on, one by one.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn each_line(
        &self,
        run: &RunRecord,
        action: Option<ActionId>,
        from: u64,
        mut each: impl FnMut(LogRecord),
    ) -> Result<(), HistoryError> {
        let (_, last) = keys(run.number);
        let read = self.database.prepare_cached(SELECT).and_then(|mut select| {
            let action = action.map(|action| key(run.number, action.0));
            let mut rows = select.query(params![key(run.number, from), last, action])?;
            while let Some(row) = rows.next()? {
                each(LogRecord {
                    // Lines have keys as actions do.
                    number: code::action(row.get(0)?).0,
                    action: code::action(row.get(1)?),
                    at: code::time(row.get(2)?),
                    source: LogSource::of(row.get(3)?),
                    text: row.get(4)?,
                    task: row.get(5)?,
                });
            }
            Ok(())
        });
        read.map_err(|error| self.failed(error))
    }
}
