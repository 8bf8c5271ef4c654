//! What is written of a run, row by row.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::history::code::{key, micros, of_phase};
use crate::history::open_run::{Kind, OpenAction, OpenRun, Outline};
use crate::history::values::{INLINE, Values};
use crate::history::{HistoryError, RunNote};
use crate::record::Json;

/// The kinds of actions that have a number.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    /// The last one: the next action is often like it.
    last: Option<(Kind, i64)>,
    known: HashMap<Identity, i64>,
}

type Identity = (Arc<str>, Option<([u8; 32], std::path::PathBuf)>, String);

/// What stops a batch.
#[derive(Debug)]
pub(super) enum Stopped {
    Database(rusqlite::Error),
    Other(HistoryError),
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Writes what is new of a run. `owner` is this process.
pub(super) fn write(
    database: &Connection,
    run: &mut OpenRun,
    owner: &str,
    kinds: &mut Kinds,
    values: &mut Values,
    durable: bool,
) -> Result<(), Stopped> {
    let number = match run.number {
        Some(number) => {
            if run.changed {
                update(database, number, &run.outline)?;
            }
            number
        }
        None => {
            let number = insert(database, run, owner)?;
            run.number = Some(number);
            number
        }
    };
    let mut ordered: Vec<u64> = run.unwritten.clone();
    ordered.sort_unstable();
    for action in ordered {
        if let Some(open) = run.actions.get(&action) {
            write_action(database, key(number, action), open, kinds, values, durable)?;
        }
    }
    let mut attempts = database.prepare_cached("INSERT OR REPLACE INTO attempts VALUES(?, ?, ?, ?, ?)")?;
    for attempt in &run.attempts {
        let action = key(number, attempt.action);
        attempts.execute(params![action, attempt.attempt, attempt.started, attempt.failed, attempt.failure])?;
    }
    let mut deliveries = database.prepare_cached("INSERT INTO deliveries VALUES(?, ?, ?, ?, ?, ?)")?;
    for (at, delivery) in (run.deliveries_written..).zip(&run.deliveries) {
        let (first, count, calls) = (key(number, delivery.first), delivery.count, delivery.calls);
        let parent = key(number, delivery.parent);
        deliveries.execute(params![
            key(number, at),
            parent,
            delivery.attempt,
            first,
            count.cast_signed(),
            calls.cast_signed()
        ])?;
    }
    let mut logs = database.prepare_cached("INSERT INTO logs VALUES(?, ?, ?, ?, ?)")?;
    for (at, line) in (run.logs_written..).zip(&run.logs) {
        logs.execute(params![key(number, at), key(number, line.action), line.at, line.stream as i64, line.text])?;
    }
    Ok(())
}

fn insert(database: &Connection, run: &OpenRun, owner: &str) -> rusqlite::Result<i64> {
    let Outline { task, started, phase, granted, limits, seed, .. } = &run.outline;
    let RunNote { name, labels, request, recovers } = &run.note;
    database
        .prepare_cached(
            "INSERT INTO runs(id, name, task, started, phase, owner, recovers, request, granted, limits, seed)
             VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            run.id.as_str(),
            name,
            &**task,
            started,
            of_phase(*phase),
            owner,
            recovers,
            request,
            granted,
            limits,
            seed.map(u64::cast_signed)
        ])?;
    let number = database.last_insert_rowid();
    let mut insert = database.prepare_cached("INSERT INTO labels VALUES(?, ?, ?)")?;
    for (key, value) in labels {
        insert.execute(params![number, key, value])?;
    }
    update(database, number, &run.outline)?;
    Ok(number)
}

fn update(database: &Connection, number: i64, outline: &Outline) -> rusqlite::Result<()> {
    let Outline { elapsed, phase, stats, dropped, .. } = outline;
    let count = u64::cast_signed;
    database
        .prepare_cached(
            "UPDATE runs SET elapsed = ?2, phase = ?3, dropped = ?4, actions = ?5, attempts = ?6, cached = ?7,
             recovered = ?8, failed = ?9, aborted = ?10, denials = ?11, peak_memory = max(peak_memory, ?12),
             queue = ?13, instantiate = ?14, execute = ?15, serialize = ?16 WHERE run = ?1",
        )?
        .execute(params![
            number,
            elapsed,
            of_phase(*phase),
            count(*dropped),
            count(stats.actions),
            count(stats.attempts),
            count(stats.cached),
            count(stats.recovered),
            count(stats.failed),
            count(stats.aborted),
            count(stats.denials),
            i64::try_from(stats.usage.peak_memory).unwrap_or(i64::MAX),
            micros(stats.usage.queue),
            micros(stats.usage.instantiate),
            micros(stats.usage.run),
            micros(stats.usage.serialize),
        ])?;
    Ok(())
}

