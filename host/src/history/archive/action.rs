//! An action as it was recorded.

use std::time::Duration;

use rusqlite::Row;

use crate::history::{StoredFailure, code};
use crate::run::{ActionId, Phase, Usage};

/// What [`read`] reads.
pub(super) const SELECT: &str = "SELECT actions.*, kinds.task, kinds.component, kinds.origin, kinds.rights
     FROM actions JOIN kinds ON kinds.kind = actions.kind";

/// An action as it was recorded. Its times count from the beginning of its run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ActionRecord {
    /// Its id.
    pub id: ActionId,
    /// The action that invoked it; `None` for the root.
    pub parent: Option<ActionId>,
    /// The attempt of the parent that invoked it, from 1; 0 for the root.
    pub parent_attempt: u32,
    /// Its number among that attempt's invocations, from 0.
    pub call: u64,
    /// The task, by the name it was invoked with.
    pub task: String,
    /// SHA-256 of the task's component.
    pub component: Option<[u8; 32]>,
    /// Where the component was read from.
    pub origin: Option<String>,
    /// What it might use outside its sandbox.
    pub rights: Vec<String>,
    /// The label it shares with its siblings.
    pub group: Option<String>,
    /// Its phase; where its run was lost, one that had not ended is aborted.
    pub phase: Phase,
    /// Whether its result is an earlier action's.
    pub cached: bool,
    /// How many attempts there were.
    pub attempts: u32,
    /// When it was invoked.
    pub queued: Duration,
    /// When its first attempt started.
    pub started: Option<Duration>,
    /// When it ended.
    pub ended: Option<Duration>,
    /// What it took, once it has ended.
    pub usage: Option<Usage>,
    /// XXH3 of its inputs' text, 128 bits; `None` where they are not kept.
    pub inputs_hash: Option<u128>,
    /// The longest an attempt might run, where its invocation said so in place of its task's policy.
    pub max_runtime: Option<Duration>,
    /// Why it has no result.
    pub failure: Option<StoredFailure>,
}

/// An attempt that failed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AttemptRecord {
    /// Its number, from 1.
    pub number: u32,
    /// When it started.
    pub started: Option<Duration>,
    /// When it failed.
    pub failed: Duration,
    /// Why.
    pub failure: StoredFailure,
}

impl ActionRecord {
    /// Whether there was a result.
    pub fn has_output(&self) -> bool {
        matches!(self.phase, Phase::Succeeded | Phase::Recovered)
    }
}

/// Reads a row of [`SELECT`]; `lost`: its run's process is gone.
pub(super) fn read(row: &Row<'_>, lost: bool) -> rusqlite::Result<ActionRecord> {
    let time = |name: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(name)?.map(code::time));
    let phase = code::phase(row.get("phase")?).unwrap_or(Phase::Aborted);
    let rights: String = row.get("rights")?;
    let hash: Option<[u8; 16]> = row.get("inputs")?;
    let failure: Option<String> = row.get("failure")?;
    Ok(ActionRecord {
        id: code::action(row.get("action")?),
        parent: row.get::<_, Option<i64>>("parent")?.map(|parent| ActionId(parent.cast_unsigned())),
        parent_attempt: row.get("parent_attempt")?,
        call: row.get::<_, i64>("call")?.cast_unsigned(),
        task: row.get("task")?,
        component: row.get("component")?,
        origin: row.get("origin")?,
        rights: serde_json::from_str(&rights).unwrap_or_default(),
        group: row.get("label")?,
        phase: if lost && !phase.is_final() { Phase::Aborted } else { phase },
        cached: row.get("cached")?,
        attempts: row.get("attempts")?,
        queued: code::time(row.get("queued")?),
        started: time("started")?,
        ended: time("ended")?,
        usage: read_usage(row)?,
        inputs_hash: hash.map(u128::from_le_bytes),
        max_runtime: row
            .get::<_, Option<i64>>("max_runtime")?
            .map(|nanos| Duration::from_nanos(u64::try_from(nanos).unwrap_or_default())),
        failure: failure.as_deref().map(StoredFailure::of_text),
    })
}

/// What an action, or a whole run, took; none where that is not known yet.
pub(super) fn read_usage(row: &Row<'_>) -> rusqlite::Result<Option<Usage>> {
    let number = |name: &str| row.get::<_, Option<i64>>(name);
    let time = |name: &str| Ok::<_, rusqlite::Error>(code::time(number(name)?.unwrap_or_default()));
    if number("queue")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Usage {
        queue: time("queue")?,
        instantiate: time("instantiate")?,
        run: time("execute")?,
        serialize: time("serialize")?,
        peak_memory: usize::try_from(number("peak_memory")?.unwrap_or_default()).unwrap_or_default(),
    }))
}

pub(super) fn read_attempt(row: &Row<'_>) -> rusqlite::Result<AttemptRecord> {
    Ok(AttemptRecord {
        number: row.get("attempt")?,
        started: row.get::<_, Option<i64>>("started")?.map(code::time),
        failed: code::time(row.get("failed")?),
        failure: StoredFailure::of_text(&row.get::<_, String>("failure")?),
    })
}
