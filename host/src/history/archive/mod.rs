//! What was recorded, to be read.

mod action;
mod list;
mod log;
mod past;
mod remover;
mod run;
mod tree;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::history::code::{key, keys};
use crate::history::owner::Owners;
use crate::history::schema::{self, Access};
use crate::history::values::{Values, hex};
use crate::history::{HistoryError, Home};
use crate::run::ActionId;

pub use action::{ActionRecord, AttemptRecord};
pub use list::RunFilter;
pub use log::{LogRecord, LogSource};
pub use remover::Remover;
pub use run::RunRecord;
pub use tree::{Branch, Times};

/// What means the latest of all runs.
pub const LATEST: &str = "latest";

/// The history in a home directory, to be read, in one thread; others may write it meanwhile.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    database: Connection,
    owners: RefCell<Owners>,
    values: RefCell<Values>,
}

/// Whether the run of this number is still the one of this id: the number of one that was deleted is used again.
const IS_THERE: &str = "EXISTS(SELECT 1 FROM runs WHERE run = ? AND id = ?)";

/// What a run ran: a component's SHA-256, a task of it, where it was read from.
pub(crate) type Ran = ([u8; 32], String, Option<String>);

/// There is no such run, or there are several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRun {
    /// None has this id or name, and none's id begins with it.
    #[error("there is no run `{0}`")]
    None(String),
    /// Several ids begin with it.
    #[error("several runs begin with `{reference}`: {}", ids.join(", "))]
    Several {
        /// What was looked for.
        reference: String,
        /// The ids of some of them.
        ids: Vec<String>,
    },
}

/// A value of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// There is none: the action has not come so far.
    None,
    /// There was one, and it was not kept: a granted secret is in it, or there was too much to write.
    Withheld,
    /// Its file is gone, or is not what was written.
    Lost {
        /// The file's name.
        file: String,
    },
    /// It, as JSON text.
    Text(String),
}

impl Archive {
    /// Opens the history of a home directory; `None` where there is none.
    ///
    /// # Errors
    /// The directory or the database can't be used, or is somebody else's, damaged, or a newer version's.
    pub fn open(home: impl AsRef<Path>) -> Result<Option<Self>, HistoryError> {
        let Some(home) = Home::open_existing(home)? else { return Ok(None) };
        let database = match home.connect(Access::Read) {
            Err(HistoryError::Empty { .. }) => return Ok(None),
            database => database?,
        };
        Ok(Some(Self {
            path: home.database(),
            database,
            owners: RefCell::new(Owners::of(&home)),
            values: RefCell::new(Values::of(&home)),
        }))
    }

    /// The run that is meant by its id, by the beginning of its id, or by its name; of those that share a name, the latest.
    /// [`LATEST`] means the latest of all.
    ///
    /// # Errors
    /// The database can't be read. The inner error: there is no such run.
    pub fn find(&self, reference: &str) -> Result<Result<RunRecord, NoRun>, HistoryError> {
        let by = |condition: &str, value: &str| {
            let sql = format!("SELECT * FROM runs WHERE {condition} ORDER BY run DESC LIMIT 6");
            self.many(&sql, params![value], |row| self.read_run(row))
        };
        if reference == LATEST {
            let newest = self.one("SELECT * FROM runs ORDER BY run DESC LIMIT 1", [], |row| self.read_run(row))?;
            return Ok(newest.ok_or_else(|| NoRun::None(reference.to_owned())));
        }
        let mut exact = by("id = ?1 OR name = ?1", reference)?;
        if !exact.is_empty() {
            // An id comes before a name.
            let at = exact.iter().position(|run| run.id == reference).unwrap_or_default();
            return Ok(Ok(exact.swap_remove(at)));
        }
        let is_id = !reference.is_empty() && reference.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let mut begun = if is_id { by("id GLOB ?1 || '*'", reference)? } else { Vec::new() };
        Ok(match begun.len() {
            0 => Err(NoRun::None(reference.to_owned())),
            1 => Ok(begun.swap_remove(0)),
            _ => {
                let ids = begun.into_iter().map(|run| run.id).collect();
                Err(NoRun::Several { reference: reference.to_owned(), ids })
            }
        })
    }