fn write_action(
    database: &Connection,
    key: i64,
    open: &OpenAction,
    kinds: &mut Kinds,
    values: &mut Values,
    durable: bool,
) -> Result<(), Stopped> {
    let kind = kinds.number(database, &open.kind)?;
    let usage = open.usage.as_ref();
    database
        .prepare_cached(
            "INSERT OR REPLACE INTO actions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            key,
            open.parent.map(|parent| parent.0.cast_signed()),
            open.parent_attempt,
            open.call.cast_signed(),
            kind,
            open.label.as_deref(),
            of_phase(open.phase),
            open.cached,
            open.attempts,
            open.queued,
            open.started,
            open.ended,
            usage.map(|usage| micros(usage.queue)),
            usage.map(|usage| micros(usage.instantiate)),
            usage.map(|usage| micros(usage.run)),
            usage.map(|usage| micros(usage.serialize)),
            usage.map(|usage| i64::try_from(usage.peak_memory).unwrap_or(i64::MAX)),
            open.inputs_hash.map(u128::to_le_bytes),
            open.failure,
            open.max_runtime.map(|time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)),
        ])?;
    let (inputs, output) =
        (place(open.inputs.as_ref(), values, durable)?, place(open.output.as_ref(), values, durable)?);
    let sql = match open.written {
        false => {
            "INSERT OR REPLACE INTO action_values(action, inputs, inputs_file, output, output_file) VALUES(?, ?, ?, ?, ?)"
        }
        true if open.output.is_none() => return Ok(()),
        // Its inputs are there already.
        true => {
            "INSERT INTO action_values(action, inputs, inputs_file, output, output_file) VALUES(?, ?, ?, ?, ?)
             ON CONFLICT(action) DO UPDATE SET output = excluded.output, output_file = excluded.output_file"
        }
    };
    if open.inputs.is_some() || open.output.is_some() {
        database.prepare_cached(sql)?.execute(params![
            key,
            inputs.text(),
            inputs.file,
            output.text(),
            output.file
        ])?;
    }
    Ok(())
}

/// A value, or where it is.
struct Place<'v> {
    value: Option<&'v Json>,
    file: Option<[u8; 32]>,
}

impl Place<'_> {
    fn text(&self) -> Option<&str> {
        self.value.map(Json::as_str)
    }
}

fn place<'v>(value: Option<&'v Json>, values: &mut Values, durable: bool) -> Result<Place<'v>, Stopped> {
    match value {
        Some(large) if large.as_str().len() > INLINE => {
            let file = values.put(large.as_str(), durable).map_err(Stopped::Other)?;
            Ok(Place { value: None, file: Some(file) })
        }
        value => Ok(Place { value, file: None }),
    }
}

impl Kinds {
    /// A kind's number; it gets one where it has none.
    fn number(&mut self, database: &Connection, kind: &Kind) -> rusqlite::Result<i64> {
        if let Some((last, number)) = &self.last
            && last.is(kind)
        {
            return Ok(*number);
        }
        let component = kind.component.as_ref().map(|component| (component.digest, component.origin.clone()));
        let rights: Vec<String> = kind.rights.iter().map(ToString::to_string).collect();
        let rights = serde_json::to_string(&rights).unwrap_or_default();
        let identity = (Arc::clone(&kind.task), component, rights);
        let number = match self.known.get(&identity) {
            Some(number) => *number,
            None => {
                let (task, component, rights) = &identity;
                let digest = component.as_ref().map(|(digest, _)| digest);
                let origin = component.as_ref().map(|(_, origin)| origin.to_string_lossy());
                let found = database
                    .prepare_cached(
                        "SELECT kind FROM kinds
                         WHERE task = ? AND component IS ? AND origin IS ? AND rights = ?",
                    )?
                    .query_row(params![&**task, digest, origin, rights], |row| row.get(0));
                let number = match found {
                    Err(rusqlite::Error::QueryReturnedNoRows) => {
                        database
                            .prepare_cached(
                                "INSERT INTO kinds(task, component, origin, rights) VALUES(?, ?, ?, ?)",
                            )?
                            .execute(params![&**task, digest, origin, rights])?;
                        database.last_insert_rowid()
                    }
                    found => found?,
                };
                self.known.insert(identity, number);
                number
            }
        };
        self.last = Some((kind.clone(), number));
        Ok(number)
    }
}

impl Kind {
    /// Whether it is this very one.
    fn is(&self, other: &Self) -> bool {
        let same_component = match (&self.component, &other.component) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_component && Arc::ptr_eq(&self.task, &other.task) && Arc::ptr_eq(&self.rights, &other.rights)
    }
}