    /// One action of a run.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn action(&self, run: &RunRecord, action: ActionId) -> Result<Option<ActionRecord>, HistoryError> {
        let sql = format!("{} WHERE action = ? AND {IS_THERE}", action::SELECT);
        self.one(&sql, params![key(run.number, action.0), run.number, run.id], |row| action::read(row, run.lost))
    }

    /// All actions of a run, in order of invocation, one by one.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn each_action(&self, run: &RunRecord, mut each: impl FnMut(ActionRecord)) -> Result<(), HistoryError> {
        let (first, last) = keys(run.number);
        let sql = format!("{} WHERE action BETWEEN ? AND ? ORDER BY action", action::SELECT);
        let read = self.database.prepare_cached(&sql).and_then(|mut select| {
            let mut rows = select.query(params![first, last])?;
            while let Some(row) = rows.next()? {
                each(action::read(row, run.lost)?);
            }
            Ok(())
        });
        read.map_err(|error| self.failed(error))
    }

    /// The attempts of an action that failed.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn attempts(&self, run: &RunRecord, action: ActionId) -> Result<Vec<AttemptRecord>, HistoryError> {
        let sql = "SELECT attempt, started, failed, failure FROM attempts WHERE action = ? ORDER BY attempt";
        self.many(sql, params![key(run.number, action.0)], action::read_attempt)
    }

    /// An action's inputs.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn inputs(&self, run: &RunRecord, action: ActionId) -> Result<Value, HistoryError> {
        self.value(run, action, "inputs")
    }

    /// An action's output.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn output(&self, run: &RunRecord, action: ActionId) -> Result<Value, HistoryError> {
        self.value(run, action, "output")
    }

    /// The components whose tasks a run ran: SHA-256, one of the tasks, and where it was read from.
    pub(crate) fn components(&self, run: &RunRecord) -> Result<Vec<Ran>, HistoryError> {
        let (first, last) = keys(run.number);
        let sql = format!(
            "SELECT component, task, origin FROM kinds WHERE component IS NOT NULL AND kind IN
             (SELECT DISTINCT kind FROM actions WHERE action BETWEEN ? AND ? AND {IS_THERE}) GROUP BY component"
        );
        self.many(&sql, params![first, last, run.number, run.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// Asks for a run to be aborted, by whichever process runs it; that looks some times a second. Tells whether it goes on.
    ///
    /// # Errors
    /// The database can't be written.
    pub fn abort(&self, run: &RunRecord) -> Result<bool, HistoryError> {
        if run.lost || run.elapsed.is_some() {
            return Ok(false);
        }
        let database = schema::open(&self.path, Access::Change)?;
        let sql = "UPDATE runs SET abort = 1 WHERE run = ? AND id = ? AND elapsed IS NULL";
        database.execute(sql, params![run.number, run.id]).map(|rows| rows > 0).map_err(|error| self.failed(error))
    }

    fn value(&self, run: &RunRecord, action: ActionId, which: &str) -> Result<Value, HistoryError> {
        let sql = format!("SELECT {which}, {which}_file FROM action_values WHERE action = ? AND {IS_THERE}");
        let read = |row: &Row<'_>| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<[u8; 32]>>(1)?));
        let found = self.one(&sql, params![key(run.number, action.0), run.number, run.id], read)?;
        Ok(match found {
            Some((Some(text), _)) => Value::Text(text),
            Some((None, Some(file))) => match self.values.borrow_mut().get(&file)? {
                Some(text) => Value::Text(text),
                None => Value::Lost { file: hex(&file) },
            },
            _ => match self.action(run, action)? {
                Some(action) if which == "inputs" && action.started.is_some() => Value::Withheld,
                Some(action) if which == "output" && action.has_output() => Value::Withheld,
                _ => Value::None,
            },
        })
    }

    fn read_run(&self, row: &Row<'_>) -> rusqlite::Result<RunRecord> {
        let mut owners = self.owners.borrow_mut();
        run::read(row, |owner| owners.lives(owner), &self.database)
    }

    fn one<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, HistoryError> {
        let found =
            self.database.prepare_cached(sql).and_then(|mut select| select.query_row(values, read).optional());
        found.map_err(|error| self.failed(error))
    }

    fn many<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, HistoryError> {
        let found = self
            .database
            .prepare_cached(sql)
            .and_then(|mut select| select.query_map(values, |row| read(row))?.collect::<Result<_, _>>());
        found.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: rusqlite::Error) -> HistoryError {
        HistoryError::of(&self.path, error)
    }
}
